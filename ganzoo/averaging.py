"""The moving average of the generator's weights, which is what samples and exports are made of.

Its half-life is stated in images, so that it survives a change of batch size, and ramps up from zero so that the
average does not remember the random start (Karras et al. 2020, arXiv 2006.06676, appendix B: half-life and ramp-up).
"""

import dataclasses

import keras
import tensorflow as tf

from ganzoo import schedules
from ganzoo.schedules import Cosine, Exponential, Linear


@dataclasses.dataclass(frozen=True)
class EMA:
    """average <- beta * average + (1 - beta) * network with beta = 0.5 ** (batch / half-life)."""

    halflife: float | Linear | Exponential | Cosine  # images
    ramp: float = 0.05  # the half-life never exceeds this share of the images seen; 0 = no ramp

    def beta(self, images: tf.Tensor, batch: tf.Tensor | int) -> tf.Tensor:
        """Decay of one step as float32. images: seen so far. batch: images of this step."""
        halflife = tf.cast(schedules.value(self.halflife, images), tf.float32)
        if self.ramp:
            halflife = tf.minimum(halflife, self.ramp * tf.cast(images, tf.float32))
        return 0.5 ** (tf.cast(batch, tf.float32) / tf.maximum(halflife, 1e-8))

    def update(self, average: keras.Model, network: keras.Model, images: tf.Tensor, batch: tf.Tensor | int):
        """One step. Statistics (batch norm's) and other state are copied: averaging lags behind what they describe."""
        beta = self.beta(images, batch)
        for kept, weight in zip(average.trainable_variables, network.trainable_variables, strict=True):
            kept.assign(weight + beta * (kept - weight))
        for kept, state in zip(average.non_trainable_variables, network.non_trainable_variables, strict=True):
            kept.assign(state)
