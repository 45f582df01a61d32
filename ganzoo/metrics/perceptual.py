"""Perceptual distance between two images: the distance of their feature maps in a fixed network.

Zhang et al. 2018, "The unreasonable effectiveness of deep features as a perceptual metric", arXiv 1801.03924, eq. 1,
without learned weights (w = 1): each map's channels are scaled to unit length at every place, the squared differences
summed over channels, averaged over places and summed over maps. 0 for equal images; below 4 a map. The published
LPIPS is of other networks with learned weights, so values are named after their network and never called LPIPS.

Known difference: a length is sqrt(|x|^2 + 0.1^2). At 2 % of the places of LeNet's coarse map all 64 channels are 0.
Where one of them wakes up, an exact unit vector jumps from 0 to 1 however small the step, and a path length then
counts such places: from a step of 1e-2 to one of 1e-4 it grew seventyfold. With 0.1, where lengths are about 1 to 2,
it is the same to 1 % for steps of 1e-4 and 1e-5, to 5 % for one of 1e-3 (tests/metrics/test_perceptual.py).

Images here are float32 in -1..1 and never rounded, so that a distance may be taken between images that differ by less
than a grey level, and has a gradient.
"""

from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

SOFTENING = 0.1  # of a length

Maps = Callable[[tf.Tensor], Sequence[tf.Tensor]]  # float32 [B, H, W, C] in -1..1 -> maps float32 [B, h, w, c]


def distance(a: Sequence[tf.Tensor], b: Sequence[tf.Tensor]) -> tf.Tensor:
    """Eq. 1 for maps [B, h, w, c] of images and of their partners, each with its own h, w, c -> float32 [B]."""
    parts = []
    for x, y in zip(a, b, strict=True):
        squares = tf.reduce_sum(tf.square(_unit(x) - _unit(y)), axis=-1)
        parts.append(tf.reduce_mean(squares, axis=[1, 2]))
    return tf.add_n(parts)


def _unit(maps: tf.Tensor) -> tf.Tensor:
    return maps * tf.math.rsqrt(tf.reduce_sum(tf.square(maps), axis=-1, keepdims=True) + SOFTENING**2)


def between(maps: Maps) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """The distance of images a and b, float32 [B, H, W, C] in -1..1 -> float32 [B], compiled once."""

    @tf.function(reduce_retracing=True)
    def compare(a, b):
        # One call of the network for both, so that equal images have equal maps to the last bit.
        pairs = [tf.split(layer, 2) for layer in maps(tf.concat([a, b], axis=0))]
        return distance([x for x, _ in pairs], [y for _, y in pairs])

    return compare


def last_convolutions(model: keras.Model, start: keras.KerasTensor) -> keras.Model:
    """`start`, a tensor within `model` -> the output of its last full convolution at each resolution, finest first."""
    last = {}
    for layer in model.layers:
        if type(layer) is keras.layers.Conv2D:
            last[layer.output.shape[1:3]] = layer.output
    return keras.Model(start, list(last.values()))
