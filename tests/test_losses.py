"""Losses: hand-computed values and the direction in which they push."""

import math

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import losses

REAL, FAKE = [2.0, 0.0, -1.0], [-2.0, 1.0, 0.5]


def softplus(x):
    return math.log1p(math.exp(x))


def mean(values):
    return sum(values) / len(values)


LOG_D = mean([softplus(-x) for x in REAL]) + mean([softplus(x) for x in FAKE])
EXPECTED = {
    "minimax": (losses.minimax, LOG_D, -mean([softplus(x) for x in FAKE])),
    "non_saturating": (losses.non_saturating, LOG_D, mean([softplus(-x) for x in FAKE])),
    # ((1 + 1 + 4) / 3 + (4 + 1 + 0.25) / 3) / 2 and (9 + 0 + 0.25) / 3 / 2
    "least_squares": (losses.least_squares(), 1.875, 9.25 / 6),
    # a, b, c = -1, 1, 0: ((1 + 1 + 4) / 3 + (1 + 4 + 2.25) / 3) / 2 and (4 + 1 + 0.25) / 3 / 2
    "pearson": (losses.least_squares(-1.0, 1.0, 0.0), 13.25 / 6, 0.875),
    "wasserstein": (losses.wasserstein, -1 / 6 - 1 / 3, 1 / 6),
    # (0 + 1 + 2) / 3 + (0 + 2 + 1.5) / 3
    "hinge": (losses.hinge, 1 + 3.5 / 3, 1 / 6),
    "relativistic": (
        losses.relativistic,
        mean([softplus(f - r) for r, f in zip(REAL, FAKE, strict=True)]),
        mean([softplus(r - f) for r, f in zip(REAL, FAKE, strict=True)]),
    ),
}


def g_loss(pair, fake, real):
    return pair.g(fake, real) if pair.relativistic else pair.g(fake)


@pytest.mark.parametrize("name", EXPECTED)
def test_value_by_hand(name):
    pair, d, g = EXPECTED[name]
    real, fake = tf.constant(REAL), tf.constant(FAKE)
    np.testing.assert_allclose(pair.d(real, fake), d, rtol=1e-6)
    np.testing.assert_allclose(g_loss(pair, fake, real), g, rtol=1e-6)


@pytest.mark.parametrize("name", EXPECTED)
def test_d_raises_reals_and_lowers_fakes_and_g_raises_fakes(name):
    pair = EXPECTED[name][0]
    real, fake = (tf.fill([4], pair.boundary - 0.1) for _ in range(2))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([real, fake])
        d, g = pair.d(real, fake), g_loss(pair, fake, real)
    assert np.all(tape.gradient(d, real) < 0)
    assert np.all(tape.gradient(g, fake) < 0)
    assert np.all(tape.gradient(d, fake) > 0)


@pytest.mark.parametrize("name", EXPECTED)
def test_any_shape_and_half_precision_give_the_float32_mean(name):
    pair = EXPECTED[name][0]
    real, fake = (tf.cast(tf.reshape(values, [1, 3, 1, 1]), tf.bfloat16) for values in (REAL, FAKE))
    d, g = pair.d(real, fake), g_loss(pair, fake, real)
    assert d.dtype == g.dtype == tf.float32
    assert d.shape == g.shape == ()
    np.testing.assert_allclose([d, g], EXPECTED[name][1:], rtol=1e-6)


def test_log_losses_stay_finite_for_huge_logits():
    real, fake = tf.constant([-1e4]), tf.constant([1e4])
    assert losses.non_saturating.d(real, fake) == 2e4
    assert losses.non_saturating.g(-fake) == 1e4
    assert losses.minimax.g(fake) == -1e4


def test_minimax_saturates_where_d_is_sure():
    fake = tf.constant([-20.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(fake)
        saturating, non_saturating = losses.minimax.g(fake), losses.non_saturating.g(fake)
    assert abs(tape.gradient(saturating, fake)[0]) < 1e-8
    assert abs(tape.gradient(non_saturating, fake)[0] + 1) < 1e-8


def test_boundary_lies_between_the_codings():
    assert losses.least_squares().boundary == 0.5
    assert losses.least_squares(-1.0, 1.0, 0.0).boundary == 0.0
