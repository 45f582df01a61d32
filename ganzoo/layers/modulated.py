"""Modulated convolution and noise: how a style and chance enter StyleGAN2's maps.

Karras et al. 2020, "Analyzing and improving the image quality of StyleGAN", arXiv 1912.04958, section 2.2: the style
scales the kernel's input channels (eq. 1), and each output channel is divided by the norm that its kernel then has
(eq. 3). Here the style scales the map and the division follows the convolution, which is the same function and one
plain convolution for the whole batch; the norms come from the squared kernel summed over its window, so that no kernel
for each sample is ever made. Norms and styles are float32 in every precision. In float16 style and kernel are first
divided by their largest values, which the demodulation takes back.
"""

import keras
import tensorflow as tf

from ganzoo import random
from ganzoo.layers import equalized, fir

EPSILON = 1e-8


class ModulatedConv2D(keras.layers.Layer):
    """(x [B, H, W, C], style float32 [B, C]) -> [B, H, W, filters]; with `up` [B, 2H, 2W, filters]. No bias.

    Equalized: the kernel is kept at N(0, 1). up: a transposed convolution of stride 2, then the binomial filter with
    sum 4: the cheapest exact form, a quarter of the products of a convolution after the zeros, and the filter is sums.
    """

    def __init__(self, filters: int, kernel_size: int, up: bool = False, demodulate: bool = True, **kwargs):
        super().__init__(**kwargs, autocast=False)  # the style stays float32
        self.filters, self.kernel_size, self.up, self.demodulate = filters, kernel_size, up, demodulate

    def build(self, x_shape, style_shape):
        size = self.kernel_size
        self.kernel = equalized.add_kernel(self, (size, size, x_shape[-1], self.filters))

    def call(self, x, style):
        kernel = equalized.scaled(self.kernel)
        style = tf.cast(style, tf.float32)
        x = tf.cast(x, self.compute_dtype)
        if self.demodulate and x.dtype == tf.float16:
            kernel /= tf.reduce_max(tf.abs(kernel), axis=[0, 1, 2])
            style /= tf.reduce_max(tf.abs(style), axis=1, keepdims=True)
        y = self._apply(x * tf.cast(style, x.dtype)[:, None, None, :], tf.cast(kernel, x.dtype))
        if not self.demodulate:
            return y
        squares = tf.reduce_sum(tf.square(kernel), axis=[0, 1])  # [C, filters]
        factor = tf.math.rsqrt(tf.matmul(tf.square(style), squares) + EPSILON)
        return y * tf.cast(factor, y.dtype)[:, None, None, :]

    def _apply(self, x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
        return upsampled(x, kernel) if self.up else tf.nn.conv2d(x, kernel, strides=1, padding="SAME")

    def compute_output_spec(self, x, style):
        batch, height, width, _ = x.shape
        factor = 2 if self.up else 1
        return keras.KerasTensor((batch, height * factor, width * factor, self.filters), dtype=self.compute_dtype)


def upsampled(x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """[B, H, W, C] and [3, 3, C, F], both of one type -> [B, 2H, 2W, F]: transposed convolution of stride 2, filter."""
    size, height, width = kernel.shape[0], *x.shape[1:3]
    shape = [x.shape[0] or tf.shape(x)[0], 2 * height + size - 2, 2 * width + size - 2, kernel.shape[-1]]
    y = tf.nn.conv2d_transpose(x, tf.transpose(kernel, [0, 1, 3, 2]), shape, strides=2, padding="VALID")
    return fir.blur(y, pad=1, gain=4.0)


class Finish(keras.layers.Layer):
    """What follows a convolution: (x [B, H, W, C](, noise float32 [B or 1, H * W])) -> activation(x + noise + bias).

    One learned strength scales the noise, 0 at first; with `per_channel` each channel has its own (StyleGAN, 2019).
    """

    def __init__(self, activation: equalized.Activation, per_channel: bool = False, **kwargs):
        super().__init__(**kwargs, autocast=False)
        self.activation, self.per_channel = activation, per_channel

    def build(self, x_shape, noise_shape=None):
        self.bias = self.add_weight(name="bias", shape=(x_shape[-1],), initializer="zeros", autocast=False)
        self.strength = None
        if noise_shape is not None:
            shape = (x_shape[-1],) if self.per_channel else ()
            self.strength = self.add_weight(name="strength", shape=shape, initializer="zeros", autocast=False)

    def call(self, x, noise=None):
        x = tf.cast(x, self.compute_dtype)
        if noise is not None:
            height, width = x.shape[1:3]
            x = x + tf.cast(tf.reshape(noise, [-1, height, width, 1]) * self.strength.value, x.dtype)
        return equalized.activate(x, self.bias.value, self.activation)

    def compute_output_spec(self, x, noise=None):
        return keras.KerasTensor(x.shape, dtype=self.compute_dtype)


class ConstantNoise(keras.layers.Layer):
    """Any float32 [B, ...] -> float32 [1, size]: the same N(0, 1) at every call, for pictures that z alone decides."""

    def __init__(self, size: int, **kwargs):
        super().__init__(**kwargs, dtype="float32")
        self.size = size

    def call(self, x):
        return random.normal([1, self.size], tf.constant([0, 0], tf.int64))

    def compute_output_spec(self, x):
        return keras.KerasTensor((1, self.size), dtype="float32")
