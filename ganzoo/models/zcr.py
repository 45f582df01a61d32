"""zCR: D is to judge neighbours in z alike, and G is to make them differ.

Zhao, Singh, Lee, Zhang, Odena & Zhang 2020, "Improved consistency regularization for GANs", arXiv 2002.04724, section
3.2 and algorithm 2. Differences from the paper: the squared distance of two images is the mean over their values, not
the sum, so that G's weight means the same at every size; the defaults are those of PyTorch-StudioGAN's ICR settings.
With `regularizers.Consistency` beside it, over reals and fakes, this is the paper's ICR.

Beneath the game of networks that have one, every z of a picture moves (StyleGAN's mixing has two) while noise and
cutoff stay; what follows G's passes in D's turn, such as batch norm's averages or the mean style, follows both.
"""

import dataclasses
import threading
from typing import Any

import tensorflow as tf

from ganzoo import gan
from ganzoo.errors import BadInput


@dataclasses.dataclass(frozen=True)
class ZCR:
    """The game on `nets`, a value with `generator(spec)`, `discriminator(spec)`, `z_dim` and `latent`.

    weight_d, weight_g: of the terms beside the adversarial ones. sigma: deviation of the normal noise that leads from z
    to its neighbour. conditional: the networks take labels.
    """

    nets: Any
    weight_d: float = 20.0
    weight_g: float = 0.5
    sigma: float = 0.05
    conditional: bool = False

    def build(self, spec) -> "ZCRGAN":
        """The model for data of `spec`. Raises BadInput for a number below 0, no labels where they are needed, as
        `gan.NoiseGAN.over` and as the networks do."""
        for field in ("weight_d", "weight_g", "sigma"):
            if getattr(self, field) < 0:
                raise BadInput(f"model.{field}: {getattr(self, field)} is not at least 0")
        choices = {"weight_d": self.weight_d, "weight_g": self.weight_g, "sigma": self.sigma}
        return ZCRGAN.over(self.nets, spec, self.conditional, **choices)


class ZCRGAN(gan.NoiseGAN):
    """`NoiseGAN` whose D also descends weight_d E (D(G(z)) - D(G(z')))^2 and whose G -weight_g E (G(z) - G(z'))^2."""

    d_terms = ("adv", "zcr")
    g_terms = ("adv", "zcr")

    def __init__(self, *args, weight_d: float, weight_g: float, sigma: float, **kwargs):
        super().__init__(*args, **kwargs)
        self.weight_d, self.weight_g, self.sigma = weight_d, weight_g, sigma
        self._shift = _Shift()

    def latents(self, count, player):
        z = super().latents(count, player)
        if not self._shift.sigma:
            return z
        return z + self._shift.sigma * self.progress.normal(z.shape, f"{player}/near")

    def neighbours(self, batch: gan.Batch, player: str) -> list[tf.Tensor]:
        """[G(z), G(z')]: two pictures of the same draws but for z."""
        fake = self.fake(batch, player)
        self._shift.sigma = self.sigma
        try:
            return [fake, self.fake(batch, player)]
        finally:
            self._shift.sigma = 0.0

    def d_loss(self, batch):
        real, (fake, near) = batch["image"], map(tf.stop_gradient, self.neighbours(batch, "d"))
        critic = self.critic(batch)
        real_logits, fake_logits, near_logits = critic(real), critic(fake), critic(near)
        terms = {
            "adv": self.adversarial.d(real_logits, fake_logits),
            "zcr": self.weight_d * tf.reduce_mean(tf.square(fake_logits - near_logits)),
        } | self.penalties(critic, real, fake, (real_logits, fake_logits))
        self.observe_accuracy(real_logits, fake_logits)
        return terms

    def g_loss(self, batch):
        fake, near = self.neighbours(batch, "g")
        critic = self.critic(batch, player="g")
        fake_logits = critic(fake)
        real_logits = critic(batch["image"]) if self.adversarial.relativistic else None
        return {
            "adv": self.adversarial.g(fake_logits, real_logits),
            "zcr": -self.weight_g * tf.reduce_mean(tf.square(fake - near)),
        }


class _Shift(threading.local):  # replicas are traced each in a thread of its own
    """The deviation by which the latents are moved now."""

    sigma = 0.0
