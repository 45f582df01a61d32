"""Micro-batches: an update by a batch that does not fit into memory at once.

A micro-batch is to an update what a replica is to a batch. It takes its rows of every draw; all start from the state
that the update found (moments of batch norms, vectors of spectral norms, what a regulariser or an augmentation keeps),
and the mean of the states that they leave stays. So the update is that of the whole batch to rounding, unless something
looks at the batch as a whole, and sees a micro-batch in its place: batch norm, minibatch discrimination, packs, top-k,
mode seeking's ratio, DRAGAN's deviation, the one cutoff of style mixing, the share of their own batch in the means of
LeCam and of path lengths. Minibatch deviation has the same groups, where its group divides a micro-batch. An adaptive
strength moves by the mean of the moves that the micro-batches would make.
"""

from collections.abc import Iterator, Sequence

import tensorflow as tf

from ganzoo import random


def split(batch: dict[str, tf.Tensor], count: int) -> list[dict[str, tf.Tensor]]:
    """`count` batches that came as one, {name: [count * B, ...]}; part i has the rows i, i + count, i + 2 count ..."""
    if count == 1:
        return [batch]
    parts = {
        name: tf.unstack(tf.reshape(value, [-1, count, *value.shape[1:]]), axis=1) for name, value in batch.items()
    }
    return [{name: values[index] for name, values in parts.items()} for index in range(count)]


def micro_batches(batch: dict[str, tf.Tensor], count: int, state: Sequence) -> Iterator[dict[str, tf.Tensor]]:
    """The `count` parts of a batch one after the other, see above. state: the variables that a loss may move."""
    if count == 1:
        yield batch
        return
    found, left = [tf.identity(each) for each in state], []
    for index, part in enumerate(split(batch, count)):
        _assign(state, found)
        with random.micro_batch(index, count):
            yield part
        left.append([tf.identity(each) for each in state])
    _assign(state, [_mean(values) for values in zip(*left, strict=True)])


def added(sums: Sequence, gradients: Sequence) -> Sequence:
    """Gradients, None where there is none, on top of those of the micro-batches before; [] = there were none before."""
    if not sums:
        return gradients
    return [
        None if each is None else tf.convert_to_tensor(total) + tf.convert_to_tensor(each)  # of an embedding: sparse
        for total, each in zip(sums, gradients, strict=True)
    ]


def _assign(state: Sequence, values: Sequence[tf.Tensor]):
    for variable, value in zip(state, values, strict=True):
        variable.assign(value)


def _mean(values: Sequence[tf.Tensor]) -> tf.Tensor:
    # A whole number counts, and every micro-batch counts alike.
    return tf.add_n(values) / len(values) if values[0].dtype.is_floating else values[-1]
