"""Networks for points: a generator with batch norm, a discriminator of maxout units.

Those of PacGAN's synthetic experiments (Lin et al. 2018, arXiv 1712.04086, section 4.1; layers as in the authors'
bricks.py): G has four layers of 400 rectified units under batch norm, D three of 200 maxout units with 5 pieces, every
weight starts as N(0, 0.02^2), batch norm keeps 0.95 of the past.
"""

import dataclasses

import keras

from ganzoo import gan
from ganzoo.layers import normalization, spectral

LAYERS_G, LAYERS_D = 4, 3


@dataclasses.dataclass(frozen=True)
class Maxout:
    """g_width: units of each layer of G; d_width: maxout units of each layer of D; pieces: of each maxout unit.

    spectral: D's weights divided by their largest singular value.
    """

    g_width: int = 400
    d_width: int = 200
    pieces: int = 5
    z_dim: int = 2
    spectral: bool = False

    latent = "normal"

    def build(self, spec) -> gan.NoiseGAN:
        """The plain game for points of `spec` (ganzoo.data.points.PointSpec)."""
        return gan.NoiseGAN.of(self, spec)

    def generator(self, spec) -> keras.Model:
        """{"z": [B, z_dim]} -> float32 [B, D]."""
        x = z = keras.Input((self.z_dim,), name="z")
        for _ in range(LAYERS_G):
            x = keras.layers.Dense(self.g_width, use_bias=False, kernel_initializer=_normal())(x)
            x = keras.layers.Reshape((1, 1, self.g_width))(x)  # the fused kernel takes maps
            x = keras.layers.ReLU()(normalization.BatchNorm(momentum=0.95)(x))
            x = keras.layers.Reshape((self.g_width,))(x)
        point = keras.layers.Dense(spec.dim, dtype="float32", kernel_initializer=_normal(), name="point")(x)
        return keras.Model({"z": z}, point, name="generator")

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, D]} -> float32 logits [B]."""
        x = image = keras.Input(spec.shape, name="image")
        for _ in range(LAYERS_D):
            x = self._dense(self.d_width * self.pieces)(x)
            # The pieces of a unit lie apart, so that the maximum runs over whole rows.
            x = keras.ops.max(keras.layers.Reshape((self.pieces, self.d_width))(x), axis=1)
        x = self._dense(1, dtype="float32")(x)
        return keras.Model({"image": image}, keras.layers.Reshape((), dtype="float32")(x), name="discriminator")

    def _dense(self, units: int, **kwargs) -> keras.layers.Layer:
        if self.spectral:
            return spectral.SpectralDense(units, **kwargs)
        return keras.layers.Dense(units, kernel_initializer=_normal(), **kwargs)


def _normal() -> keras.initializers.Initializer:
    # Made anew for each weight: a Keras initializer that is used twice gives equal values twice.
    return keras.initializers.RandomNormal(0.0, 0.02)
