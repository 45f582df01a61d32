"""Regularisers of D: penalties on the gradient of its logits with respect to its input, and on the logits themselves.

A regulariser is called as r(critic, real, fake, progress, logits) -> float32 scalar, already weighted: critic maps
float32 images [B, ...] to float32 logits [B] (labels and augmentation come along unseen), real and fake are float32
[B, ...], B static, progress is `gan.Progress`, logits are D's of (real, fake) as the adversarial term has them. One
that keeps a state has a method `layer()`, which makes the `layers.kept.Kept` that is called so.

Where the game has an augmentation T, the gradient of a penalty is that of D(T(x)) with respect to the clean x, through
T. A tensor has one draw of T in an update, whoever looks at it: R1 and R2 are taken at the very pictures that the
logits are of, as in the code of R3GAN (Huang et al. 2025, arXiv 2501.05441), and a compiler may merge the forward
passes of both. What a regulariser makes itself, mixes or changed images, is a tensor of its own with its own draw.

With `interval` k a penalty is evaluated at every k-th step only and multiplied by k ("lazy regularisation", Karras et
al. 2020, arXiv 1912.04958, section 3.1), merged into the main loss where that paper takes a separate optimizer step.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from ganzoo import augment, schedules
from ganzoo.errors import BadInput
from ganzoo.layers import kept
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
class WGANDiv:
    """WGAN-div: weight * E |grad D(x)|^power at uniform mixes of a real and a fake, one draw for each pair.

    Wu et al. 2018 (arXiv 1712.01026) with its k = 2 and p = 6: beside Wasserstein's loss this bounds a divergence,
    without a slope that D has to keep.
    """

    weight: float = 2.0
    power: float = 6.0
    interval: int = 1  # steps
    name: str = dataclasses.field(default="div", init=False)

    def __call__(self, critic: Critic, real: tf.Tensor, fake: tf.Tensor, progress, logits=None) -> tf.Tensor:
        mixed = real + progress.uniform(_one_each(real), "div") * (fake - real)

        def penalty():
            return self.weight * tf.reduce_mean(_squared_slope(critic, mixed) ** (self.power / 2))

        return _lazy(self.interval, progress, penalty)


@dataclasses.dataclass(frozen=True)
class Drift:
    """weight * E D(x)^2 over reals, which keeps logits near zero where a loss sees differences of them alone.

    Karras et al. 2018 (arXiv 1710.10196), appendix A.1.
    """

    weight: float = 1e-3
    name: str = dataclasses.field(default="drift", init=False)

    def __call__(self, critic: Critic, real: tf.Tensor, fake: tf.Tensor, progress, logits=None) -> tf.Tensor:
        return self.weight * tf.reduce_mean(tf.square(tf.cast(logits[0], tf.float32)))


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


@dataclasses.dataclass(frozen=True)
class LeCam:
    """weight * (E max(0, D(x) - a_F)^2 + E max(0, a_R - D(G(z)))^2); a_R, a_F: running means of D's logits.

    Tseng et al. 2021, "Regularizing generative adversarial networks under limited data", arXiv 2104.03310, as the
    authors' code has it: the paper squares without the max. The means are those of D's updates so far, this one
    included, without the bias of their start at 0.
    """

    weight: float = 0.3
    decay: float = 0.99  # of the means, at each update of D
    start: int = 0  # images before which nothing is added, and the means are those of one batch
    name: str = dataclasses.field(default="lecam", init=False)

    def layer(self) -> kept.Kept:
        """The regulariser with its means."""
        return _LeCam(self)


class _LeCam(kept.Kept):
    def __init__(self, choice: LeCam):
        super().__init__(name=choice.name)
        self.choice = choice
        state = {"dtype": "float32", "initializer": "zeros", "trainable": False, "autocast": False}
        state |= {"aggregation": "only_first_replica"}
        self.sums = self.add_weight(name="sums", shape=(2,), **state)  # of the reals' and the fakes' batch means
        self.total = self.add_weight(name="total", shape=(), **state)  # of the weights in a sum

    def call(self, critic, real, fake, progress, logits):
        on_real, on_fake = (tf.cast(each, tf.float32) for each in logits)
        early = progress.images < self.choice.start
        decay = tf.where(early, 0.0, self.choice.decay)
        means = tf.stack([tf.reduce_mean(on_real), tf.reduce_mean(on_fake)])
        means = kept.over_replicas(tf.stop_gradient(means))
        self.sums.assign(decay * self.sums + (1 - decay) * means)
        self.total.assign(decay * self.total + (1 - decay))
        mean_real, mean_fake = tf.unstack(self.sums / self.total)
        term = tf.reduce_mean(tf.square(tf.nn.relu(on_real - mean_fake)))
        term += tf.reduce_mean(tf.square(tf.nn.relu(mean_real - on_fake)))
        return tf.where(early, 0.0, self.choice.weight * term)


@dataclasses.dataclass(frozen=True)
class Consistency:
    """weight_real * E (D(x) - D(T(x)))^2 over reals, and the same over fakes with weight_fake.

    T mirrors an image with probability 1/2 and moves it by up to `pixels`. Reals alone: CR-GAN, Zhang et al. 2020,
    "Consistency regularization for generative adversarial networks", arXiv 1910.12027, on the last layer; both:
    bCR, Zhao et al. 2020, "Improved consistency regularization for GANs", arXiv 2002.04724, algorithm 1. T has nothing
    to do with the game's augmentation: where there is one, D sees x and T(x) through it, each by a draw of its own. A
    weight above 0 is one more pass of D. Images only; raises BadInput for a negative weight.
    """

    weight_real: float = 10.0
    weight_fake: float = 0.0
    pixels: int = 4
    name: str = dataclasses.field(default="cr", init=False)

    def __post_init__(self):
        for field in ("weight_real", "weight_fake", "pixels"):
            if getattr(self, field) < 0:
                raise BadInput(f"Consistency.{field}: {getattr(self, field)} is not at least 0")

    def __call__(self, critic: Critic, real: tf.Tensor, fake: tf.Tensor, progress, logits) -> tf.Tensor:
        terms = []
        for weight, images, seen, stream in (
            (self.weight_real, real, logits[0], "cr/real"),
            (self.weight_fake, fake, logits[1], "cr/fake"),
        ):
            if weight:
                augment.check(images)
                again = critic(augment.flip_and_shift(images, progress, stream, self.pixels))
                terms.append(weight * tf.reduce_mean(tf.square(seen - again)))
        return sum(terms, tf.zeros([]))


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
    moments = kept.over_replicas([tf.reduce_mean(images), tf.reduce_mean(tf.square(images))])
    return tf.sqrt(tf.nn.relu(moments[1] - tf.square(moments[0])))
