"""SPADE: an image from a map of labels, whose layout scales and shifts the normalised maps of every block of G.

Park et al. 2019, "Semantic image synthesis with spatially-adaptive normalization", arXiv 1903.07291: the normalisation
of section 3.1 (eq. 1), residual blocks and networks of section 3.2 and appendix A, spectral normalisation of both
players, matching of D's maps. Played with `losses.hinge` and rates of 1e-4 for G and 4e-4 for D. Details as in the
authors' code: what is normalised is multiplied by 1 + gamma, so that a block begins as a plain one; the convolutions of
a block are spectrally normalised, those that make gamma and beta, the first and the last of G and of each D are not;
D has instance norm behind them; D and its loss are those of two scales, of which the mean is taken; Glorot's start with
a gain of 0.02. Differences:
- no encoder and no z, hence no KL term: G begins with a convolution of the reduced label map, as the authors' code does
  without an encoder, and one map gives one image;
- what is told is the image of the other domain, labels as colours, in place of one-hot maps and instance boundaries;
- G descends no distance of VGG19's maps unless `perceptual` names it: model.perceptual.extractor=vgg19, where the
  authors' code has that of pix2pixHD with the same weight as D's maps;
- D halves and pads images as `patchgan.pyramid` says;
- the statistics that norm="batch" takes, synchronised over replicas as in the paper, are the moving moments when
  serving; norm="instance" has none.
"""

import dataclasses
import functools
from typing import Literal

import keras
import tensorflow as tf

from ganzoo import translation
from ganzoo.errors import BadInput
from ganzoo.layers import normalization, padding, spectral
from ganzoo.models.translation import paired, patchgan, pix2pixhd
from ganzoo.perceptual import Perceptual


@dataclasses.dataclass(frozen=True)
class Spade:
    """width, d_width: channels of the finest maps of G and D; ups: doublings of G from its coarsest map, which has
    2 ** (ups - 1) times the channels of the finest; hidden: channels between a label map and gamma and beta; scales:
    of D; stages: strided ones of each D; adversary, features, perceptual: weights of terms, see `paired.Weights`;
    direction: from the label maps to the images."""

    width: int = 64
    d_width: int = 64
    ups: int = 5
    hidden: int = 128
    norm: Literal["batch", "instance"] = "batch"
    scales: int = 2
    stages: int = 3
    adversary: float = 1.0
    features: float = 10.0
    perceptual: Perceptual = pix2pixhd.VGG
    direction: paired.Direction = "a2b"

    def build(self, spec) -> paired.PairedGAN:
        """The game for pairs of `spec` (ganzoo.data.pairs.PairSpec). Raises BadInput for data that are no pairs, sides
        that are no multiple of 2 ** ups or too small, and fewer than one doubling or scale."""
        for name in ("ups", "scales", "stages"):
            if getattr(self, name) < 1:
                raise BadInput(f"model.{name}: {getattr(self, name)}; allowed: 1 or more")
        # Of a single pixel instance norm leaves nothing.
        multiple, least = 2**self.ups, 2 * 2**self.ups
        translation.check_pairs(spec, multiple, max(least, patchgan.least(self.stages, self.scales)))
        mean = 1 / self.scales  # where the game has sums
        return paired.PairedGAN(
            self.direction,
            spec,
            functools.partial(generator, self),
            functools.partial(discriminator, self),
            paired.Weights(self.adversary, features=self.features, perceptual=self.perceptual, d=mean, g=mean),
            multiple,
            least,
        )


def generator(nets: Spade, size: tuple[int | None, int | None], given: int, made: int) -> keras.Model:
    """{"image": [B, H, W, given]} -> float32 [B, H, W, made] in [-1, 1]. size: (H, W), multiples of 2 ** ups, None =
    any."""
    labels = keras.Input((*size, given), name="image")
    widest = nets.width * 2 ** (nets.ups - 1)
    x = _conv(widest)(reduced(labels, 2**nets.ups))
    # (channels, halvings from the label map to the map) of each block.
    blocks = [(widest, nets.ups), (widest, nets.ups - 1), (widest, nets.ups - 1)]
    blocks += [(nets.width * 2**stage, stage) for stage in reversed(range(nets.ups - 1))]
    at = nets.ups
    for filters, halvings in blocks:
        if halvings < at:
            x, at = keras.layers.UpSampling2D()(x), halvings
        x = block(x, reduced(labels, 2**halvings), filters, nets)
    x = _conv(made)(keras.layers.LeakyReLU(0.2)(x))
    return keras.Model({"image": labels}, keras.layers.Activation("tanh", dtype="float32")(x), name="generator")


