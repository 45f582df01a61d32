"""StyleGAN without growing: a latent mapped to styles that scale and shift every normalised map.

Karras, Laine & Aila 2019, "A style-based generator architecture for generative adversarial networks", arXiv 1812.04948:
adaptive instance normalisation (section 2, eq. 1), mapping network, noise, style mixing and truncation (section 3.1,
appendices B and C). Played with `losses.non_saturating` and `regularizers.R1` at every step. Differences from it:
- the networks have their full resolution from the start, which later work does not find to be worse (arXiv 1912.04958,
  section 4);
- repeated values and the paper's filter [1, 2, 1] are together the binomial filter [1, 3, 3, 1], which follows the
  transposed convolution here: the same but for the border;
- the other differences of stylegan2.py, whose mapping, game and D these are.
"""

import dataclasses

import keras
import tensorflow as tf

from ganzoo import gan
from ganzoo.layers import equalized, modulated, normalization, resnet
from ganzoo.models.image import stylegan2


@dataclasses.dataclass(frozen=True)
class StyleGAN:
    """Fields as of `stylegan2.StyleGAN2`; the first `cutoff` layers are truncated."""

    cbase: int = 16384
    cmax: int = 512
    z_dim: int = 512
    w_dim: int = 512
    depth: int = 8
    group: int = 4
    mixing: float = 0.9
    cutoff: int = 8
    conditional: bool = False

    latent = "normal"
    architecture = "orig"  # of D: no residual connections

    def build(self, spec) -> stylegan2.StyleGAN2Game:
        """The model for images of `spec` (ganzoo.data.images.Spec). Labels are ignored unless `conditional`. Raises
        BadInput for a size that `resnet.grid` refuses, and without classes where they are needed."""
        return gan.played(self, spec)

    def game(self, spec) -> tuple[type, dict]:
        """As `gan.played` takes it."""
        return stylegan2.StyleGAN2Game, {"mixing": self.mixing, "classes": gan.told(spec, self.conditional)}

    def generator(self, spec) -> keras.Model:
        """{"z": [B, z_dim], "truncation": [B](, "label": int32 [B])} -> float32 [B, H, W, C], not squashed."""
        return stylegan2.generator(self, spec, synthesis(self, spec), beta=0.995, cutoff=self.cutoff)

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, H, W, C](, "label": int32 [B])} -> float32 logits [B]."""
        return stylegan2.discriminator(self, spec)


def synthesis(nets: StyleGAN, spec) -> keras.Model:
    """{"w": [B, layers, w_dim], "noise": [B or 1, values]} -> float32 [B, H, W, C]; two layers for each resolution."""
    height, width, stages = resnet.grid(spec)
    w, noise, cut = stylegan2.inputs_of_synthesis(nets.w_dim, spec, first=2)
    x = stylegan2.Constant(height, width, stylegan2.channels_of(nets, 0), "ones", dtype="float32")(w)
    for layer in range(2 * (stages + 1)):
        stage = layer // 2
        dtype, filters = stylegan2.precision_of(stage, stages), stylegan2.channels_of(nets, stage)
        if layer and layer % 2 == 0:
            x = UpConv2D(filters, dtype=dtype)(x)
        elif layer:
            x = equalized.EqualizedConv2D(filters, 3, use_bias=False, dtype=dtype)(x)
        x = modulated.Finish(equalized.lrelu, per_channel=True, dtype=dtype)(x, cut(x))
        style = equalized.EqualizedDense(2 * filters, dtype="float32")(w[:, layer])
        x = normalization.AdaptiveNorm(dtype=dtype)(x, style)
    image = equalized.EqualizedConv2D(spec.channels, 1, dtype="float32")(x)
    return keras.Model({"w": w, "noise": noise}, image, name="synthesis")


class UpConv2D(keras.layers.Layer):
    """Equalized 3x3 convolution to twice the resolution, filtered: [B, H, W, C] -> [B, 2H, 2W, filters]. No bias."""

    def __init__(self, filters: int, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters

    def build(self, input_shape):
        self.kernel = equalized.add_kernel(self, (3, 3, input_shape[-1], self.filters))

    def call(self, x):
        return modulated.upsampled(x, tf.cast(equalized.scaled(self.kernel), x.dtype))

    def compute_output_shape(self, input_shape):
        batch, height, width, _ = input_shape
        return (batch, 2 * height, 2 * width, self.filters)
