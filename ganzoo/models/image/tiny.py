"""Networks too small to cover Stacked-MNIST's thousand modes with ease: for measuring mode collapse.

Metz et al. 2017, "Unrolled generative adversarial networks", arXiv 1611.02163, appendix: G goes from 4x4x64 to 28x28x8
by transposed 3x3 convolutions, D down again over a few channels; batch norm after every layer but the last of each,
leaky slope 0.3. Difference from PacGAN's version of the experiment (arXiv 1712.04086, table 3): samples are made with
batch norm's kept averages, where its code uses the moments of 128 samples.
"""

import dataclasses

import keras

from ganzoo import gan
from ganzoo.errors import BadInput
from ganzoo.layers import normalization

SIDE = 28


@dataclasses.dataclass(frozen=True)
class Tiny:
    """d_width: channels of D's first layer, doubled twice; the paper has 2 (D is 1/4 G) and 4 (1/2 G).

    norm: batch norm in D; a penalty on D's gradient wants none.
    """

    d_width: int = 2
    z_dim: int = 256
    norm: bool = True

    latent = "normal"

    def build(self, spec) -> gan.NoiseGAN:
        """The plain game for 28x28 images. Raises BadInput for another size."""
        return gan.NoiseGAN.of(self, spec)

    def generator(self, spec) -> keras.Model:
        """{"z": [B, z_dim]} -> float32 [B, 28, 28, C] in [-1, 1]."""
        if (spec.height, spec.width) != (SIDE, SIDE):
            raise BadInput(f"data.size: {spec.height}x{spec.width} does not suit the tiny networks; allowed: 28x28")
        z = keras.Input((self.z_dim,), name="z")
        x = keras.layers.Dense(4 * 4 * 64, use_bias=False, kernel_initializer=_normal())(z)
        x = _norm_relu(keras.layers.Reshape((4, 4, 64))(x))
        for side, channels in ((7, 32), (14, 16), (28, 8)):
            x = keras.layers.Conv2DTranspose(
                channels, 3, strides=2, padding="same", use_bias=False, kernel_initializer=_truncated()
            )(x)
            x = _norm_relu(x[:, :side, :side])
        x = keras.layers.Conv2D(spec.channels, 3, padding="same", kernel_initializer=_truncated())(x)
        image = keras.layers.Activation("tanh", dtype="float32", name="image")(x)
        return keras.Model({"z": z}, image, name="generator")

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, 28, 28, C]} -> float32 logits [B]."""
        x = image = keras.Input(spec.shape, name="image")
        for stage in range(3):
            x = keras.layers.Conv2D(
                self.d_width * 2**stage,
                3,
                strides=2,
                padding="same",
                use_bias=not self.norm,
                kernel_initializer=_truncated(),
            )(x)
            x = normalization.BatchNorm()(x) if self.norm else x
            x = keras.layers.LeakyReLU(0.3)(x)
        x = keras.layers.Dense(1, dtype="float32", kernel_initializer=_normal())(keras.layers.Flatten()(x))
        return keras.Model({"image": image}, keras.layers.Reshape((), dtype="float32")(x), name="discriminator")


def _norm_relu(x):
    return keras.layers.ReLU()(normalization.BatchNorm()(x))


def _normal() -> keras.initializers.Initializer:
    # Made anew for each weight: a Keras initializer that is used twice gives equal values twice.
    return keras.initializers.RandomNormal(0.0, 0.02)


def _truncated() -> keras.initializers.Initializer:
    return keras.initializers.TruncatedNormal(0.0, 0.02)
