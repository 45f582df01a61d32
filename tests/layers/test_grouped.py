"""Grouped convolution against one convolution for each group, and its second gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.layers import grouped


@pytest.fixture
def layer():
    made = grouped.GroupedConv2D(3)
    made.build((None, 4, 5, 6))
    made.bias.assign(np.arange(6.0) / 10)
    return made


@pytest.fixture
def maps():
    return tf.constant(np.random.default_rng(0).normal(size=(2, 4, 5, 6)), tf.float32)


def by_group(x, kernel, bias):
    """Each group by loops over the nine shifts."""
    x, kernel = np.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)]).astype(np.float64), np.asarray(kernel, np.float64)
    out = np.zeros((*(size - 2 * (axis in (1, 2)) for axis, size in enumerate(x.shape)),))
    for first in range(0, x.shape[-1], kernel.shape[2]):
        group = slice(first, first + kernel.shape[2])
        for i in range(3):
            for j in range(3):
                out[..., group] += x[:, i : i + out.shape[1], j : j + out.shape[2], group] @ kernel[i, j, :, group]
    return out + np.asarray(bias)


def test_it_is_one_convolution_for_each_group(layer, maps):
    assert layer.kernel.shape == (3, 3, 3, 6)
    np.testing.assert_allclose(layer(maps), by_group(maps, layer.kernel, layer.bias), atol=1e-5)


def test_the_initializer_sees_the_inputs_of_one_group_as_fan_in():
    made = grouped.GroupedConv2D(16, keras.initializers.VarianceScaling(2.0, "fan_in", "untruncated_normal"))
    made.build((None, 4, 4, 256))
    np.testing.assert_allclose(np.std(made.kernel), np.sqrt(2 / (9 * 16)), rtol=0.02)


def test_second_gradients_with_and_without_xla(layer, maps):
    """|d sum(y^2) / dx|^2 is quartic in the kernel once the bias is zero: its slope along the kernel is 4 x itself."""
    layer.bias.assign(np.zeros(6))

    def penalty_and_slope():
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(maps)
                total = tf.reduce_sum(tf.square(layer(maps)))
            penalty = tf.reduce_sum(tf.square(inner.gradient(total, maps)))
        return penalty, outer.gradient(penalty, layer.kernel.value)

    for jit in (False, True):
        penalty, slope = tf.function(penalty_and_slope, jit_compile=jit)()
        assert penalty > 1
        np.testing.assert_allclose(np.vdot(slope, layer.kernel), 4 * penalty, rtol=1e-4)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_half_precision_stays_half_and_near(layer, maps, policy):
    half = grouped.GroupedConv2D(3, dtype=policy)
    half.build(maps.shape)
    half.set_weights(layer.get_weights())
    made = half(maps)
    assert made.dtype == policy.removeprefix("mixed_")
    np.testing.assert_allclose(tf.cast(made, tf.float32), layer(maps), atol=0.05)
