"""BigGAN-deep: BigGAN with four times the layers, in blocks with a narrow middle.

Brock, Donahue & Simonyan 2019, "Large scale GAN training for high fidelity natural image synthesis", arXiv 1809.11096,
appendix B and tables 7 to 9 (details as in Brock's BigGAN-PyTorch): the inner layers of a block have a quarter of its
width, there are two blocks for each resolution, the whole z and the vector of the class go to every batch norm, and
shortcuts are not computed: G drops channels, D keeps its own and adds new ones. Differences from the paper: those of
biggan.py.
"""

import dataclasses

import keras

from ganzoo import gan
from ganzoo.errors import BadInput
from ganzoo.layers import attention, resampling, resnet, spectral
from ganzoo.models.image import biggan, sagan

RATIO = 4  # of a block's width to its middle's


@dataclasses.dataclass(frozen=True)
class BigGANDeep:
    """Fields as of `biggan.BigGAN`; z is not cut."""

    width: int = 128
    z_dim: int = 128
    attention: int = 64
    conditional: bool = True
    embedding: int = 128
    initializer: biggan.Initializer = keras.initializers.Orthogonal
    orthogonal: float = 0.0
    standing: int = 16

    latent = "normal"

    def build(self, spec) -> gan.NoiseGAN:
        """The model for images of `spec` (ganzoo.data.images.Spec). Raises BadInput for a size that `sagan.stages`
        refuses, without the classes that a conditional one needs, as `attention.side` does, and for a number below 0
        or a vector of no length."""
        return gan.played(self, spec)

    def game(self, spec) -> tuple[type, dict]:
        """As `gan.played` takes it."""
        if self.conditional and self.embedding < 1:
            raise BadInput(f"model.embedding: {self.embedding} is not at least 1")
        return biggan.game_of(self, spec)

    def generator(self, spec) -> keras.Model:
        """{"z": [B, z_dim] (, "label": int32 [B])} -> float32 [B, H, W, C] in [-1, 1]."""
        inputs, vector = biggan.told(self, spec)
        condition = inputs["z"] if vector is None else keras.ops.concatenate([inputs["z"], vector], axis=-1)
        norm, conv = biggan.norm_by(self, spec, condition, None), biggan.conv_of(self)
        attended = attention.side(spec, self.attention)
        x = sagan.start_of(condition, spec, self.width, lambda units: spectral.SpectralDense(units, self.initializer()))
        for multiplier in sagan.G_CHANNELS[sagan.stages(spec)][1:]:
            x = g_block(x, x.shape[-1], norm, conv, upsample=False)
            x = g_block(x, multiplier * self.width, norm, conv, upsample=True)
            if min(x.shape[1:3]) == attended:
                x = attention.self_attention(x, conv)
        return keras.Model(inputs, sagan.image_of(x, spec, conv), name="generator")

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, H, W, C] (, "label": int32 [B])} -> float32 logits [B]."""
        image, conv = keras.Input(spec.shape, name="image"), biggan.conv_of(self)
        attended = attention.side(spec, self.attention)
        first, *others = sagan.D_CHANNELS[sagan.stages(spec)]
        x = conv(first * self.width, 3)(image)
        for block, multiplier in enumerate(others):
            x = d_block(x, multiplier * self.width, conv, downsample=block < sagan.halvings(spec))
            x = d_block(x, multiplier * self.width, conv, downsample=False)
            if min(x.shape[1:3]) == attended and block < sagan.halvings(spec):
                x = attention.self_attention(x, conv)
        return sagan.judging(image, x, spec.classes if self.conditional else 0, self.initializer)


def g_block(x, filters: int, norm, conv: resnet.Conv, upsample: bool):
    """[B, H, W, C] -> [B, H, W, filters], twice as high and wide with `upsample`. filters: at most C."""
    middle = max(x.shape[-1] // RATIO, 1)
    y = conv(middle, 1)(keras.layers.ReLU()(norm(x)))
    enlarge = resampling.upsample_conv if upsample else resampling.conv
    y = conv(middle, 3, apply=enlarge)(keras.layers.ReLU()(norm(y)))
    y = conv(middle, 3)(keras.layers.ReLU()(norm(y)))
    y = conv(filters, 1)(keras.layers.ReLU()(norm(y)))
    shortcut = x[..., :filters]
    return keras.layers.Add()([y, keras.layers.UpSampling2D()(shortcut) if upsample else shortcut])


def d_block(x, filters: int, conv: resnet.Conv, downsample: bool):
    """[B, H, W, C] -> [B, H, W, filters], half as high and wide with `downsample`. filters: at least C."""
    middle = max(filters // RATIO, 1)
    y = conv(middle, 1)(keras.layers.ReLU()(x))
    y = conv(middle, 3)(keras.layers.ReLU()(y))
    y = conv(middle, 3)(keras.layers.ReLU()(y))
    y = keras.layers.ReLU()(y)
    if downsample:
        y, x = keras.layers.AveragePooling2D(2)(y), keras.layers.AveragePooling2D(2)(x)
    y = conv(filters, 1)(y)
    added = filters - x.shape[-1]
    shortcut = keras.layers.Concatenate()([x, conv(added, 1)(x)]) if added else x
    return keras.layers.Add()([y, shortcut])
