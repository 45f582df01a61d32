"""The order of images: pure functions of integers, in graph operations that XLA compiles too.

Every epoch is another permutation of the set, and where an image stands in it takes neither memory nor state: a
Feistel network on a grid of about sqrt(N) x sqrt(N), with the few places that the grid has too many walked over
(Black and Rogaway 2002, "Ciphers with arbitrary finite domains", section 4). TensorFlow's own `index_shuffle` is the
same idea but has no XLA kernel (TF 2.21).
"""

import math

import tensorflow as tf

ROUNDS = 4
GOLDEN = 0x9E3779B9  # 2 ** 32 over the golden ratio: an arbitrary constant


def index(positions: tf.Tensor, count: int, seed: int) -> tf.Tensor:
    """Which of `count` images stands at each position of the endless, reshuffled sequence.

    positions: int64 [B], images seen before, not negative. seed: any integer of 64 bits. -> int64 [B] in [0, count).
    """
    epoch, place = positions // count, positions % count
    key = _mix(_mix(_mix(_constant(seed >> 32) + _constant(GOLDEN)) ^ _constant(seed)) ^ _low(epoch))
    columns = math.isqrt(count - 1) + 1
    rows = -(-count // columns)

    def shuffle(place: tf.Tensor, done: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        row, column = place // columns, place % columns
        for turn in range(ROUNDS):
            row = (row + _value(column, key, 2 * turn)) % rows
            column = (column + _value(row, key, 2 * turn + 1)) % columns
        place = tf.where(done, place, row * columns + column)
        return place, place < count

    undone = tf.zeros_like(place, tf.bool)
    place, _ = tf.while_loop(lambda place, done: ~tf.reduce_all(done), shuffle, (place, undone))
    return place


def coin(positions: tf.Tensor, seed: int) -> tf.Tensor:
    """A fair coin for each position, independent of the order. positions: int64 [B] -> bool [B]."""
    key = _mix(_constant(seed) ^ _constant(0x5851F42D)) ^ _constant(seed >> 32)
    return _mix(_mix(_low(positions) + key) ^ _high(positions)) >= tf.constant(2**31, tf.uint32)


def number(positions: tf.Tensor, count: int, seed: int, stream: int) -> tf.Tensor:
    """A whole number for each position, uniform in [0, count), independent of the order and the coin and, for another
    `stream`, of the others.

    positions: int64 [B]. count: 1 .. 2 ** 16, so that none is more than 1.00002 times as frequent as another.
    -> int64 [B].
    """
    key = _mix(_mix(_constant(seed) ^ _constant(0x2545F491)) ^ _constant(seed >> 32) ^ _constant(GOLDEN * (stream + 1)))
    bits = _mix(_mix(_low(positions) ^ key) ^ _high(positions) ^ _mix(key + _constant(GOLDEN)))
    return tf.cast(bits, tf.int64) % count


def other(seed: int) -> int:
    """The seed of a second sequence beside that of `seed`, so that what stands in one says nothing of the other."""
    return seed ^ 0x6A09E667F3BCC908


def _value(number: tf.Tensor, key: tf.Tensor, turn: int) -> tf.Tensor:
    """What a round adds: a function of the other coordinate and of the key, another one each turn."""
    return tf.cast(_mix(_mix(_low(number) + _constant(GOLDEN * (turn + 1))) ^ key), tf.int64)


def _mix(bits: tf.Tensor) -> tf.Tensor:
    """A bijection of uint32 in which every bit depends on every bit (Wellons 2018, "lowbias32")."""
    bits = (bits ^ tf.bitwise.right_shift(bits, _constant(16))) * _constant(0x7FEB352D)
    bits = (bits ^ tf.bitwise.right_shift(bits, _constant(15))) * _constant(0x846CA68B)
    return bits ^ tf.bitwise.right_shift(bits, _constant(16))


def _constant(number: int) -> tf.Tensor:
    return tf.constant(number & 0xFFFFFFFF, tf.uint32)


def _low(numbers: tf.Tensor) -> tf.Tensor:
    return tf.cast(numbers & 0xFFFFFFFF, tf.uint32)


def _high(numbers: tf.Tensor) -> tf.Tensor:
    return _low(tf.bitwise.right_shift(numbers, tf.constant(32, tf.int64)))
