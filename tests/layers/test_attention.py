"""Self-attention against its definition, and what a map of its size may be."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.layers import attention, resampling, spectral


def network(shape, conv=resampling.Conv2D):
    x = keras.Input(shape)
    return keras.Model(x, attention.self_attention(x, conv))


def sigma(net):
    return next(weight for weight in net.weights if weight.name == "sigma")


def defined(x, kernels):
    """The block before sigma, place by place. x: [H, W, C]; kernels: [C, F] of theta, phi, g and the last."""
    theta, phi, g, last = kernels
    height, width, _ = x.shape

    def pooled(values):
        blocks = [values[i : i + 2, j : j + 2] for i in range(0, height - 1, 2) for j in range(0, width - 1, 2)]
        return np.array([block.max(axis=(0, 1)) for block in blocks])

    keys, values = pooled(x @ phi), pooled(x @ g)
    out = np.empty_like(x)
    for i in range(height):
        for j in range(width):
            weights = np.exp(keys @ (x[i, j] @ theta))
            out[i, j] = (weights / weights.sum()) @ values @ last
    return out


def test_it_starts_as_the_identity():
    x = tf.random.normal([2, 4, 6, 16], seed=1)
    for conv in (resampling.Conv2D, spectral.SpectralConv2D):
        np.testing.assert_array_equal(network((4, 6, 16), conv)(x), x)


@pytest.mark.parametrize("shape", [(4, 6, 16), (5, 7, 8)])
def test_it_is_what_the_paper_defines(shape):
    net, x = network(shape), np.random.default_rng(0).normal(size=(2, *shape)).astype("float32")
    channels = shape[-1]
    kernels = [weight.numpy()[0, 0] for weight in net.trainable_variables if weight.name == "kernel"]
    assert [kernel.shape[1] for kernel in kernels] == [channels // 8, channels // 8, channels // 2, channels]
    assert not any(weight.name == "bias" for weight in net.weights)
    sigma(net).assign(0.5)
    expected = [each + 0.5 * defined(each, kernels) for each in x]
    np.testing.assert_allclose(net(x), expected, rtol=1e-4, atol=1e-5)


def test_places_see_each_other():
    net, x = network((8, 8, 8)), np.random.default_rng(0).normal(size=(1, 8, 8, 8)).astype("float32")
    sigma(net).assign(1.0)
    other = x.copy()
    other[:, :2, :2] += 3.0
    assert np.all(np.max(np.abs(net(x) - net(other)), axis=3) > 1e-6)


def test_second_gradients_agree_with_and_without_xla():
    net, x = network((4, 4, 8), spectral.SpectralConv2D), tf.random.normal([2, 4, 4, 8], seed=1)
    sigma(net).assign(0.7)

    def penalty():
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(x)
                total = tf.reduce_sum(tf.square(net(x)))
            squared = tf.reduce_sum(tf.square(inner.gradient(total, x)))
        return outer.gradient(squared, [weight.value for weight in net.trainable_variables])

    plain, compiled = (tf.function(penalty, jit_compile=jit)() for jit in (False, True))
    for weight, one, two in zip(net.trainable_variables, plain, compiled, strict=True):
        assert np.any(one), weight.path
        np.testing.assert_allclose(two, one, rtol=1e-3, atol=1e-3 * np.max(np.abs(one)), err_msg=weight.path)


def test_large_products_do_not_overflow_in_float16():
    query = tf.constant([[[[300.0]], [[1.0]]], [[[0.0]], [[2.0]]]], tf.float16)[None, :, :, 0]
    value = tf.reshape(tf.range(4.0), [1, 2, 2, 1])
    attend = attention.Attend(dtype="float16")
    np.testing.assert_array_equal(attend([query, query, value]), np.full([1, 2, 2, 1], 3.0))


def test_the_map_that_is_attended():
    assert [attention.side(Spec(size, size, 3), 32) for size in (16, 28, 32, 48, 64, 128)] == [8, 14, 16, 24, 32, 32]
    assert attention.side(Spec(64, 96, 3), 16) == 16
    assert attention.side(Spec(32, 32, 3), 0) == 0
    with pytest.raises(BadInput, match=r"model\.attention: 5 is smaller .* allowed: 0, and from 8 on"):
        attention.side(Spec(32, 32, 3), 5)
