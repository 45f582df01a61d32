"""Resampling by the binomial filter [1, 3, 3, 1], as StyleGAN2 and R3GAN do it: without aliasing, for a few additions.

Karras et al. 2020, "Analyzing and improving the image quality of StyleGAN", arXiv 1912.04958, appendix B; the filter is
that of Zhang 2019, arXiv 1904.11486. Outside the map is zero. Each output sees two inputs an axis when the resolution
doubles and four when it halves, so shifted sums do it: no convolution, and XLA fuses them with what is around.

The filter is symmetric, so the gradient of each function is another of them, and is stated: that which TensorFlow would
derive of slices took 13 times as long as the function (two cores, no XLA, 32x32x32x32: 4.5 ms, and 53 ms back).
"""

import keras
import tensorflow as tf


@tf.custom_gradient
def up(x: tf.Tensor) -> tf.Tensor:
    """[B, H, W, C] -> [B, 2H, 2W, C]: zeros between the values, then the filter with sum 4; a constant stays one."""
    return _up(_up(x, 1), 2), lambda gradient: 4 * down(gradient)


@tf.custom_gradient
def down(x: tf.Tensor) -> tf.Tensor:
    """[B, 2H, 2W, C] -> [B, H, W, C]: the filter with sum 1, then every second value. The adjoint of `up`, over 4."""
    return _down(_down(x, 1), 2), lambda gradient: 0.25 * up(gradient)


def blur(x: tf.Tensor, pad: int, gain: float = 1.0) -> tf.Tensor:
    """[B, H, W, C] -> [B, H + 2 pad - 3, W + 2 pad - 3, C]: `pad` zeros on each side, the filter with sum `gain`.

    What goes before a convolution of stride 2 (pad 2 for a 3x3 kernel) or behind a transposed one (pad 1, gain 4).
    """

    @tf.custom_gradient
    def blurred(x):
        return _blur(_blur(x, 1, pad, gain**0.5), 2, pad, gain**0.5), lambda gradient: blur(gradient, 3 - pad, gain)

    return blurred(x)


class Up(keras.layers.Layer):
    """`up` as a layer of a functional model."""

    def call(self, x):
        return up(x)

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return (batch, 2 * height, 2 * width, channels)


def _blur(x: tf.Tensor, axis: int, pad: int, gain: float) -> tf.Tensor:
    padded = tf.pad(x, [[pad, pad] if place == axis else [0, 0] for place in range(4)])
    length = x.shape[axis] + 2 * pad - 3
    taps = [_part(padded, axis, first, first + length) for first in range(4)]
    return (taps[0] + taps[3]) * (gain / 8) + (taps[1] + taps[2]) * (3 * gain / 8)


def _up(x: tf.Tensor, axis: int) -> tf.Tensor:
    before, after = _shifted(x, axis, 1), _shifted(x, axis, -1)
    pairs = tf.stack([0.75 * x + 0.25 * before, 0.75 * x + 0.25 * after], axis=axis + 1)
    shape = list(x.shape)
    shape[axis] *= 2
    return tf.reshape(pairs, [-1 if size is None else size for size in shape])


def _down(x: tf.Tensor, axis: int) -> tf.Tensor:
    shape = list(x.shape)
    shape[axis : axis + 1] = [shape[axis] // 2, 2]
    even, odd = tf.unstack(tf.reshape(x, [-1 if size is None else size for size in shape]), axis=axis + 1)
    return (3 * (even + odd) + _shifted(odd, axis, 1) + _shifted(even, axis, -1)) * 0.125


def _shifted(x: tf.Tensor, axis: int, by: int) -> tf.Tensor:
    """x moved one place along the axis, up (by = 1) or down (-1), zero where nothing comes from."""
    size = x.shape[axis]
    pads = [[0, 0] for _ in x.shape]
    pads[axis] = [1, 0] if by == 1 else [0, 1]
    return tf.pad(_part(x, axis, 0, size - 1) if by == 1 else _part(x, axis, 1, size), pads)


def _part(x: tf.Tensor, axis: int, start: int, stop: int) -> tf.Tensor:
    # Not tf.slice, whose gradient under XLA (TF 2.21: XlaDynamicUpdateSlice) has no gradient.
    return x[(slice(None),) * axis + (slice(start, stop),)]
