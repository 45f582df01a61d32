"""Gated convolutions and attention to patches elsewhere in the image, the parts of DeepFill v2's networks.

Yu et al. 2018, "Free-form image inpainting with gated convolution", arXiv 1806.03589, section 3.1; attention as in
Yu et al. 2018, "Generative image inpainting with contextual attention", arXiv 1801.07892, section 4.1, without its
propagation of scores to neighbours.
"""

import keras
import tensorflow as tf


class GatedConv2D(keras.layers.Layer):
    """ELU(a) sigmoid(g), a and g the halves of one convolution: [B, H, W, C] -> [B, H / strides, W / strides, filters].

    Borders are mirrored, so that no zeros shine through at the edges of the image; H and W exceed dilation times
    (size // 2) pixels.
    """

    def __init__(self, filters: int, size: int, strides: int = 1, dilation: int = 1, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.strides, self.reach = filters, strides, dilation * (size // 2)
        self.conv = keras.layers.Conv2D(
            2 * filters, size, strides=strides, dilation_rate=dilation, kernel_initializer="he_normal"
        )

    def build(self, input_shape):
        self.conv.build((None, None, None, input_shape[-1]))  # of padded sides

    def call(self, x):
        pads = [[0, 0], [self.reach, self.reach], [self.reach, self.reach], [0, 0]]
        value, gate = tf.split(self.conv(tf.pad(x, pads, mode="REFLECT")), 2, axis=-1)
        return tf.nn.elu(value) * tf.sigmoid(gate)

    def compute_output_shape(self, input_shape):
        batch, height, width, _ = input_shape
        sides = (side and -(-side // self.strides) for side in (height, width))
        return (batch, *sides, self.filters)


class ContextualAttention(keras.layers.Layer):
    """What is at a place, put together from what is known elsewhere: [maps, mask] -> float32 of the maps' shape.

    maps: [B, H, W, C], H and W even; mask: [B, H, W, 1], above 0 in the hole. Patches of 3x3 of the maps at half their
    size are compared by their cosine times `sharpness`, those that touch the hole are nobody's match, and patches of
    4x4 of the maps themselves are averaged by the softmax and laid over each other. Where nothing is known, nothing
    is found: 0.
    """

    def __init__(self, sharpness: float = 10.0, **kwargs):
        super().__init__(**kwargs, dtype="float32")
        self.sharpness = sharpness

    def call(self, inputs):
        maps, mask = inputs
        half = maps[:, ::2, ::2]
        height, width, channels = tf.shape(half)[1], tf.shape(half)[2], maps.shape[-1]
        queries = _patches(half, 3, 1)  # [B, N, 9 C]
        keys = tf.math.l2_normalize(queries, axis=-1, epsilon=1e-8)
        known = tf.reduce_max(_patches(mask[:, ::2, ::2], 3, 1), axis=-1) <= 0
        known = tf.cast(known, tf.float32)[:, None]  # [B, 1, N]
        scores = self.sharpness * tf.matmul(keys, keys, transpose_b=True) - 1e9 * (1 - known)
        shares = tf.nn.softmax(scores, axis=-1) * known
        values = _patches(maps, 4, 2)  # [B, N, 16 C]
        found = tf.reshape(tf.matmul(shares, values), [-1, height, width, 4, 4, channels])
        # At the edges of the image fewer patches lie over each other.
        return _laid(found) / _laid(tf.ones([1, height, width, 4, 4, 1]))

    def compute_output_shape(self, input_shape):
        return input_shape[0]


def _patches(maps: tf.Tensor, size: int, stride: int) -> tf.Tensor:
    """[B, H, W, C] -> [B, H W / stride^2, size^2 C]: patches around every stride-th place, beyond borders 0."""
    before = (size - stride) // 2
    after = size - stride - before
    padded = tf.pad(maps, [[0, 0], [before, after], [before, after], [0, 0]])
    shape = tf.shape(maps)
    down, right = shape[1] // stride, shape[2] // stride
    parts = [
        padded[:, row : row + down * stride : stride, column : column + right * stride : stride]
        for row in range(size)
        for column in range(size)
    ]
    return tf.reshape(tf.stack(parts, axis=3), [shape[0], down * right, size * size * maps.shape[-1]])


def _laid(patches: tf.Tensor) -> tf.Tensor:
    """[B, h, w, 4, 4, C] -> [B, 2 h, 2 w, C]: the sums of patches of 4x4 that begin one pixel before every second."""
    shape, channels = tf.shape(patches), patches.shape[-1]
    height, width = 2 * shape[1], 2 * shape[2]
    total = 0.0
    for row in (0, 2):
        for column in (0, 2):
            block = tf.transpose(patches[:, :, :, row : row + 2, column : column + 2], [0, 1, 3, 2, 4, 5])
            image = tf.reshape(block, [-1, height, width, channels])
            total += tf.pad(image, [[0, 0], [row, 2 - row], [column, 2 - column], [0, 0]])
    return total[:, 1:-1, 1:-1]
