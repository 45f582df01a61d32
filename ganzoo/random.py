"""Draws that are pure functions of a key: equal with and without XLA, on one device and on replicas.

TensorFlow's own float draws are not: from the same Philox bits its kernels keep the low bits of each word and XLA the
high ones (TF 2.21; tests/test_random.py shows it). The bits themselves agree, so the floats are made here.
"""

import contextlib
import threading
from collections.abc import Callable, Sequence

import tensorflow as tf


class _Place(threading.local):  # replicas are traced each in a thread of its own
    part, parts = 0, 1


_place = _Place()


@contextlib.contextmanager
def micro_batch(part: int, parts: int):
    """Draws inside are those of micro-batch `part` of `parts`: of a replica's rows it has every `parts`-th."""
    _place.part, _place.parts = part, parts
    try:
        yield
    finally:
        _place.part, _place.parts = 0, 1


def whole(rows: int) -> int:
    """The rows of the whole batch, of which this replica and micro-batch has `rows`."""
    return rows * _place.parts * tf.distribute.get_replica_context().num_replicas_in_sync


def uniform(shape: Sequence[int], key: tf.Tensor) -> tf.Tensor:
    """Float32 U[0, 1) of `shape` in steps of 2 ** -24. key: int64 [2].

    Under replicas and in a micro-batch `shape` is that of its own rows (batch first): the draw is made for the whole
    batch and sliced.
    """
    return _sliced(_uniform, shape, key)


def normal(shape: Sequence[int], key: tf.Tensor) -> tf.Tensor:
    """Float32 N(0, 1) of `shape`, |value| < 5.8, by Box and Muller (1958). key: int64 [2]; replicas as in `uniform`."""
    return _sliced(_normal, shape, key)


def _uniform(shape: Sequence[int], key: tf.Tensor) -> tf.Tensor:
    bits = tf.random.stateless_uniform(shape, seed=key, minval=None, maxval=None, dtype=tf.int32, alg="philox")
    return tf.cast(tf.bitwise.right_shift(bits, 8) + 2**23, tf.float32) * 2.0**-24


def _normal(shape: Sequence[int], key: tf.Tensor) -> tf.Tensor:
    pair = _uniform([*shape, 2], key)
    radius = tf.sqrt(-2.0 * tf.math.log(1.0 - pair[..., 0]))
    return radius * tf.cos(6.283185307179586 * pair[..., 1])


def _sliced(draw: Callable, shape: Sequence[int], key: tf.Tensor) -> tf.Tensor:
    replica, rows = tf.distribute.get_replica_context(), shape[0] * _place.parts
    values = draw([whole(shape[0]), *shape[1:]], key)
    if replica.num_replicas_in_sync > 1:
        first = replica.replica_id_in_sync_group * rows
        values = values[first : first + rows]
    return values if _place.parts == 1 else values[_place.part :: _place.parts]
