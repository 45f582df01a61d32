"""The base of choices that keep a state: a regulariser with running means, an augmentation with a strength."""

import keras
import tensorflow as tf


class Kept(keras.layers.Layer):
    """A layer for its weights alone: a game that keeps it saves them, and calls it as the plain function `call`.

    Keras' own call takes no functions, and would round float32 images to the policy's type.
    """

    def __call__(self, *args, **kwargs):
        return self.call(*args, **kwargs)


def over_replicas(values):
    """Tensors as their means over all replicas, so that each replica moves its copy of a state alike."""
    replica = tf.distribute.get_replica_context()
    if replica.num_replicas_in_sync == 1:
        return values
    return replica.all_reduce(tf.distribute.ReduceOp.MEAN, values)
