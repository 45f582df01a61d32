"""Equalized layers by their definition, in numpy."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from loops import convolved

from ganzoo.layers import equalized

DRAW = np.random.default_rng(0)


def lrelu(x):
    return np.where(x > 0, x, 0.2 * x) * 2**0.5


def test_dense_by_hand():
    layer = equalized.EqualizedDense(3, equalized.lrelu, lr_mult=0.01, bias=1.0)
    x = DRAW.normal(size=(5, 16)).astype(np.float32)
    y = layer(x)
    np.testing.assert_allclose(layer.bias, 100.0)
    layer.bias.assign(DRAW.normal(size=3))
    expected = lrelu(x @ np.array(layer.kernel) * 0.01 / 4 + 0.01 * np.array(layer.bias))
    np.testing.assert_allclose(layer(x), expected, rtol=1e-4, atol=1e-6)
    assert y.shape == (5, 3)


@pytest.mark.parametrize("lr_mult", [1.0, 0.01])
def test_variance_is_kept_whatever_the_multiplier(lr_mult):
    x = DRAW.normal(size=(256, 400)).astype(np.float32)
    layer = equalized.EqualizedDense(400, lr_mult=lr_mult)
    assert np.std(layer(x)) == pytest.approx(1.0, rel=0.02)
    assert np.std(layer.kernel) == pytest.approx(1 / lr_mult, rel=0.02)
    # of lrelu: the second moment, not the variance
    y = equalized.EqualizedDense(400, equalized.lrelu, lr_mult)(x)
    assert np.mean(np.square(y)) == pytest.approx(1.04, rel=0.03)


def test_a_multiplier_slows_learning_by_its_square_under_plain_descent():
    slopes = []
    for lr_mult in (1.0, 0.1):
        layer = equalized.EqualizedDense(1, lr_mult=lr_mult)
        with tf.GradientTape() as tape:
            y = layer(tf.ones([1, 4]))
        slopes.append(tape.gradient(y, layer.trainable_variables[0]).numpy())
    np.testing.assert_allclose(slopes[1], 0.1 * slopes[0], rtol=1e-6)  # and the weight is used times 0.1 again


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("down", [False, True])
def test_conv_by_definition(size, down):
    x = DRAW.normal(size=(2, 6, 4, 5)).astype(np.float32)
    layer = equalized.EqualizedConv2D(3, size, equalized.lrelu, gain=0.5, down=down)
    symbolic = layer(keras.Input(x.shape[1:]))
    layer.bias.assign(DRAW.normal(size=3))
    padded = np.pad(x, [(0, 0), *[(size // 2 + down, size // 2 + down)] * 2, (0, 0)])
    if down:
        taps = np.outer([1, 3, 3, 1], [1, 3, 3, 1]).reshape(4, 4, 1, 1) / 64 * np.eye(5)
        padded = convolved(padded, taps)
    kernel = np.array(layer.kernel) / (size * size * 5) ** 0.5
    expected = 0.5 * lrelu(convolved(padded, kernel, 2 if down else 1) + np.array(layer.bias))
    np.testing.assert_allclose(layer(x), expected, atol=1e-5)
    assert symbolic.shape[1:] == expected.shape[1:]


def test_only_float16_is_clamped_and_weights_stay_float32():
    x = np.full((1, 1, 1, 4), 6e4, np.float32)
    for policy, limit in (("mixed_float16", 128.0), ("mixed_bfloat16", None), ("float32", None)):
        layer = equalized.EqualizedConv2D(2, 1, gain=0.5, dtype=policy)
        layer.build(x.shape)
        layer.kernel.assign(tf.ones_like(layer.kernel))
        y = np.asarray(tf.cast(layer(x), tf.float32))
        np.testing.assert_allclose(y, limit or 6e4, rtol=1e-2)
        assert {weight.dtype for weight in layer.weights} == {"float32"}
