"""Real-ESRGAN: super-resolution of images that nobody knows how they were spoilt, and the networks for small machines.

Wang et al. 2021, "Real-ESRGAN: training real-world blind super-resolution with pure synthetic data", arXiv 2107.10833:
the degradation is `degradations.SecondOrder`, G is `esrgan.RRDB` or `Compact`, D the U-Net of section 3.3, which has a
logit for each pixel, and the fidelity terms compare with sharpened images (appendix A) while D sees them as they are.
Played with `losses.non_saturating`. `Compact` is the plain stack that the authors give for small machines: no norm, no
branch, every convolution at the small size. Differences: its skip is bicubic interpolation in place of repeated pixels,
and its activations are leaky, by 0.2, in place of PReLU.
"""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from ganzoo.layers import resampling, spectral
from ganzoo.models.restoration import srgan


@dataclasses.dataclass(frozen=True)
class Compact:
    """width: channels; depth: convolutions between the first and the last, 16 or 32 of the authors. Any scale."""

    width: int = 64
    depth: int = 16

    multiple = least = 1

    @property
    def reach(self) -> int:
        """How far a pixel made looks at what is given, see `translation.Translator`."""
        return self.depth + 2

    def make(self, size, given: int, made: int, scale: int) -> keras.Model:
        """{"image": [B, H, W, given]} -> float32 [B, scale * H, scale * W, made]. size: (H, W), None = any."""
        image = keras.Input((*size, given), name="image")
        x = srgan.leaky(srgan.conv(self.width)(image))
        for _ in range(self.depth):
            x = srgan.leaky(srgan.conv(self.width)(x))
        return srgan.corrected(image, srgan.shuffled(x, made, scale, gain=0.1, dtype="float32"), scale)


@dataclasses.dataclass(frozen=True)
class UNet:
    """The paper's D: width: channels at full size, up to eight times as many at an eighth of it."""

    width: int = 64

    multiple = 8

    def make(self, channels: int, size: tuple[int, int]) -> keras.Model:
        """{"image": [B, H, W, channels]} -> float32 logits [B, H, W]."""
        image = keras.Input((*size, channels), name="image")
        x = srgan.leaky(srgan.conv(self.width)(image))
        skips = []
        for stage in (1, 2, 3):
            skips.append(x)
            x = srgan.leaky(_spectral(self.width * 2**stage, 4, apply=resampling.strided)(x))
        for stage in (2, 1, 0):
            x = keras.layers.UpSampling2D(interpolation="bilinear")(x)
            x = srgan.leaky(_spectral(self.width * 2**stage, 3)(x))
            x = keras.layers.Add()([x, skips[stage]])
        for _ in range(2):
            x = srgan.leaky(_spectral(self.width, 3)(x))
        logit = srgan.conv(1, dtype="float32")(x)
        return keras.Model({"image": image}, logit[..., 0], name="discriminator")


def _spectral(filters: int, size: int, **kwargs) -> keras.layers.Layer:
    return spectral.SpectralConv2D(filters, size, "he_normal", use_bias=False, **kwargs)


@dataclasses.dataclass(frozen=True)
class Sharpened:
    """Unsharp masking where it shows: float32 [B, H, W, C] in [-1, 1] -> the same, sharper.

    deviation: of the Gaussian in pixels, cut at `radius`; weight: of the difference from the blurred image that is
    added; threshold: levels of 255 from which a difference counts; the places where it does are blurred too. Sides
    exceed the radius.
    """

    radius: int = 25
    deviation: float = 8.0
    weight: float = 0.5
    threshold: float = 10.0

    def __call__(self, image: tf.Tensor) -> tf.Tensor:
        rest = image - self._blurred(image)
        shows = tf.cast(tf.abs(rest) * 127.5 > self.threshold, tf.float32)
        sharp = tf.clip_by_value(image + self.weight * rest, -1.0, 1.0)
        share = self._blurred(shows)
        return share * sharp + (1 - share) * image

    def _blurred(self, x: tf.Tensor) -> tf.Tensor:
        places = np.arange(-self.radius, self.radius + 1)
        taps = np.exp(-((places / self.deviation) ** 2) / 2)
        taps = tf.constant(taps / taps.sum(), tf.float32)
        for axis, shape in ((1, [-1, 1, 1, 1]), (2, [1, -1, 1, 1])):
            pads = [[self.radius] * 2 if place == axis else [0, 0] for place in range(4)]
            kernel = tf.tile(tf.reshape(taps, shape), [1, 1, x.shape[-1], 1])
            x = tf.nn.depthwise_conv2d(tf.pad(x, pads, mode="REFLECT"), kernel, [1, 1, 1, 1], "VALID")
        return x
