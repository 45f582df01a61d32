"""Maximum likelihood: the baseline that every GAN of text must be compared with, over temperatures.

Caccia et al. 2020, "Language GANs falling short", arXiv 1811.02549: a network that learned the likelihood and is
sampled at a lower temperature trades diversity for quality as GANs of text do, and at equal diversity better.
"""

import dataclasses
from typing import Any

from ganzoo import text
from ganzoo.data.text import TokenSpec
from ganzoo.gan import Batch, Terms
from ganzoo.models.text.lstm import PAPER


@dataclasses.dataclass(frozen=True)
class MLE:
    """nets: a value with `writer(spec)`."""

    nets: Any = PAPER

    def build(self, spec: TokenSpec) -> "Likelihood":
        return Likelihood(lambda: self.nets.writer(spec), spec)


class Likelihood(text.TextGAN):
    """One player: G descends the cost of the data's tokens, nats a token. Batches {"tokens": int32 [B, T]}."""

    d_terms = ()
    g_terms = ("nll",)
    stats = ("g_gradient", "g_update")

    def g_loss(self, batch: Batch) -> Terms:
        return self.nll_loss(batch)
