"""LaMa (lite): inpainting by a residual network of fast Fourier convolutions, which sees the whole image everywhere.

Suvorov et al. 2021, "Resolution-robust large mask inpainting with Fourier convolutions", arXiv 2109.07161: generator,
wide masks (`degradations.masks.LAMA`) and D's loss, in which what is known of a completed image is real (`masked`).
What is left out, hence lite:
- the comparison of feature maps is by any extractor that `perceptual` names, in place of a dilated ResNet-50 of ADE20K,
  whose weights are not at hand;
- no matching of D's own feature maps.
Other differences: no batch norm, and so leaky units, which cannot die (with ReLU a network of 12 channels that adds to
its input did, all of it, in 500 steps); blocks begin small (a tenth of He's start) as those of `srgan`; D is a value of
this folder, with spectral norm, in place of pix2pixHD's with R1; the output is not squashed; maps are enlarged by
repeating pixels before a convolution in place of transposed convolutions.
"""

import dataclasses

import keras

from ganzoo.layers import fourier, padding


@dataclasses.dataclass(frozen=True)
class FourierNet:
    """width: channels of the finest maps, doubled with each of `downs` halvings; blocks: residual ones at the coarsest,
    9 in the paper and 18 in its large network; share: of their channels that are global, 0 = plain convolutions; adds:
    the network changes the image that it is given, as it is filled, in place of making one (not in the paper)."""

    width: int = 64
    downs: int = 3
    blocks: int = 9
    share: float = 0.75
    adds: bool = False

    reach = None

    @property
    def multiple(self) -> int:
        """What sides are multiples of."""
        return 2**self.downs

    @property
    def least(self) -> int:
        """The least side: two pixels at the coarsest are the least that mirrored borders can be made of."""
        return max(4, 2 * self.multiple)

    def make(self, size, given: int, made: int, scale: int = 1) -> keras.Model:
        """{"image": [B, H, W, given]} -> float32 [B, H, W, made]. size: (H, W), None = any."""
        image = keras.Input((*size, given), name="image")
        x = _relu(_conv(self.width, 7)(padding.ReflectionPad(3)(image)))
        for stage in range(1, self.downs + 1):
            x = _relu(_conv(self.width * 2**stage, 3, strides=2)(keras.layers.ZeroPadding2D(1)(x)))
        whole = x.shape[-1]
        far = round(whole * self.share)
        parts = (x, None) if not far else _relus(fourier.convolved((x, None), (whole - far, far), _conv))
        for _ in range(self.blocks):
            y = _relus(fourier.convolved(parts, (whole - far, far), _conv))
            y = fourier.convolved(y, (whole - far, far), _small)
            parts = tuple(
                old if new is None else keras.layers.Add()([old, new]) for old, new in zip(parts, y, strict=True)
            )
        x = parts[0] if not far else keras.layers.Concatenate()([part for part in parts if part is not None])
        for stage in reversed(range(self.downs)):
            x = padding.ReflectionPad(1)(keras.layers.UpSampling2D()(x))
            x = _relu(_conv(self.width * 2**stage, 3)(x))
        x = _small(made, 7, dtype="float32")(padding.ReflectionPad(3)(x))
        if self.adds:
            x = keras.layers.Add(dtype="float32")([x, image[..., :made]])
        return keras.Model({"image": image}, x, name="generator")


def _conv(filters: int, size: int, gain: float = 1.0, **kwargs) -> keras.layers.Layer:
    start = keras.initializers.VarianceScaling(2 * gain**2, mode="fan_in", distribution="untruncated_normal")
    return keras.layers.Conv2D(filters, size, kernel_initializer=start, **kwargs)


def _small(filters: int, size: int, **kwargs) -> keras.layers.Layer:
    return _conv(filters, size, gain=0.1, **kwargs)


def _relu(x):
    return keras.layers.LeakyReLU(0.2)(x)


def _relus(parts):
    return tuple(None if part is None else _relu(part) for part in parts)
