"""LSGAN: least squares in place of the log loss.

Mao et al. 2017, "Least squares generative adversarial networks", arXiv 1611.04076. Played with
`losses.least_squares(a, b, c)` on the DCGAN networks, as in the authors' comparison of stability. Differences from the
paper: its 112x112 scenes use a deeper, VGG-like generator with z of 1024 numbers.
"""

import dataclasses
import functools

from ganzoo import gan
from ganzoo.models.image import dcgan


@dataclasses.dataclass(frozen=True)
class LSGAN:
    """The networks. width: channels of the finest stage, doubled at each coarser one; z_dim: length of z."""

    width: int = 64
    z_dim: int = 100

    def build(self, spec) -> gan.NoiseGAN:
        """The model for images of `spec` (ganzoo.data.images.Spec). Labels are ignored. Raises BadInput as DCGAN."""
        return gan.NoiseGAN(
            functools.partial(dcgan.generator, spec, self.width, self.z_dim),
            functools.partial(dcgan.discriminator, spec, self.width),
            self.z_dim,
            image=(spec.height, spec.width, spec.channels),
            latent="uniform",
        )
