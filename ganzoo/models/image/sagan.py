"""SAGAN: the projection cGAN with spectral norm in both networks and a layer in which every place sees all others.

Zhang et al. 2019, "Self-attention generative adversarial networks", arXiv 1805.08318, sections 3 and 4 (details as in
the authors' self-attention-gan). Played with `losses.hinge`, one step of D to one of G, D's rate four times G's.
Differences from the paper:
- the paper's networks are for 128x128; for sizes below 64x64 all maps are four times as wide as the finest, as BigGAN's
  for CIFAR-10 are;
- batch norm's epsilon is 1e-5, and 3x3 kernels start with Glorot's variance doubled.
The unconditional form, which the paper does not have, leaves out the embedding, and its batch norm has one scale and
offset for all.
BigGAN plays on the same blocks and widths.
"""

import dataclasses
from collections.abc import Callable

import keras

from ganzoo import gan
from ganzoo.errors import BadInput
from ganzoo.layers import attention, normalization, resnet, spectral
from ganzoo.models.image import cgan

# By how often G's map doubles: channels of the maps, in widths. Of G from the coarsest map to the image's size; of D
# after each block.
G_CHANNELS = {
    1: (4, 4),
    2: (4, 4, 4),
    3: (4, 4, 4, 4),
    4: (16, 16, 8, 4, 2),
    5: (16, 16, 8, 4, 2, 1),
    6: (16, 16, 8, 8, 4, 2, 1),
}
D_CHANNELS = {
    1: (4, 4, 4, 4),
    2: (4, 4, 4, 4),
    3: (4, 4, 4, 4),
    4: (1, 2, 4, 8, 16),
    5: (1, 2, 4, 8, 16, 16),
    6: (1, 2, 4, 8, 8, 16, 16),
}
SMALL = 3  # doublings up to which D's last maps are 8x8 or so, not 4x4


@dataclasses.dataclass(frozen=True)
class SAGAN:
    """width: channels of the finest map, the coarser have multiples of it; z_dim: length of z.

    attention: the largest map with a shorter side of at most that is attended, 0 = none: 32 is the 32x32 map of large
    images and the 16x16 map of 32x32 ones. conditional: the networks take labels.
    """

    width: int = 64
    z_dim: int = 128
    attention: int = 32
    conditional: bool = True

    latent = "normal"

    def build(self, spec) -> gan.NoiseGAN:
        """The model for images of `spec` (ganzoo.data.images.Spec). Raises BadInput for a size that `stages` refuses,
        without the classes that a conditional one needs, and as `attention.side` does."""
        return gan.NoiseGAN.of(self, spec, classes=gan.told(spec, self.conditional))

    def generator(self, spec) -> keras.Model:
        """{"z": [B, z_dim] (, "label": int32 [B])} -> float32 [B, H, W, C] in [-1, 1]."""
        inputs = {"z": keras.Input((self.z_dim,), name="z")}
        if self.conditional:
            inputs["label"] = keras.Input((), dtype="int32", name="label")

        def norm(x):
            if self.conditional:
                return normalization.ConditionalBatchNorm(spec.classes)([x, inputs["label"]])
            return normalization.BatchNorm()(x)

        x = start_of(inputs["z"], spec, self.width, spectral.SpectralDense)
        x = grown(x, spec, self.width, lambda block: norm, spectral.SpectralConv2D, self.attention)
        return keras.Model(inputs, image_of(x, spec, spectral.SpectralConv2D), name="generator")

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, H, W, C] (, "label": int32 [B])} -> float32 logits [B]."""
        image = keras.Input(spec.shape, name="image")
        x = shrunk(image, spec, self.width, spectral.SpectralConv2D, self.attention)
        return judging(image, x, spec.classes if self.conditional else 0)


def stages(spec) -> int:
    """How often G's map doubles. Raises BadInput for a size that `resnet.grid` refuses, or that needs more than 6."""
    count = resnet.grid(spec)[2]
    if count not in G_CHANNELS:
        raise BadInput(f"data.size: {spec.height}x{spec.width} is too large; allowed: a shorter side of at most 448")
    return count


def halvings(spec) -> int:
    """How often D's map halves: to a shorter side of 4 to 7, of images below 64x64 to at most 8."""
    count = stages(spec)
    if count > SMALL:
        return count
    side, count = min(spec.height, spec.width) // 2, 1
    while side > 8:
        side, count = side // 2, count + 1
    return count


def start_of(z, spec, width: int, dense: Callable):
    """G's first layer: [B, any] -> [B, h, w, C], the coarsest map. dense: makes a layer of so many units."""
    height, breadth, _ = resnet.grid(spec)
    channels = G_CHANNELS[stages(spec)][0] * width
    return keras.layers.Reshape((height, breadth, channels))(dense(height * breadth * channels)(z))


def grown(x, spec, width: int, norm_of: Callable[[int], Callable], conv: resnet.Conv, limit: int):
    """G's blocks: the coarsest map -> [B, H, W, C]. norm_of: block -> a function that normalises a map.

    limit: as `attention` of `SAGAN`.
    """
    attended = attention.side(spec, limit)
    for block, channels in enumerate(G_CHANNELS[stages(spec)][1:]):
        x = resnet.up(x, channels * width, norm_of(block), conv)
        if min(x.shape[1:3]) == attended:
            x = attention.self_attention(x, conv)
    return x


def image_of(x, spec, conv: resnet.Conv):
    """G's last layers: [B, H, W, any] -> float32 [B, H, W, C] in [-1, 1]."""
    x = keras.layers.ReLU()(normalization.BatchNorm()(x))
    return keras.layers.Activation("tanh", dtype="float32", name="image")(conv(spec.channels, 3)(x))


def shrunk(image, spec, width: int, conv: resnet.Conv, limit: int):
    """D's blocks: [B, H, W, C] -> [B, h, w, F]. limit: as `attention` of `SAGAN`."""
    attended, x = attention.side(spec, limit), image
    for block, channels in enumerate(D_CHANNELS[stages(spec)]):
        if block == 0:
            x = resnet.first_down(x, channels * width, conv)
        elif block < halvings(spec):
            x = resnet.down(x, channels * width, conv)
        else:
            x = resnet.same(x, conv)
            continue
        if min(x.shape[1:3]) == attended:
            x = attention.self_attention(x, conv)
    return x


def judging(image, x, classes: int, initializer: Callable = keras.initializers.GlorotUniform) -> keras.Model:
    """D from its input and its last map [B, h, w, F]: the sum over the map, a logit, and a projection of the class.

    classes: 0 = none. initializer: makes the kernels'.
    """
    pooled = keras.ops.sum(keras.layers.ReLU(dtype="float32")(x), axis=(1, 2))
    if classes:
        label = keras.Input((), dtype="int32", name="label")
        logit = cgan.projected(pooled, label, classes, initializer)
        return keras.Model({"image": image, "label": label}, logit, name="discriminator")
    logit = keras.layers.Reshape((), dtype="float32")(spectral.SpectralDense(1, initializer(), dtype="float32")(pooled))
    return keras.Model({"image": image}, logit, name="discriminator")
