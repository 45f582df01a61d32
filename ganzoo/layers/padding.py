"""Padding that the convolutions of image translation want: mirrored borders, and PyTorch's symmetric zeros."""

import keras
import tensorflow as tf

from ganzoo.layers import instance


class ReflectionPad(keras.layers.Layer):
    """[B, H, W, C] -> [B, H + 2 size, W + 2 size, C], mirrored without the border itself. H and W exceed size."""

    def __init__(self, size: int, **kwargs):
        super().__init__(**kwargs)
        self.size = size

    def call(self, x):
        return tf.pad(x, [[0, 0], [self.size, self.size], [self.size, self.size], [0, 0]], mode="REFLECT")

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return (batch, *(side and side + 2 * self.size for side in (height, width)), channels)


def instance_norm(x):
    """`instance.InstanceNorm` of [B, H, W, C]."""
    return instance.InstanceNorm()(x)
