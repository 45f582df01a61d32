"""Halving and doubling of maps without aliasing."""

import keras
import tensorflow as tf


class Blur(keras.layers.Layer):
    """The filter [1, 2, 1] / 4 along both axes, then every `stride`-th value (Zhang 2019, arXiv 1904.11486).

    [B, H, W, C] -> [B, ceil(H / stride), ceil(W / stride), C]. The map is mirrored about its border pixels, or with
    `repeat` goes on as they are. A map doubled by repeating pixels and then blurred has seen [1, 3, 3, 1] / 4.
    """

    def __init__(self, stride: int = 1, repeat: bool = False, **kwargs):
        super().__init__(**kwargs)
        self.stride, self.mode = stride, "SYMMETRIC" if repeat else "REFLECT"

    def call(self, x):
        padded = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], self.mode)
        return tf.nn.avg_pool2d(tf.nn.avg_pool2d(padded, 2, 1, "VALID"), 2, self.stride, "VALID")

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return (batch, *(side and -(-side // self.stride) for side in (height, width)), channels)
