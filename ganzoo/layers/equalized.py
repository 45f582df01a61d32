"""Equalized learning rate: weights are kept at unit variance and scaled where they are used.

Karras et al. 2018, "Progressive growing of GANs", arXiv 1710.10196, section 4.1: Adam's steps do not know a weight's
scale, so every weight is kept at N(0, 1) and multiplied by He's constant at run time. `lr_mult` (the mapping network's
learning rate in StyleGAN, Karras et al. 2019, arXiv 1812.04948, appendix C) starts a weight at N(0, 1) / lr_mult and
uses it times lr_mult: the same map, which learns that much slower. Weights are float32 and rounded once, where used.
"""

from collections.abc import Callable

import keras
import tensorflow as tf

from ganzoo.layers import fir

CLAMP = 256.0  # largest output in float16, whose range ends at 65504; bfloat16 has the range of float32

Activation = Callable[[tf.Tensor], tf.Tensor]


def linear(x: tf.Tensor) -> tf.Tensor:
    return x


def lrelu(x: tf.Tensor) -> tf.Tensor:
    """Leaky ReLU of slope 0.2, times sqrt(2) to keep the variance."""
    # Scaled first, which is the same: TF 2.21 fuses sum and LeakyRelu, misses the sum in the gradient, and complains.
    return tf.nn.leaky_relu(x * 2**0.5, 0.2)


def activate(x: tf.Tensor, bias: tf.Tensor | None, activation: Activation, gain: float = 1.0) -> tf.Tensor:
    """gain * activation(x + bias) in x's type; in float16 within +-CLAMP * gain. bias: float32 [C] or None."""
    if bias is not None:
        x = x + tf.cast(bias, x.dtype)
    x = activation(x)
    if gain != 1:
        x = x * gain
    return tf.clip_by_value(x, -CLAMP * gain, CLAMP * gain) if x.dtype == tf.float16 else x


class EqualizedDense(keras.layers.Layer):
    """[B, C] -> [B, units]. activation: with its gain, such as `lrelu`. bias: where the bias starts."""

    def __init__(self, units: int, activation: Activation = linear, lr_mult: float = 1.0, bias: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        self.units, self.activation, self.lr_mult, self.start = units, activation, lr_mult, bias

    def build(self, input_shape):
        self.kernel = add_kernel(self, (input_shape[-1], self.units), self.lr_mult)
        start = keras.initializers.Constant(self.start / self.lr_mult)
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer=start, autocast=False)

    def call(self, x):
        y = tf.matmul(x, tf.cast(scaled(self.kernel, self.lr_mult), x.dtype))
        return activate(y, self.bias.value * self.lr_mult, self.activation)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)


class EqualizedConv2D(keras.layers.Layer):
    """Stride 1, 'same': [B, H, W, C] -> [B, H, W, filters]; with `down` filtered, then every second: [B, H/2, W/2, F].

    kernel_size: 1 or 3. gain: of the output, beside the activation's own.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        activation: Activation = linear,
        gain: float = 1.0,
        use_bias: bool = True,
        down: bool = False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.filters, self.kernel_size, self.down = filters, kernel_size, down
        self.activation, self.gain, self.use_bias = activation, gain, use_bias

    def build(self, input_shape):
        size = self.kernel_size
        self.kernel = add_kernel(self, (size, size, input_shape[-1], self.filters))
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros", autocast=False)

    def call(self, x):
        kernel = tf.cast(scaled(self.kernel), x.dtype)
        if not self.down:
            y = tf.nn.conv2d(x, kernel, strides=1, padding="SAME")
        elif self.kernel_size == 1:
            y = tf.nn.conv2d(fir.down(x), kernel, strides=1, padding="VALID")
        else:
            y = tf.nn.conv2d(fir.blur(x, pad=2), kernel, strides=2, padding="VALID")
        return activate(y, None if self.bias is None else self.bias.value, self.activation, self.gain)

    def compute_output_shape(self, input_shape):
        batch, height, width, _ = input_shape
        factor = 2 if self.down else 1
        return (batch, height // factor, width // factor, self.filters)


def add_kernel(layer: keras.layers.Layer, shape: tuple[int, ...], lr_mult: float = 1.0) -> keras.Variable:
    """A float32 kernel of `layer` that starts at N(0, 1) / lr_mult."""
    start = keras.initializers.RandomNormal(0.0, 1 / lr_mult)
    return layer.add_weight(name="kernel", shape=shape, initializer=start, autocast=False)


def scaled(kernel: keras.Variable, lr_mult: float = 1.0) -> tf.Tensor:
    """The kernel as it is used, float32: times lr_mult / sqrt(inputs of an output)."""
    inputs = 1
    for size in kernel.shape[:-1]:
        inputs *= size
    return kernel.value * (lr_mult / inputs**0.5)
