"""Regularisers of D: penalties on the gradient of its logits with respect to its input.

A regulariser is called as r(critic, real, fake, progress, logits) -> float32 scalar, already weighted: critic maps
float32 images [B, ...] to float32 logits [B] (labels and augmentation come along unseen), real and fake are float32
[B, ...], B static, progress is `gan.Progress`, logits are D's of (real, fake) as the adversarial term has them. One
that keeps a state has a method `layer()`, which makes the `layers.kept.Kept` that is called so.

With `interval` k a penalty is evaluated at every k-th step only and multiplied by k ("lazy regularisation", Karras et
al. 2020, arXiv 1912.04958, section 3.1), merged into the main loss where that paper takes a separate optimizer step.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from ganzoo import schedules
from ganzoo.schedules import Cosine, Exponential, Linear

Critic = Callable[[tf.Tensor], tf.Tensor]


@dataclasses.dataclass(frozen=True)
class GradientPenalty:
    """WGAN-GP: weight * E (|grad D(x)| - target)^2 at uniform mixes of a real and a fake, one draw for each pair.

    Gulrajani et al. 2017 (arXiv 1704.00028), eq. 3, two-sided.
    """

    weight: float = 10.0
    target: float = 1.0
    interval: int = 1  # steps
    name: str = dataclasses.field(default="gp", init=False)

    def __call__(self, critic: Critic, real: tf.Tensor, fake: tf.Tensor, progress, logits=None) -> tf.Tensor:
        share = progress.uniform(_one_each(real), "gp")
        mixed = real + share * (fake - real)
        return _lazy(self.interval, progress, lambda: self.weight * _slope_penalty(critic, mixed, self.target))


@dataclasses.dataclass(frozen=True)
class R1:
    """gamma / 2 * E |grad D(x)|^2 over reals, the square summed over pixels and channels.

    Mescheder et al. 2018 (arXiv 1801.04406), eq. 9.
    """

    gamma: float | Linear | Exponential | Cosine = 10.0
    interval: int = 1  # steps
    name: str = dataclasses.field(default="r1", init=False)

    def __call__(self, critic: Critic, real: tf.Tensor, fake: tf.Tensor, progress, logits=None) -> tf.Tensor:
        return _lazy(self.interval, progress, lambda: _half(self.gamma, progress) * _mean_slope(critic, real))


@dataclasses.dataclass(frozen=True)
class R2:
    """gamma / 2 * E |grad D(x)|^2 over fakes; Mescheder et al. 2018 (arXiv 1801.04406), eq. 10."""

    gamma: float | Linear | Exponential | Cosine = 10.0
    interval: int = 1  # steps
    name: str = dataclasses.field(default="r2", init=False)

    def __call__(self, critic: Critic, real: tf.Tensor, fake: tf.Tensor, progress, logits=None) -> tf.Tensor:
        return _lazy(self.interval, progress, lambda: _half(self.gamma, progress) * _mean_slope(critic, fake))


@dataclasses.dataclass(frozen=True)
class Dragan:
    """DRAGAN: weight * E (|grad D(x + noise)| - 1)^2 near the reals.

    Kodali et al. 2017 (arXiv 1705.07215), algorithm 1, with the noise of the authors' code: `scale` x the standard
    deviation of the batch x U[0, 1) for each value, times one more U[0, 1) for each image.
    """

    weight: float = 10.0
    scale: float = 0.5
    interval: int = 1  # steps
    name: str = dataclasses.field(default="dragan", init=False)

    def __call__(self, critic: Critic, real: tf.Tensor, fake: tf.Tensor, progress, logits=None) -> tf.Tensor:
        noise = self.scale * _deviation(real) * progress.uniform(real.shape, "dragan/noise")
        near = real + progress.uniform(_one_each(real), "dragan/share") * noise
        return _lazy(self.interval, progress, lambda: self.weight * _slope_penalty(critic, near, 1.0))


def _lazy(interval: int, progress, penalty: Callable[[], tf.Tensor]) -> tf.Tensor:
    """`interval` x the penalty at every `interval`-th step, else 0."""
    if interval == 1:
        return penalty()
    return tf.cond(progress.step % interval == 0, lambda: interval * penalty(), lambda: tf.zeros([]))


def _one_each(images: tf.Tensor) -> list[int]:
    """Shape of one number for each image that broadcasts over its pixels."""
    return [images.shape[0]] + [1] * (len(images.shape) - 1)


def _half(gamma, progress):
    return schedules.value(gamma, progress.images) / 2


def _mean_slope(critic: Critic, images: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(_squared_slope(critic, images))


def _squared_slope(critic: Critic, images: tf.Tensor) -> tf.Tensor:
    """|grad of each logit with respect to its image|^2, float32 [B]."""
    with tf.GradientTape() as tape:
        tape.watch(images)
        # No logit depends on another row's image (batch norm in D excepted), so the sum's gradient is each one's.
        total = tf.reduce_sum(critic(images))
    slope = tf.cast(tape.gradient(total, images), tf.float32)
    return tf.reduce_sum(tf.square(slope), axis=list(range(1, len(slope.shape))))


def _slope_penalty(critic: Critic, images: tf.Tensor, target: float) -> tf.Tensor:
    square = _squared_slope(critic, images)
    # The root's derivative is infinite at 0: both branches must be finite for the gradient to be.
    flat = square == 0.0
    norm = tf.where(flat, 0.0, tf.sqrt(tf.where(flat, 1.0, square)))
    return tf.reduce_mean(tf.square(norm - target))


def _deviation(images: tf.Tensor) -> tf.Tensor:
    """Standard deviation over every value of the whole batch, over all replicas."""
    moments = [tf.reduce_mean(images), tf.reduce_mean(tf.square(images))]
    replica = tf.distribute.get_replica_context()
    if replica.num_replicas_in_sync > 1:
        moments = replica.all_reduce(tf.distribute.ReduceOp.MEAN, moments)
    return tf.sqrt(tf.nn.relu(moments[1] - tf.square(moments[0])))
