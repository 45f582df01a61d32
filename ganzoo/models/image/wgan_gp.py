"""WGAN-GP: a residual critic without normalisation, kept Lipschitz by a penalty on its gradient.

Gulrajani et al. 2017, "Improved training of Wasserstein GANs", arXiv 1704.00028, section 5 and appendix F (the CIFAR-10
ResNet; details as in the authors' gan_cifar_resnet.py, without its class labels). Played with `losses.wasserstein` and
`regularizers.GradientPenalty`, 5 steps of the critic to one. Differences from the paper:
- sizes other than 32x32 double and halve more or less often with the same width, where the authors' net for 64x64 grows
  from 64 to 512 channels and has layer norm;
- G's batch is as large as the critic's, where their code doubles it, and the reals are not dequantised.
SNGAN and the projecting cGAN play on the same networks, normalised differently.
"""

import dataclasses
import functools
from collections.abc import Callable

import keras

from ganzoo import gan
from ganzoo.layers import normalization, resampling, resnet


@dataclasses.dataclass(frozen=True)
class WGANGP:
    """The networks. g_width, d_width: channels of every map of G and of the critic; z_dim: length of z."""

    g_width: int = 128
    d_width: int = 128
    z_dim: int = 128

    def build(self, spec) -> gan.NoiseGAN:
        """The model for images of `spec` (ganzoo.data.images.Spec). Labels are ignored. Raises BadInput for a size
        that `resnet.grid` refuses."""
        return gan.NoiseGAN(
            functools.partial(generator, spec, self.g_width, self.z_dim),
            functools.partial(critic, spec, self.d_width),
            self.z_dim,
            image=(spec.height, spec.width, spec.channels),
        )


def generator(spec, width: int, z_dim: int) -> keras.Model:
    """{"z": [B, z_dim]} -> float32 [B, H, W, C] in [-1, 1]."""
    z = keras.Input((z_dim,), name="z")
    image = image_of(z, spec, width, norm=lambda x: normalization.BatchNorm()(x))
    return keras.Model({"z": z}, image, name="generator")


def critic(spec, width: int) -> keras.Model:
    """{"image": [B, H, W, C]} -> float32 logits [B]."""
    image = keras.Input((spec.height, spec.width, spec.channels), name="image")
    x = features_of(image, spec, width, resampling.Conv2D)
    x = keras.layers.GlobalAveragePooling2D(dtype="float32")(x)
    x = keras.layers.Dense(1, dtype="float32")(x)
    return keras.Model({"image": image}, keras.layers.Reshape((), dtype="float32", name="logit")(x), name="critic")


def image_of(z, spec, width: int, norm: Callable):
    """The generator's layers: [B, z_dim] -> float32 [B, H, W, C] in [-1, 1]. norm: normalises a map [B, h, w, c]."""
    height, breadth, stages = resnet.grid(spec)
    x = keras.layers.Dense(height * breadth * width)(z)
    x = keras.layers.Reshape((height, breadth, width))(x)
    for _ in range(stages):
        x = resnet.up(x, width, norm)
    x = keras.layers.ReLU()(norm(x))
    x = resampling.Conv2D(spec.channels, 3)(x)
    return keras.layers.Activation("tanh", dtype="float32", name="image")(x)


def features_of(image, spec, width: int, conv: type[keras.layers.Layer]):
    """The critic's layers up to pooling: [B, H, W, C] -> float32 [B, h, w, width], the shorter of h and w at most 8.

    conv: `resampling.Conv2D` or its spectral form. A side of 32 is halved twice as in the paper.
    """
    resnet.grid(spec)  # refuses the sizes that would not halve
    x = resnet.first_down(image, width, conv)
    while min(x.shape[1:3]) > 8:
        x = resnet.down(x, width, conv)
    x = resnet.same(x, conv)
    x = resnet.same(x, conv)
    return keras.layers.ReLU(dtype="float32")(x)
