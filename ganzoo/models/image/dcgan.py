"""DCGAN: all-convolutional generator and discriminator with batch norm.

Radford, Metz & Chintala 2016, "Unsupervised representation learning with deep convolutional GANs", arXiv 1511.06434,
section 3; details of the layers as in the first author's code (soumith/dcgan.torch). Differences from the paper:
- sizes other than 64x64 drop or add stages of the same kind; 28x28 has the stages of 32x32 and crops 8x8 to 7x7;
- convolutions that batch norm follows have no bias, which it would cancel.
LSGAN, WGAN and the concatenating cGAN play other games on these networks.
"""

import dataclasses
import functools

import keras

from ganzoo import gan
from ganzoo.errors import BadInput
from ganzoo.layers import normalization, resampling

GRID = 4  # side of the coarsest map


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
    sides = maps(spec)
    channels = width * 2 ** (len(sides) - 2)
    # A transposed convolution of a 1x1 map is a matrix product.
    x = keras.layers.Dense(GRID * GRID * channels, use_bias=False, kernel_initializer=_normal())(x)
    x = _norm_relu(keras.layers.Reshape((GRID, GRID, channels))(x))
    for stage in reversed(range(1, len(sides) - 1)):
        x = resampling.upconv(width * 2 ** (stage - 1), use_bias=False, kernel_initializer=_normal())(x)
        if x.shape[1] > sides[stage]:
            x = x[:, : sides[stage], : sides[stage]]
        x = _norm_relu(x)
    x = resampling.upconv(spec.channels, kernel_initializer=_normal())(x)
    return keras.layers.Activation("tanh", dtype="float32", name="image")(x)


def logit_of(x, spec, width: int, constraint: keras.constraints.Constraint | None = None):
    """The discriminator's layers: [B, H, W, any] -> float32 logits [B]."""
    x = features_of(x, spec, width, constraint)
    x = keras.layers.Dense(
        1, dtype="float32", kernel_initializer=_normal(), kernel_constraint=constraint, bias_constraint=constraint
    )(x)
    return keras.layers.Reshape((), dtype="float32", name="logit")(x)


def features_of(x, spec, width: int, constraint: keras.constraints.Constraint | None = None):
    """The discriminator's layers before its last: [B, H, W, any] -> [B, F]."""
    for stage in range(len(maps(spec)) - 1):
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
    return keras.layers.Flatten()(x)


def maps(spec) -> list[int]:
    """Sides of the maps from the image to the coarsest, 4x4: each is half the one before, rounded up."""
    size = spec.height
    if spec.width != size or (size != 28 and (size < 16 or size & (size - 1))):
        raise BadInput(
            f"data.size: {spec.height}x{spec.width} does not suit the DCGAN networks; "
            "allowed: 28x28, and squares of side 16, 32, 64, 128 and so on"
        )
    sides = [size]
    while sides[-1] > GRID:
        sides.append(-(-sides[-1] // 2))
    return sides


def _norm_relu(x):
    return keras.layers.ReLU()(normalization.BatchNorm(gamma=_normal(1.0))(x))


def _normal(mean: float = 0.0) -> keras.initializers.Initializer:
    # Made anew for each weight: a Keras initializer that is used twice gives equal values twice.
    return keras.initializers.RandomNormal(mean, 0.02)
