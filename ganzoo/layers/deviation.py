"""Minibatch standard deviation: D sees how much the samples of its batch differ.

Karras et al. 2018, "Progressive growing of GANs", arXiv 1710.10196, section 3, over groups of the batch as StyleGAN2
has it. Under replicas a batch is that of one replica; micro-batches (`train.accumulate`) that `group` divides have the
groups of the whole batch. A penalty on D's gradient sees the other samples too.
"""

import keras
import tensorflow as tf

from ganzoo.errors import BadInput


class MinibatchDeviation(keras.layers.Layer):
    """[B, H, W, C] -> float32 [B, H, W, C + 1]: one more map, of one value for each group of samples.

    Sample i is in group i mod (B / group); the value is the standard deviation over the group, averaged over places
    and channels. group: of at most so many samples, a smaller batch is one group; B is a multiple of it, which
    `multiples` tells. Raises BadInput for a group of none.
    """

    def __init__(self, group: int, **kwargs):
        super().__init__(**kwargs, dtype="float32")
        if group < 1:
            raise BadInput(f"model.group: {group} is not at least 1")
        self.group = group

    def call(self, x):
        batch, height, width, channels = x.shape[0] or tf.shape(x)[0], *x.shape[1:]
        group = self.group if x.shape[0] is None else min(self.group, x.shape[0])
        members = tf.reshape(x, [group, batch // group, height * width * channels])
        # The root's derivative is infinite at 0, where all samples are equal.
        deviation = tf.sqrt(tf.math.reduce_variance(members, axis=0) + 1e-8)
        value = tf.tile(tf.reduce_mean(deviation, axis=1), [group])  # [B]
        return tf.concat([x, tf.tile(value[:, None, None, None], [1, height, width, 1])], axis=3)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + 1)


def multiples(network: keras.Model, rows: int) -> dict[str, int]:
    """What `rows`, the samples that the network is shown at once, must be a multiple of, as `gan.GAN.multiples`."""
    groups = [layer.group for layer in network.layers if isinstance(layer, MinibatchDeviation)]
    return {"model.group": min(*groups, rows)} if groups else {}
