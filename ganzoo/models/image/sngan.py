"""SNGAN: a residual discriminator, every layer of which is spectrally normalised.

Miyato et al. 2018, "Spectral normalization for GANs", arXiv 1802.05957, section 4 and table 4 (the CIFAR-10 ResNet;
details as in the authors' sngan_projection). Played with `losses.hinge`, 5 steps of D to one. Differences from the
paper:
- sizes other than 32x32 double and halve more or less often with the same width, where the paper's nets for 48x48 and
  128x128 change it;
- G's batch is as large as D's, where the paper doubles it; batch norm's epsilon is 1e-5 (theirs 2e-5).
"""

import dataclasses
import functools

import keras

from ganzoo import gan
from ganzoo.layers import spectral
from ganzoo.models.image import wgan_gp


@dataclasses.dataclass(frozen=True)
class SNGAN:
    """The networks. g_width, d_width: channels of every map of G and of D; z_dim: length of z."""

    g_width: int = 256
    d_width: int = 128
    z_dim: int = 128

    def build(self, spec) -> gan.NoiseGAN:
        """The model for images of `spec` (ganzoo.data.images.Spec). Labels are ignored. Raises BadInput for a size
        that `resnet.grid` refuses."""
        return gan.NoiseGAN(
            functools.partial(wgan_gp.generator, spec, self.g_width, self.z_dim),
            functools.partial(discriminator, spec, self.d_width),
            self.z_dim,
            image=(spec.height, spec.width, spec.channels),
        )


def discriminator(spec, width: int) -> keras.Model:
    """{"image": [B, H, W, C]} -> float32 logits [B]."""
    image = keras.Input((spec.height, spec.width, spec.channels), name="image")
    pooled = pooled_of(image, spec, width)
    x = spectral.SpectralDense(1, dtype="float32")(pooled)
    logit = keras.layers.Reshape((), dtype="float32", name="logit")(x)
    return keras.Model({"image": image}, logit, name="discriminator")


def pooled_of(image, spec, width: int):
    """The discriminator's layers up to the sum over the last map: [B, H, W, C] -> float32 [B, width]."""
    return keras.ops.sum(wgan_gp.features_of(image, spec, width, spectral.SpectralConv2D), axis=(1, 2))
