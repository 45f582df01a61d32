"""cGAN: both players are told the class, by concatenation or by projection.

`Concatenation`: Mirza & Osindero 2014, "Conditional generative adversarial nets", arXiv 1411.1784: the one-hot class is
one more input of each network. Difference: the DCGAN networks in place of perceptrons, so that D gets the class as
constant channels beside the image's.

`Projection`: Miyato & Koyama 2018, "cGANs with projection discriminator", arXiv 1802.05637, section 4 and appendix: the
SNGAN networks, whose D adds the inner product of its features and a vector learned for the class to the logit (eq. 4),
and whose G has class-conditional batch norm. Differences: those of sngan.py.

A class needs no game of its own: `gan.NoiseGAN` hands the labels of the batch to both networks.
"""

import dataclasses
import functools
from collections.abc import Callable

import keras

from ganzoo import gan
from ganzoo.errors import BadInput
from ganzoo.layers import normalization, spectral
from ganzoo.models.image import dcgan, sngan, wgan_gp


@dataclasses.dataclass(frozen=True)
class Concatenation:
    """DCGAN networks with the class as an input. Fields as of `dcgan.DCGAN`."""

    width: int = 64
    z_dim: int = 100

    def build(self, spec) -> gan.NoiseGAN:
        """The model for labelled images of `spec` (ganzoo.data.images.Spec). Raises BadInput for a size that DCGAN
        refuses or without classes."""
        classes = _classes(spec)
        return gan.NoiseGAN(
            functools.partial(concatenating_generator, spec, self.width, self.z_dim),
            functools.partial(concatenating_discriminator, spec, self.width),
            self.z_dim,
            image=(spec.height, spec.width, spec.channels),
            latent="uniform",
            classes=classes,
        )


@dataclasses.dataclass(frozen=True)
class Projection:
    """SNGAN networks with conditional batch norm and a projecting D. Fields as of `sngan.SNGAN`."""

    g_width: int = 256
    d_width: int = 128
    z_dim: int = 128

    def build(self, spec) -> gan.NoiseGAN:
        """The model for labelled images of `spec` (ganzoo.data.images.Spec). Raises BadInput for a size that
        `resnet.grid` refuses or without classes."""
        classes = _classes(spec)
        return gan.NoiseGAN(
            functools.partial(projection_generator, spec, self.g_width, self.z_dim),
            functools.partial(projection_discriminator, spec, self.d_width),
            self.z_dim,
            image=(spec.height, spec.width, spec.channels),
            classes=classes,
        )


def concatenating_generator(spec, width: int, z_dim: int) -> keras.Model:
    """{"z": [B, z_dim], "label": int32 [B]} -> float32 [B, H, W, C] in [-1, 1]."""
    z, label = keras.Input((z_dim,), name="z"), keras.Input((), dtype="int32", name="label")
    x = keras.ops.concatenate([z, keras.ops.one_hot(label, spec.classes)], axis=-1)
    return keras.Model({"z": z, "label": label}, dcgan.image_of(x, spec, width), name="generator")


def concatenating_discriminator(spec, width: int) -> keras.Model:
    """{"image": [B, H, W, C], "label": int32 [B]} -> float32 logits [B]."""
    image = keras.Input((spec.height, spec.width, spec.channels), name="image")
    label = keras.Input((), dtype="int32", name="label")
    maps = keras.layers.Reshape((1, 1, spec.classes))(keras.ops.one_hot(label, spec.classes))
    maps = keras.layers.UpSampling2D((spec.height, spec.width))(maps)
    logit = dcgan.logit_of(keras.layers.Concatenate()([image, maps]), spec, width)
    return keras.Model({"image": image, "label": label}, logit, name="discriminator")


def projection_generator(spec, width: int, z_dim: int) -> keras.Model:
    """{"z": [B, z_dim], "label": int32 [B]} -> float32 [B, H, W, C] in [-1, 1]."""
    z, label = keras.Input((z_dim,), name="z"), keras.Input((), dtype="int32", name="label")
    image = wgan_gp.image_of(
        z, spec, width, norm=lambda x: normalization.ConditionalBatchNorm(spec.classes)([x, label])
    )
    return keras.Model({"z": z, "label": label}, image, name="generator")


def projection_discriminator(spec, width: int) -> keras.Model:
    """{"image": [B, H, W, C], "label": int32 [B]} -> float32 logits [B]."""
    image = keras.Input((spec.height, spec.width, spec.channels), name="image")
    label = keras.Input((), dtype="int32", name="label")
    logit = projected(sngan.pooled_of(image, spec, width), label, spec.classes)
    return keras.Model({"image": image, "label": label}, logit, name="discriminator")


def projected(pooled, label, classes: int, initializer: Callable = keras.initializers.GlorotUniform):
    """D's last layers (eq. 4): float32 [B, F] and int32 [B] -> float32 logits [B]. initializer: makes the kernels'."""
    dense = spectral.SpectralDense(1, initializer(), dtype="float32")
    embedding = spectral.SpectralEmbedding(classes, pooled.shape[-1], initializer(), dtype="float32")
    unconditional = keras.layers.Reshape((), dtype="float32")(dense(pooled))
    return unconditional + keras.ops.sum(pooled * embedding(label), axis=-1)


def _classes(spec) -> int:
    if not spec.classes:
        raise BadInput("data.classes: 0, but a cGAN learns from labels; allowed: data with at least one class")
    return spec.classes