def block(x, labels, filters: int, nets: Spade):
    """A residual block: maps [B, h, w, C], the label map at that size -> [B, h, w, filters]."""
    between, given = min(filters, x.shape[-1]), x
    for channels in (between, filters):
        x = keras.layers.LeakyReLU(0.2)(spade(x, labels, nets))
        x = _spectral(channels, 3)(x)
    if given.shape[-1] != filters:
        given = _spectral(filters, 1, use_bias=False)(spade(given, labels, nets))
    return keras.layers.Add()([given, x])


def spade(x, labels, nets: Spade):
    """Eq. 1: x normalised without learned factors, times 1 + gamma, plus beta, both made of `labels` place by place."""
    hidden = keras.layers.ReLU()(_conv(nets.hidden)(labels))
    gamma, beta = (_conv(x.shape[-1])(hidden) for _ in range(2))
    normal = Moments()(x) if nets.norm == "batch" else padding.instance_norm(x)
    return Modulated()([normal, gamma, beta])


class Modulated(keras.layers.Layer):
    """x, gamma, beta, each [B, H, W, C] -> x (1 + gamma) + beta."""

    def call(self, inputs):
        x, gamma, beta = inputs
        return x * (1 + gamma) + beta

    def compute_output_shape(self, input_shape):
        return input_shape[0]


class Moments(normalization.Normalization):
    """Batch norm without learned scale and offset."""

    def build(self, input_shape):
        self.add_statistics(input_shape[-1])

    def call(self, x, training=False):
        channels = x.shape[-1]
        return self.normalize(x, tf.ones([channels]), tf.zeros([channels]), training)


def reduced(labels, factor: int):
    """[B, H, W, C], sides multiples of `factor` -> every factor-th pixel: the nearest one, so that no labels mix."""
    return labels if factor == 1 else Every(factor)(labels)


class Every(keras.layers.Layer):
    """[B, H, W, C] -> [B, H / factor, W / factor, C], the first pixel of each block."""

    def __init__(self, factor: int, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x):
        return x[:, :: self.factor, :: self.factor]

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return (batch, *(side and side // self.factor for side in (height, width)), channels)


def discriminator(nets: Spade, channels: int, size: tuple[int, int]) -> keras.Model:
    """{"image": [B, H, W, channels], both images of a pair} -> what `patchgan.pyramid` gives for that many scales."""
    return patchgan.pyramid(channels, size, nets.d_width, nets.stages, nets.scales, inner=SpectralPatch)


class SpectralPatch(spectral.SpectralConv2D):
    """`patchgan.conv` with W / sigma as its kernel, without bias: instance norm follows."""

    def __init__(self, filters: int, stride: int, **kwargs):
        super().__init__(filters, 4, kernel_initializer=_glorot(), use_bias=False, **kwargs)
        self.stride = stride

    def convolve(self, x, kernel):
        return tf.nn.conv2d(x, tf.cast(kernel, x.dtype), self.stride, "VALID")

    def compute_output_shape(self, input_shape):
        batch, height, width, _ = input_shape
        return (batch, *(side and (side - 4) // self.stride + 1 for side in (height, width)), self.filters)


def _conv(filters: int) -> keras.layers.Layer:
    return keras.layers.Conv2D(filters, 3, padding="same", kernel_initializer=_glorot())


def _spectral(filters: int, size: int, **kwargs) -> keras.layers.Layer:
    return spectral.SpectralConv2D(filters, size, kernel_initializer=_glorot(), **kwargs)


def _glorot() -> keras.initializers.Initializer:
    """Glorot's normal law times 0.02."""
    return keras.initializers.VarianceScaling(0.02**2, mode="fan_avg", distribution="untruncated_normal")
