"""Top-k training: G learns from the fakes of a batch that D judges best, fewer and fewer of them.

Sinha, Zhao, Goyal, Raffel & Odena 2020, "Top-k training of GANs: improving GAN performance by throwing away bad
samples", arXiv 2002.06224, section 3. Any networks and any loss. Difference: k follows images seen where the paper
counts epochs, and the default is 0.99 for each 50,000 images down to a half. Under replicas a batch is that of one
replica, and with `train.accumulate` that of one micro-batch.
"""

import dataclasses
from typing import Any

import tensorflow as tf

from ganzoo import gan, schedules
from ganzoo.errors import BadInput
from ganzoo.schedules import Cosine, Exponential, Linear


@dataclasses.dataclass(frozen=True)
class TopK:
    """The game on `nets`, a value with `generator(spec)`, `discriminator(spec)`, `z_dim` and `latent`.

    share: of a batch that G learns from, a number in (0, 1] or a schedule of images seen; k is rounded, and at least 1.
    conditional: the networks take labels.
    """

    nets: Any
    share: float | Linear | Exponential | Cosine = dataclasses.field(
        default_factory=lambda: Exponential(1.0, 0.99, every=50_000, floor=0.5)
    )
    conditional: bool = False

    def build(self, spec) -> "TopKGAN":
        """The model for data of `spec`. Raises BadInput for a share outside (0, 1], no labels where they are needed, as
        `gan.NoiseGAN.over` and as the networks do."""
        if not hasattr(self.share, "at") and not 0 < self.share <= 1:
            raise BadInput(f"model.share: {self.share} is not above 0 and at most 1")
        return TopKGAN.over(self.nets, spec, self.conditional, share=self.share)


class TopKGAN(gan.NoiseGAN):
    """`NoiseGAN` whose G descends the mean of its loss over the k best-judged fakes; fakes that tie with the last of
    them count too. Logs k over the batch as top_k."""

    stats = (*gan.NoiseGAN.stats, "top_k")

    def __init__(self, *args, share, **kwargs):
        super().__init__(*args, **kwargs)
        self.share = share

    def g_loss(self, batch):
        critic = self.critic(batch, player="g")
        fake = critic(self.fake(batch, "g"))
        real = critic(batch["image"]) if self.adversarial.relativistic else None
        count = fake.shape[0]
        share = tf.cast(schedules.value(self.share, self.progress.images), tf.float32)
        k = tf.clip_by_value(tf.cast(tf.round(share * count), tf.int32), 1, count)
        self.observe("top_k", tf.cast(k, tf.float32) / count)
        ranked = tf.sort(tf.stop_gradient(fake), direction="DESCENDING")
        return {"adv": _mean_over(fake >= tf.gather(ranked, k - 1), self.adversarial, fake, real)}


def _mean_over(kept: tf.Tensor, adversarial, fake: tf.Tensor, real: tf.Tensor | None) -> tf.Tensor:
    """G's loss as the mean over the kept rows [B] alone."""

    def loss(keep, fake, real):
        return adversarial.g(tf.where(keep, fake, 0.0), None if real is None else tf.where(keep, real, 0.0))

    # Every pair is a mean over rows, and shapes are static: rows with logits 0 stand in for the others, and what they
    # add to the sum is taken off again.
    count, rows = tf.reduce_sum(tf.cast(kept, tf.float32)), fake.shape[0]
    nothing = loss(tf.zeros_like(kept), fake, real)
    return (rows * loss(kept, fake, real) - (rows - count) * nothing) / count
