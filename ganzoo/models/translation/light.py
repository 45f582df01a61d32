"""Light networks for games between images, for two CPU cores: one halving of the map, and a way around it.

No paper's: U-Net's skip connection (Ronneberger et al. 2015, arXiv 1505.04597) around residual blocks (He et al. 2016,
arXiv 1512.03385) at half the size, without normalisation, so that G knows how bright a map is, with weights of He et
al. 2015 (arXiv 1502.01852); a discriminator of small patches with spectral norm (Miyato et al. 2018, arXiv 1802.05957).
Where as many channels are made as are given, G says what to change: at first it gives nearly what it is given, so that
a game of minutes is about the difference of two domains.
"""

import dataclasses

import keras

from ganzoo import translation
from ganzoo.layers import padding, resampling, spectral


@dataclasses.dataclass(frozen=True)
class Light:
    """width: channels of every map of G; d_width: of the finest of D; blocks: residual ones of G."""

    width: int = 32
    d_width: int = 32
    blocks: int = 3

    # Of sides: what they are multiples of and at least, and at least in training.
    multiple, least, least_trained = 2, 4, 8

    @property
    def reach(self) -> int:
        """How far a pixel made looks, see `translation.Translator`."""
        return 1 + 1 + 1 + 2 * 2 * self.blocks + 1 + 1  # last two layers, repeated pixels, blocks, first two

    @property
    def taps(self) -> tuple[str, ...]:
        """Layers of G whose outputs CUT contrasts: pixels, both convolutions before the blocks, two blocks."""
        return ("image", "fine", "down", *two_blocks(self.blocks))

    def generator(self, size: translation.Size, given: int, made: int) -> keras.Model:
        return generator(self, size, given, made)

    def discriminator(self, channels: int, size: translation.Size) -> keras.Model:
        return discriminator(channels, size, self.d_width)


def two_blocks(count: int) -> tuple[str, ...]:
    """The names of the first and the middle one of blocks that are named block_1, block_2, ..."""
    return tuple(f"block_{block}" for block in sorted({1, count // 2 + 1}))


NEAR = 0.99  # of 1: pixels beyond are given as this, so that tanh has a slope there
START = 1e-4  # variance of the change at first, over that of the maps before it


def generator(nets: Light, size: translation.Size, given: int, made: int) -> keras.Model:
    """{"image": [B, H, W, given]} -> float32 [B, H, W, made] in [-1, 1]. size: (H, W), even, None = any."""
    image = keras.Input((*size, given), name="image")
    fine = keras.layers.ReLU()(_conv(image, nets.width, name="fine"))
    x = keras.layers.ReLU()(_conv(fine, nets.width, strides=2, name="down"))
    for block in range(1, nets.blocks + 1):
        y = _conv(keras.layers.ReLU()(_conv(x, nets.width)), nets.width)
        x = keras.layers.Add(name=f"block_{block}")([x, y])
    x = keras.layers.Concatenate()([fine, keras.layers.UpSampling2D()(x)])
    x = keras.layers.ReLU()(_conv(x, nets.width))
    if made == given:
        x = _conv(x, made, kernel_initializer=keras.initializers.VarianceScaling(START), dtype="float32")
        x = keras.layers.Add(dtype="float32")([Untanh(dtype="float32")(image), x])
    else:
        x = _conv(x, made)
    return keras.Model({"image": image}, keras.layers.Activation("tanh", dtype="float32")(x), name="generator")


class Untanh(keras.layers.Layer):
    """What tanh makes the image of, as far as `NEAR`."""

    def call(self, image):
        return keras.ops.arctanh(keras.ops.clip(image, -NEAR, NEAR))


def discriminator(channels: int, size: translation.Size, width: int = 32) -> keras.Model:
    """{"image": [B, H, W, channels]} -> float32 logits [B, H / 4, W / 4], each of a patch of 18x18 pixels."""
    image = keras.Input((*size, channels), name="image")
    x = image
    for filters in (width, 2 * width):
        x = spectral.SpectralConv2D(filters, 4, "he_normal", resampling.strided)(x)
        x = keras.layers.LeakyReLU(0.2)(x)
    logit = spectral.SpectralConv2D(1, 3, "he_normal", dtype="float32")(x)
    return keras.Model({"image": image}, logit[..., 0], name="discriminator")


def _conv(x, filters: int, **kwargs):
    options = {"kernel_initializer": "he_normal"} | kwargs
    return keras.layers.Conv2D(filters, 3, **options)(padding.ReflectionPad(1)(x))
