"""ESRGAN: super-resolution by residual-in-residual dense blocks, judged by a relativistic average discriminator.

Wang et al. 2018, "ESRGAN: Enhanced super-resolution generative adversarial networks", arXiv 1809.00219: the generator
of section 3.1, losses of sections 3.2 and 3.3, interpolation of networks of section 3.4. Played with
`losses.relativistic_average` against `srgan.VGG`. Differences: G adds its output to the bicubic interpolation of what
it is given.
"""

import dataclasses

import keras

from ganzoo.models.restoration import srgan

SHARE = 0.2  # of what a block adds


@dataclasses.dataclass(frozen=True)
class RRDB:
    """width: channels; growth: channels that each convolution of a dense block adds; blocks: of three dense ones each,
    23 in the paper. The scale is 1, 2, 4 or 8."""

    width: int = 64
    growth: int = 32
    blocks: int = 23

    multiple = least = 1

    @property
    def reach(self) -> int:
        """How far a pixel made looks at what is given, see `translation.Translator`."""
        return 15 * self.blocks + 4

    def make(self, size, given: int, made: int, scale: int) -> keras.Model:
        """{"image": [B, H, W, given]} -> float32 [B, scale * H, scale * W, made]. size: (H, W), None = any."""
        image = keras.Input((*size, given), name="image")
        x = start = srgan.conv(self.width)(image)
        for _ in range(self.blocks):
            y = x
            for _ in range(3):
                y = self._dense(y)
            x = _added(x, y)
        x = keras.layers.Add()([start, srgan.conv(self.width)(x)])
        for factor in srgan.STAGES[scale]:
            x = srgan.leaky(srgan.conv(self.width)(keras.layers.UpSampling2D(factor)(x)))
        return srgan.finished(image, srgan.leaky(srgan.conv(self.width)(x)), made, scale)

    def _dense(self, x):
        """Five convolutions, each of all maps before it; the last one's is added, a fifth of it."""
        maps = [x]
        for _ in range(4):
            seen = keras.layers.Concatenate()(maps) if len(maps) > 1 else x
            maps.append(srgan.leaky(srgan.conv(self.growth, gain=0.1)(seen)))
        return _added(x, srgan.conv(self.width, gain=0.1)(keras.layers.Concatenate()(maps)))


def _added(x, y):
    return keras.layers.Add()([x, keras.layers.Rescaling(SHARE)(y)])
