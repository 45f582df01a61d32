"""SRGAN: super-resolution by a residual network against a discriminator of whole images.

Ledig et al. 2017, "Photo-realistic single image super-resolution using a generative adversarial network", arXiv
1609.04802: networks of section 2.1 and figure 4, losses of section 2.2, training of section 3.2. Played with
`losses.non_saturating`. Differences:
- G has no batch norm, as in later work (Lim et al. 2017, arXiv 1707.02921, section 3.1): its statistics leave
  artefacts, and without them tiles of a large image agree;
- G adds its output to the bicubic interpolation of what it is given and is not squashed, so that it begins near it;
  blocks begin small (a tenth of He's start) and pixels are shuffled from kernels that begin equal;
- G's activations are leaky, by 0.2, in place of PReLU; its first and last kernels are 3x3 in place of 9x9.
"""

import dataclasses

import keras

from ganzoo.layers import normalization, shuffle

STAGES = {1: (), 2: (2,), 3: (3,), 4: (2, 2), 8: (2, 2, 2)}


@dataclasses.dataclass(frozen=True)
class SRResNet:
    """width: channels; blocks: residual ones, 16 in the paper. The scale is 1, 2, 3, 4 or 8."""

    width: int = 64
    blocks: int = 16

    multiple = least = 1

    @property
    def reach(self) -> int:
        """How far a pixel made looks at what is given, see `translation.Translator`."""
        return 2 * self.blocks + 4

    def make(self, size, given: int, made: int, scale: int) -> keras.Model:
        """{"image": [B, H, W, given]} -> float32 [B, scale * H, scale * W, made]. size: (H, W), None = any."""
        image = keras.Input((*size, given), name="image")
        x = start = leaky(conv(self.width)(image))
        for _ in range(self.blocks):
            y = conv(self.width, gain=0.1)(leaky(conv(self.width, gain=0.1)(x)))
            x = keras.layers.Add()([x, y])
        x = keras.layers.Add()([start, conv(self.width)(x)])
        for factor in STAGES[scale]:
            x = leaky(shuffled(x, self.width, factor))
        return finished(image, leaky(conv(self.width)(x)), made, scale)


@dataclasses.dataclass(frozen=True)
class VGG:
    """The paper's D for images of one size, sides multiples of 16. width: channels of the first stage, up to eight
    times as many later; dense: units before the logit."""

    width: int = 64
    dense: int = 1024

    multiple = 16

    def make(self, channels: int, size: tuple[int, int]) -> keras.Model:
        """{"image": [B, H, W, channels]} -> float32 logits [B]."""
        image = keras.Input((*size, channels), name="image")
        x = leaky(conv(self.width)(image))
        for stage in range(4):
            wide = self.width * 2**stage
            if stage:
                x = leaky(normalization.BatchNorm()(conv(wide)(x)))
            x = leaky(normalization.BatchNorm()(conv(wide, strides=2)(x)))
        x = leaky(keras.layers.Dense(self.dense)(keras.layers.Flatten()(x)))
        logit = keras.layers.Dense(1, dtype="float32")(x)
        return keras.Model({"image": image}, logit[:, 0], name="discriminator")


def conv(filters: int, gain: float = 1.0, **kwargs) -> keras.layers.Layer:
    """3x3, 'same', begun by He's normal law times `gain`."""
    start = keras.initializers.VarianceScaling(2 * gain**2, mode="fan_in", distribution="untruncated_normal")
    return keras.layers.Conv2D(filters, 3, padding="same", kernel_initializer=start, **kwargs)


def leaky(x):
    """x where it is positive, 0.2 x elsewhere."""
    return keras.layers.LeakyReLU(0.2)(x)


def shuffled(x, filters: int, factor: int, gain: float = 1.0, **kwargs):
    """[B, H, W, C] -> [B, factor * H, factor * W, filters]."""
    start = keras.initializers.VarianceScaling(2 * gain**2, mode="fan_in", distribution="untruncated_normal")
    wide = keras.layers.Conv2D(
        filters * factor**2, 3, padding="same", kernel_initializer=shuffle.ICNR(factor, start), **kwargs
    )
    return shuffle.PixelShuffle(factor, **kwargs)(wide(x))


def finished(image, x, made: int, scale: int) -> keras.Model:
    """`corrected` by what a last convolution makes of x [B, scale * H, scale * W, C]."""
    return corrected(image, conv(made, gain=0.1, dtype="float32")(x), scale)


def corrected(image, y, scale: int) -> keras.Model:
    """The network whose output is y, plus the bicubic interpolation of as many channels of the image."""
    made = y.shape[-1]
    known = image if image.shape[-1] == made else image[..., :made]
    y = keras.layers.Add(dtype="float32")([y, shuffle.Bicubic(scale)(known)])
    return keras.Model({"image": image}, y, name="generator")
