"""Spectral normalisation: layers whose weight has a largest singular value of about 1.

Miyato et al. 2018, "Spectral normalization for GANs", arXiv 1802.05957, algorithm 1: the weight W is kept and W / sigma
is used; one power iteration in each training call moves u; the gradient flows through sigma = v' W u with u and v held
constant (eq. 12). W is the kernel reshaped to [inputs, outputs]. The iteration is float32 in every precision. Keras'
own `SpectralNormalization` overwrites the kernel and loses the gradient through sigma.
"""

import keras
import tensorflow as tf

from ganzoo.layers import resampling


class _Power:
    """Power iteration on one weight; u is a weight of the layer that owns both."""

    def __init__(self, layer: keras.layers.Layer, kernel: keras.Variable):
        self.kernel = kernel
        # Every replica sees the same W and computes the same u, so any one's will do.
        self.u = layer.add_weight(
            name="u",
            shape=(1, kernel.shape[-1]),
            initializer=keras.initializers.RandomNormal(),
            trainable=False,
            autocast=False,
            aggregation="only_first_replica",
        )

    def normalized(self, training: bool) -> tf.Tensor:
        """float32 W / sigma. Moves u when training."""
        kernel = self.kernel.value
        matrix = tf.reshape(kernel, [-1, kernel.shape[-1]])
        v = tf.matmul(self.u.value, tf.stop_gradient(matrix), transpose_b=True)
        image = tf.matmul(tf.math.l2_normalize(v), matrix)
        # u = image / |image|, hence sigma = v' W u = |image|; its gradient, v u', is that of eq. 12 too.
        scale = tf.math.rsqrt(tf.reduce_sum(tf.square(image)) + 1e-24)
        if training:
            self.u.assign(image * scale)
        return kernel * scale


class SpectralConv2D(resampling.Conv2D):
    """`resampling.Conv2D` with W / sigma as its kernel."""

    def build(self, input_shape):
        super().build(input_shape)
        self.power = _Power(self, self.kernel)

    def call(self, x, training=False):
        return self.convolve(x, self.power.normalized(training))


class SpectralDense(keras.layers.Layer):
    """Matrix product, with bias unless told: [B, C] -> [B, units]."""

    def __init__(self, units: int, kernel_initializer="glorot_uniform", use_bias: bool = True, **kwargs):
        super().__init__(**kwargs)
        self.units, self.use_bias = units, use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(name="kernel", shape=shape, initializer=self.kernel_initializer, autocast=False)
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros") if self.use_bias else None
        self.power = _Power(self, self.kernel)

    def call(self, x, training=False):
        y = tf.matmul(x, tf.cast(self.power.normalized(training), x.dtype))
        return y if self.bias is None else y + self.bias

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)


class SpectralEmbedding(keras.layers.Layer):
    """A learned vector for each class: int32 [B] -> [B, width]."""

    def __init__(self, classes: int, width: int, kernel_initializer="glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        self.classes, self.width = classes, width
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape):
        shape = (self.classes, self.width)
        self.kernel = self.add_weight(name="kernel", shape=shape, initializer=self.kernel_initializer, autocast=False)
        self.power = _Power(self, self.kernel)

    def call(self, label, training=False):
        return tf.cast(tf.gather(self.power.normalized(training), label), self.compute_dtype)

    def compute_output_spec(self, label, training=False):
        return keras.KerasTensor((*label.shape, self.width), dtype=self.compute_dtype)
