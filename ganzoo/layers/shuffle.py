"""Maps made larger: pixels from channels, without a checkerboard at the start, and bicubic interpolation as a layer.

Shi et al. 2016, "Real-time single image and video super-resolution using an efficient sub-pixel convolutional neural
network", arXiv 1609.05158, eq. 4; Aitken et al. 2017, "Checkerboard artifact free sub-pixel convolution", arXiv
1707.02937, section 3 (ICNR): the kernels of the pixels of one block begin equal, so that at first the block is one
value repeated.
"""

import keras
import numpy as np
import tensorflow as tf

from ganzoo.degradations import bicubic

REACH = 2  # pixels on either side that an output of bicubic interpolation sees


class PixelShuffle(keras.layers.Layer):
    """[B, H, W, scale * scale * C] -> [B, scale * H, scale * W, C]."""

    def __init__(self, scale: int, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, x):
        return x if self.scale == 1 else tf.nn.depth_to_space(x, self.scale)

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        sides = (side and side * self.scale for side in (height, width))
        return (batch, *sides, channels // self.scale**2)


class ICNR(keras.initializers.Initializer):
    """Of a kernel [..., scale * scale * F] before `PixelShuffle`: `start` for F filters, and the others its copies."""

    def __init__(self, scale: int, start: keras.initializers.Initializer):
        self.copies, self.start = scale**2, start

    def __call__(self, shape, dtype=None):
        first = self.start((*shape[:-1], shape[-1] // self.copies), dtype)
        return keras.ops.tile(first, [*[1] * (len(shape) - 1), self.copies])


class Bicubic(keras.layers.Layer):
    """float32 [B, H, W, C] -> [B, scale * H, scale * W, C], for any H and W: `degradations.bicubic.upsample`."""

    def __init__(self, scale: int, **kwargs):
        super().__init__(**kwargs, dtype="float32")
        self.scale = scale
        # Rows of the matrix for a long axis, far from its ends: the taps of each pixel of a block.
        middle = 4 * REACH
        rows = bicubic.matrix(2 * middle + 1, (2 * middle + 1) * scale)[middle * scale : (middle + 1) * scale]
        self.taps = rows[:, middle - REACH : middle + REACH + 1].astype(np.float32)  # [scale, 5]

    def call(self, x):
        if self.scale == 1:
            return x
        channels, block = x.shape[-1], self.scale**2
        kernel = tf.einsum("pa,qb->abpq", self.taps, self.taps)
        kernel = tf.tile(tf.reshape(kernel, [2 * REACH + 1, 2 * REACH + 1, 1, block]), [1, 1, channels, 1])
        padded = tf.pad(x, [[0, 0], [REACH, REACH], [REACH, REACH], [0, 0]], mode="SYMMETRIC")
        y = tf.nn.depthwise_conv2d(padded, kernel, [1, 1, 1, 1], "VALID")  # channel c's block at c * block
        shape = tf.concat([tf.shape(y)[:3], [channels, block]], 0)
        y = tf.reshape(tf.transpose(tf.reshape(y, shape), [0, 1, 2, 4, 3]), tf.concat([shape[:3], [-1]], 0))
        y = tf.ensure_shape(y, [*x.shape[:3], channels * block])
        return tf.nn.depth_to_space(y, self.scale)

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return (batch, *(side and side * self.scale for side in (height, width)), channels)
