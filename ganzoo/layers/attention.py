"""Self-attention over a map: every place sees all others.

Zhang et al. 2019, "Self-attention generative adversarial networks", arXiv 1805.08318, section 3, with the 2x2
max-pooling of keys and values that the authors' code has. The convolutions are 1x1 without bias: a bias of the keys
would change nothing. Products of queries and keys, and their softmax, are float32 in every precision.
"""

import keras
import tensorflow as tf

from ganzoo.errors import BadInput
from ganzoo.layers import resnet


def self_attention(x, conv: resnet.Conv):
    """[B, H, W, C] -> the same shape: x + sigma * attention(x), sigma a learned number that starts at 0.

    Queries (theta) and keys (phi) have C / 8 channels, values (g) C / 2, at least 1; keys and values are the maxima of
    blocks of 2x2 places, so H and W are at least 2. conv: as of `resnet`'s blocks.
    """
    channels = x.shape[-1]
    query, key = (conv(max(channels // 8, 1), 1, use_bias=False)(x) for _ in range(2))
    value = conv(max(channels // 2, 1), 1, use_bias=False)(x)
    attended = Attend()([query, key, value])
    return Scaled()([x, conv(channels, 1, use_bias=False)(attended)])


def side(spec, limit: int) -> int:
    """Shorter side of the map that is attended: the largest that is at most `limit` and smaller than the image.

    Among the maps that both players of `models.image.sagan` make. 0 = none, for a `limit` of 0. Raises BadInput where
    every map is larger.
    """
    sides = [min(spec.height, spec.width) // 2]
    while sides[-1] > 8:
        sides.append(sides[-1] // 2)
    if limit and limit < sides[-1]:
        raise BadInput(f"model.attention: {limit} is smaller than every map; allowed: 0, and from {sides[-1]} on")
    return max(each for each in sides if each <= limit) if limit else 0


class Attend(keras.layers.Layer):
    """query, key, value [B, H, W, K], [B, H, W, K], [B, H, W, V] -> [B, H, W, V]: for each place the mean of the
    pooled values, weighted by the softmax of query * pooled key."""

    def call(self, inputs):
        query, key, value = inputs
        height, width = query.shape[1:3]
        query, key, value = (_flat(each) for each in (query, _pooled(key), _pooled(value)))
        products = tf.matmul(tf.cast(query, tf.float32), tf.cast(key, tf.float32), transpose_b=True)  # [B, HW, HW / 4]
        attended = tf.matmul(tf.cast(tf.nn.softmax(products), value.dtype), value)
        return tf.reshape(attended, [-1, height, width, value.shape[-1]])

    def compute_output_shape(self, input_shape):
        return (*input_shape[0][:-1], input_shape[2][-1])


class Scaled(keras.layers.Layer):
    """x, y -> x + sigma * y, sigma a number that starts at 0."""

    def build(self, input_shape):
        self.sigma = self.add_weight(name="sigma", shape=(), initializer="zeros", autocast=False)

    def call(self, inputs):
        x, y = inputs
        return x + tf.cast(self.sigma.value, y.dtype) * y

    def compute_output_shape(self, input_shape):
        return input_shape[0]


def _pooled(x: tf.Tensor) -> tf.Tensor:
    """Maxima of 2x2 blocks; a last odd row or column is left out. [B, H, W, C] -> [B, H // 2, W // 2, C]."""
    height, width, channels = x.shape[1] // 2, x.shape[2] // 2, x.shape[3]
    # A reduction, not tf.nn.max_pool, whose gradient XLA computes by select-and-scatter.
    blocks = tf.reshape(x[:, : 2 * height, : 2 * width], [-1, height, 2, width, 2, channels])
    return tf.reduce_max(blocks, axis=[2, 4])


def _flat(x: tf.Tensor) -> tf.Tensor:
    return tf.reshape(x, [-1, x.shape[1] * x.shape[2], x.shape[3]])
