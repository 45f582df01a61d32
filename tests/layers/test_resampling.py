"""Convolutions that change the resolution equal the two operations they merge."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.errors import BadInput
from ganzoo.layers import resampling, resnet

X, KERNEL = tf.random.normal([2, 6, 4, 3], seed=1), tf.random.normal([3, 3, 3, 5], seed=2)


def test_conv_pool_is_a_convolution_and_a_mean():
    expected = tf.nn.avg_pool2d(tf.nn.conv2d(X, KERNEL, 1, "SAME"), 2, 2, "VALID")
    np.testing.assert_allclose(resampling.conv_pool(X, KERNEL), expected, rtol=1e-4, atol=1e-5)


def test_upsample_conv_is_a_repetition_and_a_convolution():
    expected = tf.nn.conv2d(tf.repeat(tf.repeat(X, 2, 1), 2, 2), KERNEL, 1, "SAME")
    np.testing.assert_allclose(resampling.upsample_conv(X, KERNEL), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("apply", [resampling.conv, resampling.conv_pool, resampling.upsample_conv])
def test_symbolic_shape_is_the_real_one(apply):
    layer = resampling.Conv2D(5, 3, apply=apply)
    symbolic = layer(keras.Input((6, 4, 3)))
    assert symbolic.shape[1:] == layer(X).shape[1:]


def test_upconv_is_the_stride_2_same_transposed_convolution():
    layer = resampling.upconv(5, use_bias=False)
    y = layer(X)
    assert y.shape == (2, 12, 8, 5)
    expected = tf.nn.conv2d_transpose(X, layer.kernel, y.shape, strides=2, padding="SAME")
    np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-5)


def test_shortcut_at_the_coarse_resolution_is_the_paper_s():
    kernel = tf.random.normal([1, 1, 3, 5])
    pooled_first = resampling.conv(tf.nn.avg_pool2d(X, 2, 2, "VALID"), kernel)
    pooled_last = tf.nn.avg_pool2d(resampling.conv(X, kernel), 2, 2, "VALID")
    np.testing.assert_allclose(pooled_first, pooled_last, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("size", "grid"),
    [
        ((28, 28), (7, 7, 2)),
        ((32, 32), (4, 4, 3)),
        ((48, 48), (6, 6, 3)),
        ((64, 64), (4, 4, 4)),
        ((64, 96), (4, 6, 4)),
        ((32, 80), (4, 10, 3)),
    ],
)
def test_grid(size, grid):
    assert resnet.grid(_Size(*size)) == grid


@pytest.mark.parametrize("size", [(30, 30), (36, 36), (7, 7), (6, 12), (33, 64)])
def test_grid_refuses_other_sizes_by_name(size):
    with pytest.raises(BadInput, match=f"data.size: {size[0]}x{size[1]} .* allowed: "):
        resnet.grid(_Size(*size))


class _Size:
    def __init__(self, height, width):
        self.height, self.width = height, width
