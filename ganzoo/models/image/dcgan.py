"""DCGAN: all-convolutional generator and discriminator with batch norm.

Radford, Metz & Chintala 2016, "Unsupervised representation learning with deep convolutional GANs", arXiv 1511.06434,
section 3; details of the layers as in the first author's code (soumith/dcgan.torch). Differences from the paper:
- sizes other than 64x64 drop or add stages of the same kind, and 28x28 starts from a 7x7 grid;
- convolutions that batch norm follows have no bias, which it would cancel.
LSGAN, WGAN and the concatenating cGAN play other games on these networks.
"""

import dataclasses
import functools

import keras

from ganzoo import gan
from ganzoo.errors import BadInput
from ganzoo.layers import normalization, resampling


@dataclasses.dataclass(frozen=True)
class DCGAN:
    """The networks. width: channels of the finest stage, doubled at each coarser one; z_dim: length of z."""

    width: int = 64
    z_dim: int = 100

    def build(self, spec) -> gan.NoiseGAN:
        """The model for images of `spec` (ganzoo.data.images.Spec). Labels are ignored. Raises BadInput for a size
        that is neither 28x28 nor square with a power of two from 16 as its side."""
        return gan.NoiseGAN(
            functools.partial(generator, spec, self.width, self.z_dim),
            functools.partial(discriminator, spec, self.width),
            self.z_dim,
            image=(spec.height, spec.width, spec.channels),
            latent="uniform",
        )


def generator(spec, width: int, z_dim: int) -> keras.Model:
    """{"z": [B, z_dim]} -> float32 [B, H, W, C] in [-1, 1]."""
    z = keras.Input((z_dim,), name="z")
    return keras.Model({"z": z}, image_of(z, spec, width), name="generator")


def discriminator(spec, width: int, constraint: keras.constraints.Constraint | None = None) -> keras.Model:
    """{"image": [B, H, W, C]} -> float32 logits [B]. constraint: of every weight."""
    image = keras.Input((spec.height, spec.width, spec.channels), name="image")
    return keras.Model({"image": image}, logit_of(image, spec, width, constraint), name="discriminator")


def image_of(x, spec, width: int):
    """The generator's layers: [B, any] -> float32 [B, H, W, C] in [-1, 1]."""
    side, stages = grid(spec)
    channels = width * 2 ** (stages - 1)
    # A transposed convolution of a 1x1 map is a matrix product.
    x = keras.layers.Dense(side * side * channels, use_bias=False, kernel_initializer=_normal())(x)
    x = _norm_relu(keras.layers.Reshape((side, side, channels))(x))
    for stage in reversed(range(stages - 1)):
        x = resampling.upconv(width * 2**stage, use_bias=False, kernel_initializer=_normal())(x)
        x = _norm_relu(x)
    x = resampling.upconv(spec.channels, kernel_initializer=_normal())(x)
    return keras.layers.Activation("tanh", dtype="float32", name="image")(x)


def logit_of(x, spec, width: int, constraint: keras.constraints.Constraint | None = None):
    """The discriminator's layers: [B, H, W, any] -> float32 logits [B]."""
    _, stages = grid(spec)
    for stage in range(stages):
        first = stage == 0
        x = keras.layers.Conv2D(
            width * 2**stage,
            4,
            strides=2,
            padding="same",
            use_bias=first,
            kernel_initializer=_normal(),
            kernel_constraint=constraint,
            bias_constraint=constraint,
        )(x)
        if not first:
            x = normalization.BatchNorm(gamma=_normal(1.0), constraint=constraint)(x)
        x = keras.layers.LeakyReLU(0.2)(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(
        1, dtype="float32", kernel_initializer=_normal(), kernel_constraint=constraint, bias_constraint=constraint
    )(x)
    return keras.layers.Reshape((), dtype="float32", name="logit")(x)


def grid(spec) -> tuple[int, int]:
    """(side of the coarsest map, number of stages that double it)."""
    size = spec.height
    if spec.width != size or (size != 28 and (size < 16 or size & (size - 1))):
        raise BadInput(
            f"data.size: {spec.height}x{spec.width} does not suit the DCGAN networks; "
            "allowed: 28x28, and squares of side 16, 32, 64, 128 and so on"
        )
    return (7, 2) if size == 28 else (4, size.bit_length() - 3)


def _norm_relu(x):
    return keras.layers.ReLU()(normalization.BatchNorm(gamma=_normal(1.0))(x))


def _normal(mean: float = 0.0) -> keras.initializers.Initializer:
    # Made anew for each weight: a Keras initializer that is used twice gives equal values twice.
    return keras.initializers.RandomNormal(mean, 0.02)
