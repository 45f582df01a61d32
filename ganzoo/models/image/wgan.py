"""WGAN: a critic whose every weight is clipped, so that its mean difference bounds a Wasserstein distance.

Arjovsky, Chintala & Bottou 2017, "Wasserstein GAN", arXiv 1701.07875, algorithm 1, on the DCGAN networks as in section
4.2 and the authors' code (scales and offsets of batch norm are clipped too, z is normal). Played with
`losses.wasserstein` and RMSprop, 5 steps of the critic to one. Difference: that code takes 100 steps of the critic in
the first 25 rounds and every 500th.
"""

import dataclasses
import functools

import keras

from ganzoo import gan
from ganzoo.models.image import dcgan


@dataclasses.dataclass(frozen=True)
class WGAN:
    """The networks. width: channels of the finest stage, doubled at each coarser one; clip: of the critic's weights."""

    width: int = 64
    z_dim: int = 100
    clip: float = 0.01

    def build(self, spec) -> gan.NoiseGAN:
        """The model for images of `spec` (ganzoo.data.images.Spec). Labels are ignored. Raises BadInput as DCGAN."""
        return gan.NoiseGAN(
            functools.partial(dcgan.generator, spec, self.width, self.z_dim),
            functools.partial(critic, spec, self.width, self.clip),
            self.z_dim,
            image=(spec.height, spec.width, spec.channels),
        )


class Clip(keras.constraints.Constraint):
    """Keeps a weight within [-limit, limit]."""

    def __init__(self, limit: float):
        self.limit = limit

    def __call__(self, weight):
        return keras.ops.clip(weight, -self.limit, self.limit)


def critic(spec, width: int, clip: float) -> keras.Model:
    """{"image": [B, H, W, C]} -> float32 logits [B], every trainable weight within [-clip, clip]."""
    net = dcgan.discriminator(spec, width, constraint=Clip(clip))
    for weight in net.trainable_variables:  # Keras applies a constraint after an update, not at the start
        weight.assign(weight.constraint(weight))
    return net
