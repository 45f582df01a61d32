"""PacGAN: D judges m samples at once, packed along their channels, and so sees whether they differ.

Lin, Khetan, Fanti & Oh 2018, "PacGAN: The power of two samples in generative adversarial networks", arXiv 1712.04086,
section 3. Any networks without a game of their own, and any loss; penalties are taken with respect to the whole pack.
"""

import dataclasses
from typing import Any

import tensorflow as tf

from ganzoo import gan
from ganzoo.errors import BadInput


@dataclasses.dataclass(frozen=True)
class PacGAN:
    """The game on `nets`, a value with `generator(spec)`, `discriminator(spec)`, `z_dim` and `latent`. m: of a pack.

    `train.batch` counts single reals, so D sees `train.batch` / m packs.
    """

    nets: Any
    m: int = 2

    def build(self, spec) -> "PackedGAN":
        """The model for data of `spec`. Labels are ignored. Raises BadInput for m < 1, as `gan.plain` and as the
        networks do."""
        if self.m < 1:
            raise BadInput(f"model.m: {self.m} is not at least 1")
        return PackedGAN.of(gan.plain(self.nets), spec, spec.with_channels(self.m * spec.channels), m=self.m)


class PackedGAN(gan.NoiseGAN):
    """`NoiseGAN` whose D takes packs of m samples: {"image": [B / m, ..., m * C]} -> float32 logits [B / m]."""

    augments = False

    def __init__(self, *args, m: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.m = m

    def multiples(self, rows):
        return super().multiples(rows) | {"model.m": self.m}

    def pack(self, samples: tf.Tensor) -> tf.Tensor:
        """[B, ..., C] -> [B / m, ..., m * C]: m samples that follow each other side by side along the channels."""
        shape = samples.shape
        packs = tf.reshape(samples, [shape[0] // self.m, self.m, *shape[1:]])
        packs = tf.transpose(packs, [0, *range(2, len(shape)), 1, len(shape)])
        return tf.reshape(packs, [shape[0] // self.m, *shape[1:-1], self.m * shape[-1]])

    def fake(self, batch, player):
        """Packs of fakes, one for each pack of reals."""
        return self.pack(self.generator({"z": self.latents(self.m * gan.rows(batch), player)}, training=True))

    def d_loss(self, batch):
        """The plain loss on packs. batch["image"]: [B, ..., C]."""
        return super().d_loss({"image": self.pack(batch["image"])})

    def g_loss(self, batch):
        return super().g_loss({"image": self.pack(batch["image"])})
