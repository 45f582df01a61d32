"""Images larger than memory allows, in tiles that overlap and are blended by Hann windows.

A tile takes part only where it saw all that the network looks at: from the edges at which it was cut off, `margin`
pixels are left out; between two tiles the weights go from one to the other along half a period of a cosine. The edges
of the image are edges of tiles too and are treated as in the whole image, so that a network which looks no further than
the margin makes of tiles what it makes of the whole image. Nets that look further are cut at a margin of an eighth of a
tile, or 32 pixels if that is more: what lies further away counts little.

What a tile takes of memory is bounded by `HELD`. Of the result only one row of tiles is kept in float32.
"""

import collections
import itertools
import math
from collections.abc import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf

HELD = 2**31  # bytes at once, of a network's maps and of what it makes
BLEND = 16  # pixels of the input at least over which one tile goes over into the next
STRIP = 64  # rows that are weighted at once


def margin(reach: int, side: int) -> int:
    """Pixels left out at each edge at which a tile of `side` was cut off."""
    return min(reach, max(32, side // 8))


def least(reach: int, multiple: int) -> int:
    """The smallest side of a tile: between its overlaps there is at least as much as they take to blend."""
    return _up(2 * min(reach, 32) + 2 * BLEND, multiple) + multiple


def side(memory: int, multiple: int) -> int:
    """Of the largest square whose maps take `HELD` at `memory` bytes a pixel, a multiple of `multiple`."""
    return math.isqrt(HELD // max(memory, 1)) // multiple * multiple


def windows(length: int, side: int, cut: int, multiple: int) -> list[tuple[int, int]]:
    """(start, stop) of the fewest tiles along `length`: alike, no longer than `side`, starting at multiples of
    `multiple` and overlapping by twice `cut`, the margin, and `BLEND` or more. side: at least `least`."""
    if length <= side:
        return [(0, length)]
    # In multiples from here on.
    whole, most, overlap = -(-length // multiple), side // multiple, -(-(2 * cut + BLEND) // multiple)
    count = -(-(whole - overlap) // (most - overlap))
    size = -(-(whole + (count - 1) * overlap) // count)
    starts = [number * (whole - size) // (count - 1) for number in range(count)]
    return [(start * multiple, min((start + size) * multiple, length)) for start in starts]


def weights(parts: list[tuple[int, int]], cut: int, scale: int) -> list[np.ndarray]:
    """For each of the `windows` float32 [scale (stop - start)], which add up to 1 at every pixel of the output."""
    length = scale * parts[-1][1]
    # Each goes from 0 to 1 between two tiles; a tile's weight is how far it has come itself and the next has not.
    rises = [
        _rise(scale * (after[0] + cut), scale * (before[1] - cut), length)
        for before, after in itertools.pairwise(parts)
    ]
    found = [left - right for left, right in itertools.pairwise([np.ones(length), *rises, np.zeros(length)])]
    return [
        each[scale * start : scale * stop].astype(np.float32) for each, (start, stop) in zip(found, parts, strict=True)
    ]


def _rise(start: int, stop: int, length: int) -> np.ndarray:
    """float64 [length]: 0 before `start`, 1 from `stop` on, between them half a period of a cosine."""
    way = np.clip((np.arange(length) + 0.5 - start) / (stop - start), 0, 1)
    return np.sin(np.pi / 2 * way) ** 2


def rows(
    call: Callable[[slice, slice], np.ndarray],
    size: tuple[int, int],
    side: int,
    reach: int,
    multiple: int,
    scale: int,
) -> Iterator[np.ndarray]:
    """float32 [h, W, C], from above to below: the rows of the output of an image of `size`, finished ones together.

    call: rows and columns of the input -> what is made of that part, float32 [scale h, scale w, C].
    """
    cut = margin(reach, side)
    high, wide = (windows(length, side, cut, multiple) for length in size)
    down, along = weights(high, cut, scale), weights(wide, cut, scale)
    begun = None  # the rows that a row of tiles shares with the one above
    for number, (top, bottom) in enumerate(high):
        band = None
        for (left, right), across in zip(wide, along, strict=True):
            made = call(slice(top, bottom), slice(left, right))
            if band is None:
                band = np.zeros([scale * (bottom - top), scale * size[1], made.shape[2]], np.float32)
                if begun is not None:
                    band[: len(begun)], begun = begun, None
            for start in range(0, len(made), STRIP):  # a copy of all of it would cost as much again
                strip = slice(start, start + STRIP)
                weight = down[number][strip, None] * across
                band[strip, scale * left : scale * right] += made[strip] * weight[:, :, None]
            del made
        finished = scale * ((high[number + 1][0] if number + 1 < len(high) else bottom) - top)
        begun = band[finished:].copy()
        yield band[:finished]


def held(network: keras.Model, shapes: dict[str, tuple[int, ...]]) -> int:
    """Bytes of the maps that are held at once while a network runs in float32 on inputs of those shapes: the most,
    along the order in which it was written, of what is still needed. What an operation takes for itself is left out."""
    inputs = {name: tf.TensorSpec(shape, tf.float32) for name, shape in shapes.items()}
    graph = tf.function(lambda given: network(given, training=False), autograph=False).get_concrete_function(inputs)
    operations = graph.graph.get_operations()
    until = {each.ref(): number for number, operation in enumerate(operations) for each in operation.inputs}
    until |= {each.ref(): len(operations) for each in graph.outputs}
    now = most = 0
    leaving = collections.Counter()
    for number, operation in enumerate(operations):
        if operation.type not in ("ReadVariableOp", "Const"):  # weights are there already
            for each in operation.outputs:
                if each.ref() in until and each.shape.is_fully_defined():
                    size = each.shape.num_elements() * each.dtype.size
                    now += size
                    leaving[until[each.ref()]] += size
        most = max(most, now)
        now -= leaving[number]
    return most


def _up(value: int, multiple: int) -> int:
    return -(-value // multiple) * multiple
