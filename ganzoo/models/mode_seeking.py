"""Mode seeking: G is paid for making samples as far apart as their z are.

Mao, Lee, Tseng, Ma & Yang 2019, "Mode seeking generative adversarial networks for diverse image synthesis", arXiv
1903.05628, eq. 3 and 4, as the authors' code has it: the inverse of the ratio of the batch's mean absolute distances.
Difference: the second samples, of the same labels, serve this term alone; the authors' D judges them too.
"""

import dataclasses
from typing import Any

import tensorflow as tf

from ganzoo import gan
from ganzoo.errors import BadInput

EPSILON = 1e-5  # keeps the inverse finite


@dataclasses.dataclass(frozen=True)
class ModeSeeking:
    """The game on `nets`, a value with `generator(spec)`, `discriminator(spec)`, `z_dim` and `latent`.

    weight: of the term beside the adversarial one. conditional: the networks take labels.
    """

    nets: Any
    weight: float = 1.0
    conditional: bool = False

    def build(self, spec) -> "ModeSeekingGAN":
        """The model for data of `spec`. Raises BadInput for a weight below 0, no labels where they are needed, as
        `gan.NoiseGAN.over` and as the networks do."""
        if self.weight < 0:
            raise BadInput(f"model.weight: {self.weight} is not at least 0")
        return ModeSeekingGAN.over(self.nets, spec, self.conditional, weight=self.weight)


class ModeSeekingGAN(gan.NoiseGAN):
    """`NoiseGAN` whose G also descends weight / (mean |G(z1) - G(z2)| / mean |z1 - z2|)."""

    g_terms = ("adv", "ms")

    def __init__(self, *args, weight: float, **kwargs):
        super().__init__(*args, **kwargs)
        self.weight = weight

    def g_loss(self, batch):
        critic, count = self.critic(batch, player="g"), gan.rows(batch)
        z, other = self.latents(count, "g"), self.latents(count, "g/other")
        fake, second = self.fake(batch, "g"), self.fake(batch, "g/other")
        real_logits = critic(batch["image"]) if self.adversarial.relativistic else None
        ratio = tf.reduce_mean(tf.abs(fake - second)) / tf.reduce_mean(tf.abs(z - other))
        return {"adv": self.adversarial.g(critic(fake), real_logits), "ms": self.weight / (ratio + EPSILON)}
