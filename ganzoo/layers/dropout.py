"""Dropout whose masks can be repeated: after a resume, under XLA and over replicas."""

import random as python_random

import keras
import numpy as np
import tensorflow as tf

from ganzoo import random


class Dropout(keras.layers.Layer):
    """Zeroes each value with probability `rate` and divides the others by 1 - rate (Srivastava et al. 2014, JMLR 15).

    The n-th training call of a layer draws with the key (seed, n), both of them weights: Keras' own layer keeps its
    generator's state out of `save_weights` and gives two replicas equal masks.
    """

    def __init__(self, rate: float, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def build(self, input_shape):
        # Python's generator, as for Keras' initializers: `keras.utils.set_random_seed` decides.
        seed = python_random.randrange(2**31)
        self.key = self.add_weight(
            name="key",
            shape=(2,),
            initializer=lambda shape, dtype: np.array([seed, 0], dtype),
            dtype="int64",
            trainable=False,
            aggregation="only_first_replica",
        )

    def call(self, x, training=False):
        if not training:
            return x
        kept = random.uniform([x.shape[0] or tf.shape(x)[0], *x.shape[1:]], self.key.value) >= self.rate
        self.key.assign_add(tf.constant([0, 1], tf.int64))
        return tf.where(kept, x / (1 - self.rate), tf.zeros_like(x))

    def compute_output_shape(self, input_shape):
        return input_shape
