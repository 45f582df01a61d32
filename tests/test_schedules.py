"""Optimizers of recipes: Adam with a moving beta_2 and with weight decay, against steps worked out in numpy."""

import keras
import numpy as np
import pytest
import tensorflow as tf
import toy

from ganzoo import checkpoint, schedules

GRADIENTS = np.array([[0.5, -2.0], [-0.1, 0.3], [1.0, 0.0], [0.2, -0.7]], np.float32)
START = np.array([1.0, -3.0], np.float32)
MOVING = schedules.Adam(
    learning_rate=schedules.Linear(0.1, 0.0, finish=40),
    beta_1=0.3,
    beta_2=schedules.Linear(0.9, 0.99, finish=20),
    epsilon=1e-2,
)


def steps(adam, images=10, jit=False):
    """The weight after each of the gradients."""
    optimizer, weight = adam.build(images), keras.Variable(START)
    optimizer.build([weight])
    step = tf.function(lambda gradient: optimizer.apply([gradient], [weight]), jit_compile=jit)
    after = []
    for gradient in GRADIENTS:
        step(tf.constant(gradient))
        after.append(np.array(weight))
    return np.array(after)


def by_hand(rates, betas, beta_1=0.3, epsilon=1e-2, decay=0.0):
    """Algorithm 1 of Kingma & Ba, with the beta_2 of each step, in float64."""
    weight, m, v, after = START.astype(np.float64), 0.0, 0.0, []
    for index, (gradient, rate, beta) in enumerate(zip(GRADIENTS.astype(np.float64), rates, betas, strict=True)):
        weight = weight - rate * decay * weight
        m = beta_1 * m + (1 - beta_1) * gradient
        v = beta * v + (1 - beta) * gradient**2
        corrected = m / (1 - beta_1 ** (index + 1)), v / (1 - beta ** (index + 1))
        weight = weight - rate * corrected[0] / (np.sqrt(corrected[1]) + epsilon)
        after.append(weight)
    return np.array(after)


@pytest.mark.parametrize("jit", [False, True])
def test_beta_2_moves_with_the_images_seen(jit):
    expected = by_hand(rates=[0.1, 0.075, 0.05, 0.025], betas=[0.9, 0.945, 0.99, 0.99])
    np.testing.assert_allclose(steps(MOVING, jit=jit), expected, rtol=1e-5)
    frozen = by_hand(rates=[0.1, 0.075, 0.05, 0.025], betas=[0.9] * 4)
    assert np.max(np.abs(expected - frozen)) > 1e-3


@pytest.mark.parametrize("beta_2", [0.9, schedules.Linear(0.9, 0.9, finish=10)])
def test_weight_decay_is_decoupled_and_scaled_by_the_rate(beta_2):
    adam = schedules.Adam(0.1, beta_1=0.3, beta_2=beta_2, epsilon=0.0, weight_decay=0.5)
    np.testing.assert_allclose(steps(adam), by_hand([0.1] * 4, [0.9] * 4, epsilon=0.0, decay=0.5), rtol=1e-5)


def test_a_constant_beta_2_and_no_decay_is_keras_own_adam():
    optimizer = schedules.Adam().build(8)
    assert type(optimizer) is keras.optimizers.Adam
    assert optimizer.weight_decay is None


def test_sparse_gradients_move_every_row_as_dense_ones_do():
    tables = []
    for sparse in (True, False):
        optimizer, table = MOVING.build(10), keras.Variable(np.ones((3, 2), np.float32))
        optimizer.build([table])
        for row in ([0, 0], [2, 2]):
            gradient = tf.IndexedSlices(tf.ones([2, 2]), tf.constant(row), tf.constant([3, 2]))
            optimizer.apply([gradient if sparse else tf.convert_to_tensor(gradient)], [table])
        tables.append(np.array(table))
    np.testing.assert_array_equal(*tables)
    assert np.all(tables[0][[0, 2]] != 1) and np.all(tables[0][1] == 1)


@pytest.mark.parametrize("jit", [False, True])
def test_a_resumed_game_has_the_beta_2_of_its_images(tmp_path, jit):
    def game():
        made = toy.model()
        made.compile(MOVING.build(16), MOVING.build(16), made.adversarial, ema=made.ema, jit_compile=jit)
        return made

    whole, half, resumed = game(), game(), game()
    toy.fit(whole, 16, 0, 4)
    toy.fit(half, 16, 0, 2)
    checkpoint.write(tmp_path / "half.npz", half, {})
    checkpoint.restore(tmp_path / "half.npz", resumed)
    toy.fit(resumed, 16, 32, 2)
    for left, right in zip(toy.weights(whole), toy.weights(resumed), strict=True):
        np.testing.assert_array_equal(left, right)


def test_a_scaled_loss_takes_the_same_step():
    optimizer, weight = keras.optimizers.LossScaleOptimizer(MOVING.build(10)), keras.Variable(START)
    optimizer.build([weight])
    for gradient in GRADIENTS:
        optimizer.apply([optimizer.scale_loss(tf.constant(gradient))], [weight])
    np.testing.assert_allclose(weight, steps(MOVING)[-1], rtol=1e-6)


def test_replicas_take_the_step_of_one_device(two_cpus):
    with two_cpus.scope():
        optimizer, weight = MOVING.build(10), keras.Variable(START)
        optimizer.build([weight])
    step = tf.function(lambda gradient: two_cpus.run(lambda: optimizer.apply([gradient / 2], [weight])))
    for gradient in GRADIENTS:
        step(tf.constant(gradient))
    np.testing.assert_allclose(weight, steps(MOVING)[-1], rtol=1e-6)
