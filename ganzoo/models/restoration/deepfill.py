"""DeepFill v2: inpainting in two stages of gated convolutions, the second of which copies from elsewhere in the image.

Yu et al. 2018, "Free-form image inpainting with gated convolution", arXiv 1806.03589: gated convolutions, the two
stages, SN-PatchGAN (section 3), free-form holes and boxes (`degradations.masks.DEEPFILL`). Played with `losses.hinge`
and `known=1`, `coarse=1` of `inpainting.Inpainter`. Differences: no sketch; mirrored borders in place of zeros;
attention without propagation of scores, see `layers.gated`; the difference of pixels is averaged over the hole and over
what is known apart; what is made is not squashed and begins near 0.
"""

import dataclasses

import keras

from ganzoo.layers import gated, resampling, spectral


@dataclasses.dataclass(frozen=True)
class TwoStages:
    """width: channels of the finest maps, 24 in the paper (half of what is convolved is gates)."""

    width: int = 24

    multiple, least, reach = 8, 72, None  # of the coarsest maps a convolution dilated by 16 wants 17 pixels

    def make(self, size, given: int, made: int, scale: int = 1) -> keras.Model:
        """{"image": [B, H, W, given]}, the last channel the mask -> float32 [B, H, W, made]. size: (H, W), None =
        any."""
        image = keras.Input((*size, given), name="image")
        mask = image[..., -1:]
        x = self._up(self._dilated(self._down(image, 2)), made, "coarse")
        first = keras.layers.Concatenate()([_filled([x, image]), mask])
        near = self._dilated(self._down(first, 2))
        far = self._down(first, 1)
        small = keras.layers.MaxPooling2D(4)(mask)
        far = gated.ContextualAttention()([far, small])
        for _ in range(2):
            far = gated.GatedConv2D(4 * self.width, 3)(far)
        x = keras.layers.Concatenate()([near, far])
        return keras.Model({"image": image}, self._up(x, made, "fine"), name="generator")

    def _down(self, x, second: int):
        width = self.width
        x = gated.GatedConv2D(width, 5)(x)
        for filters, strides in ((second * width, 2), (2 * width, 1), (4 * width, 2), (4 * width, 1), (4 * width, 1)):
            x = gated.GatedConv2D(filters, 3, strides)(x)
        return x

    def _dilated(self, x):
        for dilation in (2, 4, 8, 16):
            x = gated.GatedConv2D(4 * self.width, 3, dilation=dilation)(x)
        return x

    def _up(self, x, made: int, name: str):
        for _ in range(2):
            x = gated.GatedConv2D(4 * self.width, 3)(x)
        for filters in (2 * self.width, self.width):
            x = gated.GatedConv2D(filters, 3)(keras.layers.UpSampling2D()(x))
            x = gated.GatedConv2D(filters if filters > self.width else max(1, filters // 2), 3)(x)
        start = keras.initializers.RandomNormal(stddev=0.01)
        last = keras.layers.Conv2D(made, 3, padding="same", kernel_initializer=start, dtype="float32", name=name)
        return last(x)


class _Filled(keras.layers.Layer):
    """[made, image and mask] -> the image, in the hole what was made."""

    def call(self, inputs):
        made, given = inputs
        mask = given[..., -1:]
        return made * mask + given[..., :-1] * (1 - mask)

    def compute_output_shape(self, input_shape):
        return input_shape[0]


def _filled(inputs):
    return _Filled(dtype="float32")(inputs)


@dataclasses.dataclass(frozen=True)
class PatchGAN:
    """SN-PatchGAN of section 3.3: six convolutions in steps of two; every place of the coarsest maps is judged in every
    channel. width: channels of the first, up to four times as many later; stages: of them."""

    width: int = 64
    stages: int = 6

    multiple = 1

    def make(self, channels: int, size: tuple[int, int]) -> keras.Model:
        """{"image": [B, H, W, channels]} -> float32 logits [B, h, w, C]."""
        image = x = keras.Input((*size, channels), name="image")
        for stage in range(self.stages):
            last = stage == self.stages - 1
            filters = self.width * min(2**stage, 4)
            x = spectral.SpectralConv2D(
                filters, 5, "he_normal", resampling.strided, **({"dtype": "float32"} if last else {})
            )(x)
            x = x if last else keras.layers.LeakyReLU(0.2)(x)
        return keras.Model({"image": image}, x, name="discriminator")
