"""Resizing by a factor drawn for each image, within static shapes.

An image of any size lies in the corner of a canvas that is as large as the largest, `Canvas`, and goes on beyond its
edges as its reflection, so that whatever is done to a canvas finds sensible neighbours there. Every image has two
matrices of weights, made in the graph.

The ways are those of Wang et al. 2021, arXiv 2107.10833, section 3.1: area, bilinear and bicubic (a = -0.75), the
latter two at the pixels' own spacing however much an image shrinks, so that they alias, as those of the common
libraries do.
"""

import dataclasses
import math
from typing import NamedTuple

import tensorflow as tf

from ganzoo.degradations import levels

WAYS = 3  # area, bilinear, bicubic


class Canvas(NamedTuple):
    """Images of sizes of their own: pixels float32 [B, H, W, C]; height and width float32 [B], whole numbers."""

    pixels: tf.Tensor
    height: tf.Tensor
    width: tf.Tensor


@dataclasses.dataclass(frozen=True)
class Resize:
    """To a random size and back, both times in a way drawn for the image.

    shares: of images that become larger, by U[1, high), of those that become smaller, by U[low, 1), and of those that
    stay. Raises BadInput unless 0 < low <= 1 <= high.
    """

    low: float = 0.15
    high: float = 1.5
    shares: tuple[float, float, float] = (0.2, 0.7, 0.1)

    scale = 1

    def __post_init__(self):
        levels.check_range("Resize", self.low, 1, 1e-3)
        levels.check_range("Resize", 1, self.high, 1)

    def channels(self, channels: int) -> int:
        return channels

    def __call__(self, image: tf.Tensor, progress, stream: str) -> dict[str, tf.Tensor]:
        size = image.shape[1:3]
        there = self.resized(whole(image), size, progress, f"{stream}/there")
        return {"input": fitted(there, size, progress, f"{stream}/back").pixels}

    def resized(self, canvas: Canvas, size: tuple[int, int], progress, stream: str) -> Canvas:
        """The images at their random parts of `size`, on a canvas of `high` times it."""
        kind, place = tf.unstack(progress.uniform([canvas.pixels.shape[0], 2], f"{stream}/factor"), axis=1)
        larger, smaller, _ = self.shares
        factor = tf.where(kind < larger + smaller, levels.between(place, self.low, 1), 1.0)
        factor = tf.where(kind < larger, levels.between(place, 1, self.high), factor)
        after = [tf.maximum(tf.round(factor * side), 1.0) for side in size]
        sides = [math.ceil(self.high * side) for side in size]
        return _resized(canvas, after, sides, _ways(canvas, progress, stream))


def whole(image: tf.Tensor) -> Canvas:
    """Images that fill their canvas."""
    rows, height, width, _ = image.shape
    return Canvas(image, tf.fill([rows], float(height)), tf.fill([rows], float(width)))


def fitted(canvas: Canvas, size: tuple[int, int], progress, stream: str) -> Canvas:
    """All images at the same size, in ways drawn for each."""
    after = [tf.fill([canvas.pixels.shape[0]], float(side)) for side in size]
    return _resized(canvas, after, size, _ways(canvas, progress, stream))


def _ways(canvas: Canvas, progress, stream: str) -> tf.Tensor:
    return tf.cast(tf.floor(WAYS * progress.uniform([canvas.pixels.shape[0]], f"{stream}/way")), tf.int32)


def _resized(canvas: Canvas, after, sides, ways: tf.Tensor) -> Canvas:
    down = weights(canvas.height, after[0], canvas.pixels.shape[1], sides[0], ways)
    right = weights(canvas.width, after[1], canvas.pixels.shape[2], sides[1], ways)
    pixels = tf.einsum("bqw,bpwc->bpqc", right, tf.einsum("bph,bhwc->bpwc", down, canvas.pixels))
    return Canvas(pixels, *after)


def weights(before: tf.Tensor, after: tf.Tensor, side: int, other: int, ways: tf.Tensor) -> tf.Tensor:
    """float32 [B, other, side]: what each pixel of a canvas takes of one, along an axis.

    before, after: float32 [B], pixels of the images on the canvas of `side` and on that of `other`. ways: int32 [B].
    """
    before, after, ways = (each[:, None, None] for each in (before, after, ways))
    place = tf.math.floormod(tf.range(other, dtype=tf.float32)[:, None], tf.maximum(2 * (after - 1), 1.0))
    place = tf.where(place < after, place, 2 * (after - 1) - place)
    ratio, taps = before / after, tf.range(side, dtype=tf.float32)
    centre = (place + 0.5) * ratio - 0.5
    reach = tf.maximum(ratio, 1.0) / 2
    area = tf.nn.relu(tf.minimum(centre + reach, taps + 0.5) - tf.maximum(centre - reach, taps - 0.5))
    x = tf.abs(centre - taps)
    cubic = tf.where(
        x <= 1, 1.25 * x**3 - 2.25 * x**2 + 1, tf.where(x < 2, -0.75 * x**3 + 3.75 * x**2 - 6 * x + 3, 0.0)
    )
    found = tf.where(ways == 0, area, tf.where(ways == 1, tf.nn.relu(1 - x), cubic))
    found = tf.where(taps < before, found, 0.0)
    return found / tf.reduce_sum(found, axis=2, keepdims=True)
