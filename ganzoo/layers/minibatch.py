"""Minibatch discrimination: D sees how close each sample is to the others of its batch.

Salimans et al. 2016, "Improved techniques for training GANs", arXiv 1606.03498, section 3.2. Under replicas a batch is
that of one replica, with `train.accumulate` of one micro-batch. A penalty on D's gradient sees the other samples too.
"""

import keras
import tensorflow as tf


class MinibatchDiscrimination(keras.layers.Layer):
    """[B, A] -> [B, A + kernels]: the features and, for each kernel, sum over j of exp(-|M_i - M_j|_1), j = i included.

    M = features x T, a row of `dims` numbers for each kernel. float32 in every precision.
    """

    def __init__(self, kernels: int = 32, dims: int = 8, **kwargs):
        super().__init__(**kwargs, dtype="float32")
        self.kernels, self.dims = kernels, dims

    def build(self, input_shape):
        self.tensor = self.add_weight(
            name="tensor",
            shape=(input_shape[-1], self.kernels * self.dims),
            initializer=keras.initializers.RandomNormal(0, 0.02),
        )

    def call(self, features):
        rows = tf.reshape(tf.matmul(features, self.tensor.value), [-1, self.kernels, self.dims])
        apart = tf.reduce_sum(tf.abs(rows[:, None] - rows[None]), axis=3)  # [B, B, kernels]
        return tf.concat([features, tf.reduce_sum(tf.exp(-apart), axis=1)], axis=1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + self.kernels)
