"""Regularisers: critics whose gradients are known by hand."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import gan, regularizers, schedules

SHAPE = (4, 2, 3, 2)
REAL = tf.reshape(tf.linspace(-1.0, 1.0, 48), SHAPE)
FAKE = tf.reverse(REAL, [0]) * 0.5
SLOPE = tf.reshape(tf.range(12.0) / 10, SHAPE[1:])
SQUARED = 506 / 100  # 0^2 + ... + 11^2 = 506


def linear(images):
    return tf.reduce_sum(images * SLOPE, axis=[1, 2, 3])


def quadratic(images):
    """D(x) = |x|^2 / 2, whose gradient is x."""
    return tf.reduce_sum(tf.square(images), axis=[1, 2, 3]) / 2


def constant(images):
    return tf.reduce_sum(images, axis=[1, 2, 3]) * 0.0 + 3.0


def progress(step=0, images=0):
    return gan.Progress(step, images, seed=1)


BY_HAND = [
    (regularizers.GradientPenalty(), 10 * (SQUARED**0.5 - 1) ** 2),
    (regularizers.GradientPenalty(weight=3.0, target=2.0), 3 * (SQUARED**0.5 - 2) ** 2),
    (regularizers.R1(), 5 * SQUARED),
    (regularizers.R1(gamma=0.2), 0.1 * SQUARED),
    (regularizers.R2(gamma=2.0), SQUARED),
    (regularizers.Dragan(), 10 * (SQUARED**0.5 - 1) ** 2),
]


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize(("regularizer", "value"), BY_HAND, ids=lambda item: getattr(item, "name", ""))
def test_linear_critic_by_hand(regularizer, value, jit):
    call = tf.function(lambda: regularizer(linear, REAL, FAKE, progress()), jit_compile=jit)
    np.testing.assert_allclose(call(), value, rtol=1e-5)


def test_r1_is_taken_at_reals_and_r2_at_fakes():
    real, fake = (np.mean(np.sum(np.square(images), axis=(1, 2, 3))) for images in (REAL, FAKE))
    np.testing.assert_allclose(regularizers.R1(gamma=2.0)(quadratic, REAL, FAKE, progress()), real, rtol=1e-6)
    np.testing.assert_allclose(regularizers.R2(gamma=2.0)(quadratic, REAL, FAKE, progress()), fake, rtol=1e-6)


def test_gamma_may_follow_the_images_seen():
    gamma = schedules.Linear(2.0, 0.0, finish=100)
    for images, weight in ((0, 1.0), (50, 0.5), (100, 0.0)):
        value = regularizers.R1(gamma=gamma)(linear, REAL, FAKE, progress(images=images))
        np.testing.assert_allclose(value, weight * SQUARED, rtol=1e-6)


def test_r1_gradient_with_respect_to_a_weight_by_hand():
    weight = tf.Variable(3.0)  # D(x) = w * sum(x): |grad|^2 = 12 w^2
    with tf.GradientTape() as tape:
        penalty = regularizers.R1(gamma=1.0)(
            lambda images: weight * tf.reduce_sum(images, [1, 2, 3]), REAL, FAKE, progress()
        )
    np.testing.assert_allclose(tape.gradient(penalty, weight), 12 * 3.0, rtol=1e-6)


def test_gradient_penalty_mixes_each_pair_by_its_own_share():
    seen = []

    def critic(images):
        seen.append(images)
        return linear(images)

    regularizers.GradientPenalty()(critic, tf.zeros(SHAPE), tf.ones(SHAPE), progress())
    shares = np.reshape(seen[0], [4, -1])
    assert np.all(shares == shares[:, :1])
    assert len(np.unique(shares[:, 0])) == 4
    assert np.all((shares >= 0) & (shares < 1))


def test_gradient_penalty_mixes_anew_as_images_pass():
    seen = []
    for images in (0, 4):
        regularizers.GradientPenalty()(
            lambda mixed: seen.append(mixed) or linear(mixed), tf.zeros(SHAPE), tf.ones(SHAPE), progress(images=images)
        )
    assert np.all(seen[0] != seen[1])


def test_dragan_moves_the_reals_by_at_most_half_their_deviation():
    seen = []
    regularizers.Dragan()(lambda images: seen.append(images) or linear(images), REAL, FAKE, progress())
    moved = (seen[0] - REAL) / np.std(REAL)
    assert np.all(moved >= 0)
    assert 0.1 < np.max(moved) < 0.5


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("kind", [regularizers.GradientPenalty, regularizers.Dragan])
def test_gradient_is_finite_for_a_constant_critic(kind, jit):
    weight = tf.Variable(0.0)

    @tf.function(jit_compile=jit)
    def gradient():
        with tf.GradientTape() as tape:
            penalty = kind()(lambda images: constant(images) + weight * linear(images), REAL, FAKE, progress())
        return penalty, tape.gradient(penalty, weight)

    penalty, slope = gradient()
    assert penalty == 10.0  # (0 - 1)^2
    assert np.isfinite(slope)


def test_r1_is_zero_for_a_constant_critic():
    assert regularizers.R1()(constant, REAL, FAKE, progress()) == 0.0


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("kind", [regularizers.R1, regularizers.R2, regularizers.GradientPenalty, regularizers.Dragan])
def test_lazy_penalty_is_its_interval_times_as_large_every_interval_th_step(kind, jit):
    lazy = kind(interval=4)
    call = tf.function(lambda step: lazy(linear, REAL, FAKE, progress(step)), jit_compile=jit)
    full = kind()(linear, REAL, FAKE, progress())
    values = [float(call(tf.constant(step))) for step in range(9)]
    np.testing.assert_allclose(values, [4 * full if step % 4 == 0 else 0.0 for step in range(9)], rtol=1e-5)


def test_works_on_points_as_on_images():
    points = tf.constant([[1.0, 2.0], [0.0, -1.0]])
    for regularizer in (regularizers.GradientPenalty(), regularizers.Dragan(), regularizers.R1(gamma=2.0)):
        penalty = regularizer(lambda x: 3 * x[:, 0] + 4 * x[:, 1], points, points, progress())
        np.testing.assert_allclose(penalty, 25.0 if regularizer.name == "r1" else 160.0, rtol=1e-5)
