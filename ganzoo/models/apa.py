"""APA: some of the reals that D learns from are fakes, more of them the surer D is of the reals.

Jiang, Dai, Wu & Loy 2021, "Deceive D: adaptive pseudo augmentation for GAN training with limited data", arXiv
2111.06849, section 3. Any networks, losses and penalties: beneath the game of networks that have one, such as the
paper's StyleGAN2, unless that judges by more than a logit. The pseudo reals are fakes of their own draw, of the labels
of the reals whose place they take; penalties on reals, and the shares and signs that are logged, are those of the mixed
batch.
"""

import dataclasses
from typing import Any

import tensorflow as tf

from ganzoo import augment, gan
from ganzoo.augment import Adaptive
from ganzoo.errors import BadInput
from ganzoo.schedules import Cosine, Exponential, Linear


@dataclasses.dataclass(frozen=True)
class APA:
    """The game on `nets`, a value with `generator(spec)`, `discriminator(spec)`, `z_dim` and `latent`.

    p: chance of each real to be replaced, a number, a schedule of images seen or `augment.Adaptive`. conditional: the
    networks take labels.
    """

    nets: Any
    p: float | Linear | Exponential | Cosine | Adaptive = dataclasses.field(default_factory=Adaptive)
    conditional: bool = False

    def build(self, spec) -> "PseudoGAN":
        """The model for data of `spec`. Raises BadInput for p below 0 or above 1, no labels where they are needed, as
        `gan.NoiseGAN.over` and as the networks do."""
        if isinstance(self.p, (int, float)) and not 0 <= self.p <= 1:
            raise BadInput(f"model.p: {self.p} is not between 0 and 1")
        return PseudoGAN.over(self.nets, spec, self.conditional, p=self.p)


class PseudoGAN(gan.NoiseGAN):
    """`NoiseGAN` whose D takes fakes for reals with probability p. Logs it as apa_p, and apa_sign, the mean sign of D's
    logits of what it takes for real."""

    stats = (*gan.NoiseGAN.stats, "apa_p", "apa_sign")

    def __init__(self, *args, p, **kwargs):
        super().__init__(*args, **kwargs)
        self.strength = augment.Strength(p, name="apa")

    def d_loss(self, batch):
        real, pseudo = batch["image"], tf.stop_gradient(self.fake(batch, "d/pseudo"))
        draw = self.progress.uniform([real.shape[0]] + [1] * (len(real.shape) - 1), "apa")
        mixed = tf.where(draw < self.strength(self.progress), pseudo, real)
        return super().d_loss(batch | {"image": mixed})

    def observe_accuracy(self, real_logits, fake_logits):
        self.observe("apa_sign", self.strength.adapt(real_logits - self.adversarial.boundary))
        self.observe("apa_p", self.strength(self.progress))
        super().observe_accuracy(real_logits, fake_logits)
