"""The first GAN: two multilayer perceptrons.

Goodfellow et al. 2014, "Generative adversarial nets", arXiv 1406.2661, section 5, with the layers of the authors'
mnist.yaml: G has two layers of 1200 rectified units and a sigmoid, D two of 240 maxout units of 5 pieces, with dropout.
Differences from that file:
- any image size and number of channels;
- G's last bias starts at zero, where theirs starts at the mean image of the data.
"""

import dataclasses
import functools

import keras

from ganzoo import gan
from ganzoo.layers import dropout


@dataclasses.dataclass(frozen=True)
class Vanilla:
    """The networks. g_width: units of G's two layers; d_width: maxout units of D's two; pieces: of each maxout unit."""

    g_width: int = 1200
    d_width: int = 240
    pieces: int = 5
    z_dim: int = 100

    def build(self, spec) -> gan.NoiseGAN:
        """The model for images of `spec` (ganzoo.data.images.Spec), of any size. Labels are ignored."""
        return gan.NoiseGAN(
            functools.partial(generator, spec, self.g_width, self.z_dim),
            functools.partial(discriminator, spec, self.d_width, self.pieces),
            self.z_dim,
            image=(spec.height, spec.width, spec.channels),
        )


def generator(spec, width: int, z_dim: int) -> keras.Model:
    """{"z": [B, z_dim]} -> float32 [B, H, W, C] in [-1, 1]."""
    z = keras.Input((z_dim,), name="z")
    x = keras.layers.Dense(width, "relu", kernel_initializer=_uniform(0.05))(z)
    x = keras.layers.Dense(width, "relu", kernel_initializer=_uniform(0.05))(x)
    x = keras.layers.Dense(spec.height * spec.width * spec.channels, kernel_initializer=_uniform(0.05))(x)
    x = keras.layers.Activation("sigmoid", dtype="float32")(x)
    x = keras.layers.Reshape((spec.height, spec.width, spec.channels), dtype="float32")(x)
    image = keras.layers.Rescaling(2.0, -1.0, dtype="float32", name="image")(x)
    return keras.Model({"z": z}, image, name="generator")


def discriminator(spec, width: int, pieces: int) -> keras.Model:
    """{"image": [B, H, W, C]} -> float32 logits [B]."""
    image = keras.Input((spec.height, spec.width, spec.channels), name="image")
    # The paper's pixels lie in [0, 1]: dropout there turns them black.
    x = keras.layers.Flatten()(keras.layers.Rescaling(0.5, 0.5)(image))
    x = _maxout(dropout.Dropout(0.2)(x), width, pieces)
    x = _maxout(dropout.Dropout(0.5)(x), width, pieces)
    x = dropout.Dropout(0.5)(x)
    x = keras.layers.Dense(1, dtype="float32", kernel_initializer=_uniform(0.005))(x)
    logit = keras.layers.Reshape((), dtype="float32", name="logit")(x)
    return keras.Model({"image": image}, logit, name="discriminator")


def _maxout(x, units: int, pieces: int):
    """The largest of `pieces` linear maps for each unit (Goodfellow et al. 2013, arXiv 1302.4389)."""
    x = keras.layers.Dense(units * pieces, kernel_initializer=_uniform(0.005))(x)
    return keras.ops.max(keras.layers.Reshape((units, pieces))(x), axis=-1)


def _uniform(limit: float) -> keras.initializers.Initializer:
    return keras.initializers.RandomUniform(-limit, limit)
