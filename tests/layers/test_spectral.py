"""Spectral norm: sigma, its gradient, and when u moves."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.layers import resampling, spectral


def largest(kernel):
    kernel = np.array(kernel)
    return np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]), compute_uv=False)[0]


@pytest.fixture(params=["conv", "dense", "embedding"])
def layer(request):
    """(layer, input) with a kernel whose singular values are well apart."""
    made, x = {
        "conv": lambda: (spectral.SpectralConv2D(4, 3), tf.random.normal([2, 4, 4, 3])),
        "dense": lambda: (spectral.SpectralDense(4), tf.random.normal([2, 6])),
        "embedding": lambda: (spectral.SpectralEmbedding(5, 4), tf.constant([0, 4])),
    }[request.param]()
    made(x)
    made.kernel.assign(made.kernel * [1.0, 2.0, 4.0, 8.0])
    return made, x


def test_largest_singular_value_becomes_one(layer):
    layer, x = layer
    kernel = np.array(layer.kernel)
    for _ in range(20):
        layer(x, training=True)
    np.testing.assert_allclose(largest(layer.power.normalized(False)), 1.0, rtol=1e-3)
    np.testing.assert_array_equal(layer.kernel, kernel)


def test_u_moves_by_one_iteration_and_only_in_training(layer):
    layer, x = layer
    start = np.array(layer.power.u)
    layer(x)
    np.testing.assert_array_equal(layer.power.u, start)
    layer(x, training=True)
    matrix = np.reshape(layer.kernel, [-1, 4])
    expected = (start @ matrix.T) @ matrix
    np.testing.assert_allclose(layer.power.u, expected / np.linalg.norm(expected), rtol=1e-4)


def test_gradient_flows_through_sigma_by_equation_12():
    layer = spectral.SpectralDense(3)
    x = tf.random.normal([5, 4])
    for _ in range(200):
        layer(x, training=True)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(layer(x) ** 2)
    slope = tape.gradient(total, layer.kernel.value)
    # W / sigma does not change along W itself, so the gradient has no part in that direction.
    assert abs(float(tf.reduce_sum(slope * layer.kernel))) < 1e-4
    u, _, v = np.linalg.svd(np.array(layer.kernel))
    sigma = largest(layer.kernel)
    plain = np.array(x.numpy().T @ (2 * x.numpy() @ (np.array(layer.kernel) / sigma)))
    expected = (plain - np.sum(plain * layer.kernel) / sigma * np.outer(u[:, 0], v[0])) / sigma
    np.testing.assert_allclose(slope, expected, rtol=1e-3, atol=1e-4)


def test_convolution_is_the_plain_one_with_the_divided_kernel():
    x = tf.random.normal([2, 4, 4, 3])
    for apply in (resampling.conv, resampling.conv_pool, resampling.upsample_conv):
        layer, plain = spectral.SpectralConv2D(4, 3, apply=apply), resampling.Conv2D(4, 3, apply=apply)
        expected_shape = plain(x).shape
        y = layer(x)
        plain.kernel.assign(layer.power.normalized(False))
        np.testing.assert_allclose(y, plain(x), rtol=1e-5, atol=1e-6)
        assert y.shape == expected_shape


def test_iteration_stays_float32_in_half_precision():
    exact, rounded = spectral.SpectralDense(3), spectral.SpectralDense(3, dtype="mixed_bfloat16")
    x = tf.ones([2, 4])
    exact.build(x.shape)
    rounded.build(x.shape)
    rounded.set_weights(exact.get_weights())
    exact(x, training=True)
    assert rounded(x, training=True).dtype == tf.bfloat16
    np.testing.assert_array_equal(rounded.power.u, exact.power.u)
    np.testing.assert_array_equal(rounded.power.normalized(False), exact.power.normalized(False))


def test_u_is_saved_and_not_trained():
    layer = spectral.SpectralDense(3)
    layer.build((None, 4))
    assert [weight.name for weight in layer.non_trainable_variables] == ["u"]
    assert layer.power.u.aggregation == "only_first_replica"
    assert isinstance(layer.power.u, keras.Variable)
