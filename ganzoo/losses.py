"""Adversarial losses: pairs of pure functions of logits.

A pair is a value of `Adversarial`. Logits have any shape (one per image, patch, frame or token) and any range; the
losses are float32 means over all of them. Logits of reals and fakes need one shape only where the pair is relativistic.
"""

import dataclasses
import functools
from collections.abc import Callable

import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Adversarial:
    """What D and G descend.

    d(real, fake): D's loss. g(fake, real=None): G's loss; `real` is given iff `relativistic`. boundary: D calls an
    image real where its logit is above it.
    """

    name: str
    d: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
    g: Callable[..., tf.Tensor]
    relativistic: bool = False
    boundary: float = 0.0


def _mean(values: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(values)


def _log_d(real, fake):
    # -log D(x) = softplus(-logit) and -log(1 - D(x)) = softplus(logit), without overflow.
    return _mean(tf.nn.softplus(-_float(real))) + _mean(tf.nn.softplus(_float(fake)))


def _minimax_g(fake, real=None):
    return -_mean(tf.nn.softplus(_float(fake)))


def _non_saturating_g(fake, real=None):
    return _mean(tf.nn.softplus(-_float(fake)))


def _least_squares_d(real, fake, a, b):
    return 0.5 * (_mean(tf.square(_float(real) - b)) + _mean(tf.square(_float(fake) - a)))


def _least_squares_g(fake, real=None, *, c):
    return 0.5 * _mean(tf.square(_float(fake) - c))


def _wasserstein_d(real, fake):
    return _mean(_float(fake)) - _mean(_float(real))


def _linear_g(fake, real=None):
    return -_mean(_float(fake))


def _hinge_d(real, fake):
    return _mean(tf.nn.relu(1.0 - _float(real))) + _mean(tf.nn.relu(1.0 + _float(fake)))


def _relativistic_d(real, fake):
    return _mean(tf.nn.softplus(_float(fake) - _float(real)))


def _relativistic_g(fake, real):
    return _mean(tf.nn.softplus(_float(real) - _float(fake)))


def _relativistic_average(real, fake):
    real, fake = _float(real), _float(fake)
    return 0.5 * (_mean(tf.nn.softplus(_mean(fake) - real)) + _mean(tf.nn.softplus(fake - _mean(real))))


def _float(logits: tf.Tensor) -> tf.Tensor:
    return tf.cast(logits, tf.float32)


# Goodfellow et al. 2014 (arXiv 1406.2661), eq. 1: G descends E log(1 - D(G(z))).
minimax = Adversarial("minimax", _log_d, _minimax_g)

# Goodfellow et al. 2014, section 3: G ascends E log D(G(z)), which has a gradient while D is sure of itself.
non_saturating = Adversarial("non_saturating", _log_d, _non_saturating_g)

# Arjovsky et al. 2017 (arXiv 1701.07875), eq. 3; D must be kept Lipschitz by clipping, a penalty or its norm.
wasserstein = Adversarial("wasserstein", _wasserstein_d, _linear_g)

# Lim & Ye 2017 (arXiv 1705.02894) and Miyato et al. 2018 (arXiv 1802.05957), eq. 16 and 17.
hinge = Adversarial("hinge", _hinge_d, _linear_g)

# Jolicoeur-Martineau 2018 (arXiv 1807.00734), RpGAN, in the form of R3GAN (Huang et al. 2025, arXiv 2501.05441, eq. 2):
# each fake is paired with the real of its row.
relativistic = Adversarial("relativistic", _relativistic_d, _relativistic_g, relativistic=True)

# Jolicoeur-Martineau 2018 (arXiv 1807.00734), eq. 11 to 13, RaSGAN, as ESRGAN plays it (Wang et al. 2018, arXiv
# 1809.00219, eq. 1 and 2): each image against the mean of the others, both halves of the game for both players, whose
# functions are one with exchanged arguments, and the mean of the two halves.
relativistic_average = Adversarial(
    "relativistic_average", _relativistic_average, _relativistic_average, relativistic=True
)

# D learns the log of the ratio of the densities by logistic regression, and G descends its mean over fakes, an estimate
# of KL(fakes || reals): Srivastava et al. 2017 (arXiv 1705.07761), algorithm 1.
log_ratio = Adversarial("log_ratio", _log_d, _linear_g)


def least_squares(a: float = 0.0, b: float = 1.0, c: float = 1.0) -> Adversarial:
    """LSGAN (Mao et al. 2017, arXiv 1611.04076, eq. 2): D pulls fakes to `a` and reals to `b`, G pulls fakes to `c`.

    0, 1, 1 is its eq. 9; -1, 1, 0 its eq. 8, which minimises the Pearson chi-squared divergence.
    """
    return Adversarial(
        "least_squares",
        functools.partial(_least_squares_d, a=a, b=b),
        functools.partial(_least_squares_g, c=c),
        boundary=(a + b) / 2,
    )
