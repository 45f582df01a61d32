"""R3GAN: plain residual networks without normalisation, and a game that is regularised enough to need no tricks.

Huang, Gokaslan, Kuleshov & Tompkin 2025, "The GAN is dead; long live the GAN! A modern baseline GAN", arXiv 2501.05441,
section 3. Played with `losses.relativistic`, `regularizers.R1` and `R2` in every step, and schedules of gamma, learning
rate, beta_2 and the average's half-life. Differences from the paper:
- G's logits are compared with those of the reals that D has just learned from, where the paper draws others;
- G's 1x1 convolution to pixels is computed in float32 in every precision;
- the coarsest map has the shape of the image, its shorter side 4 to 7, where the paper's is 4x4.
R1 and R2 are two gradients, though D has no batch statistics and one gradient of all logits gives the same to 1e-6 of
the largest: that was not faster on two busy cores (390 for 214 ms a loss and its gradient, widths 64, 64, 32 and 16,
batch 32, without XLA; not measured on a GPU).
"""

import dataclasses
import math
from collections.abc import Callable
from typing import Literal

import keras
import tensorflow as tf

from ganzoo import gan
from ganzoo.errors import BadInput
from ganzoo.layers import fir, grouped, resnet

SLOPE = 0.2  # of LeakyReLU below zero


@dataclasses.dataclass(frozen=True)
class R3GAN:
    """The networks.

    widths: channels of each resolution, the coarsest first, each resolution with sides twice those before it. blocks:
    residual blocks of each resolution. expansion: channels inside a block over those outside. group_width: channels of
    a group of its 3x3 convolution. z_dim: length of z. conditional: whether both networks are told the class.
    float32_stages: resolutions, the coarsest first, that are computed in float32 in every precision.
    """

    widths: tuple[int, ...] = (768, 768, 768, 768)
    blocks: int = 2
    expansion: int = 2
    group_width: int = 16
    z_dim: int = 64
    conditional: bool = False
    float32_stages: int = 1

    latent = "normal"

    def build(self, spec) -> gan.NoiseGAN:
        """The model for images of `spec` (ganzoo.data.images.Spec); its labels are ignored unless `conditional`.

        Raises BadInput for a size that `widths` do not reach, without classes where they are needed, and for channels
        that groups do not divide.
        """
        _check(self, spec)
        return gan.NoiseGAN.of(self, spec, classes=gan.told(spec, self.conditional))

    def generator(self, spec) -> keras.Model:
        """{"z": [B, z_dim] (, "label": int32 [B])} -> float32 [B, H, W, C], of any range: pictures clip to [-1, 1]."""
        z, label = keras.Input((self.z_dim,), name="z"), keras.Input((), dtype="int32", name="label")
        inputs, x = {"z": z}, z
        if self.conditional:
            inputs["label"] = label
            x = keras.layers.Concatenate(dtype="float32")([z, _embed(label, spec.classes, CLASS_WIDTH)])
        height, width, _ = resnet.grid(spec)
        for stage, channels in enumerate(self.widths):
            dtype = self._dtype(stage)
            if stage == 0:
                x = Basis(height, width)(_linear(channels, dtype="float32")(x))
            else:
                x = _resample(fir.up, 2, dtype)(_widen(x, channels, dtype))
            x = self._blocks(x, dtype)
        return keras.Model(inputs, _linear(spec.channels, dtype="float32", name="image")(x), name="generator")

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, H, W, C] (, "label": int32 [B])} -> float32 logits [B]."""
        image, label = keras.Input(spec.shape, name="image"), keras.Input((), dtype="int32", name="label")
        inputs = {"image": image}
        x = _linear(self.widths[-1], dtype=self._dtype(len(self.widths) - 1))(image)
        for stage in reversed(range(len(self.widths))):
            dtype = self._dtype(stage)
            x = self._blocks(x, dtype)
            if stage > 0:
                x = _widen(_resample(fir.down, 0.5, dtype)(x), self.widths[stage - 1], dtype)
        x = Collapse()(x)
        if not self.conditional:
            x = _linear(1, dtype="float32")(x)
            return keras.Model(inputs, keras.layers.Reshape((), dtype="float32", name="logit")(x), name="discriminator")
        inputs["label"] = label
        length = self.widths[0]
        vector = _linear(length, dtype="float32")(x)
        named = _embed(label, spec.classes, length, gain=1 / math.sqrt(length))
        return keras.Model(inputs, keras.ops.sum(vector * named, axis=-1), name="discriminator")

    def _dtype(self, stage: int) -> keras.DTypePolicy | Literal["float32"]:
        return "float32" if stage < self.float32_stages else keras.config.dtype_policy()

    def _blocks(self, x, dtype):
        """The residual blocks of one resolution: [B, h, w, c] -> [B, h, w, c]."""
        channels = x.shape[-1]
        # He's gain, and Fixup's factor for residual branches of three layers (Zhang et al. 2019, arXiv 1901.09321).
        gain = math.sqrt(2 / (1 + SLOPE**2)) * (self.blocks * len(self.widths)) ** -0.25
        for _ in range(self.blocks):
            y = _linear(self.expansion * channels, gain, use_bias=True, dtype=dtype)(x)
            y = keras.layers.LeakyReLU(SLOPE, dtype=dtype)(y)
            y = grouped.GroupedConv2D(self.group_width, _normal(gain), dtype=dtype)(y)
            y = keras.layers.LeakyReLU(SLOPE, dtype=dtype)(y)
            x = keras.layers.Add(dtype=dtype)([x, _linear(channels, 0.0, dtype=dtype)(y)])
        return x


CLASS_WIDTH = 64  # numbers by which G is told the class


class Basis(keras.layers.Layer):
    """[B, C] -> float32 [B, height, width, C]: a learned map, each channel times its number."""

    def __init__(self, height: int, width: int):
        super().__init__(dtype="float32")
        self.grid = (height, width)

    def build(self, input_shape):
        initializer = keras.initializers.RandomNormal(0.0, 1.0)
        self.map = self.add_weight(name="map", shape=(*self.grid, input_shape[-1]), initializer=initializer)

    def call(self, x):
        return self.map * x[:, None, None, :]

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.grid, input_shape[-1])


class Collapse(keras.layers.Layer):
    """[B, h, w, C] -> float32 [B, C]: a depth-wise convolution as large as the map, without bias."""

    def __init__(self):
        super().__init__(dtype="float32")

    def build(self, input_shape):
        shape = input_shape[1:]
        initializer = keras.initializers.RandomNormal(0.0, 1 / math.sqrt(shape[0] * shape[1]))
        self.map = self.add_weight(name="map", shape=shape, initializer=initializer)

    def call(self, x):
        return tf.reduce_sum(x * self.map, axis=[1, 2])

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])


class _Resample(keras.layers.Layer):
    """[B, h, w, C] -> [B, scale * h, scale * w, C] by a function of `fir`."""

    def __init__(self, resample: Callable[[tf.Tensor], tf.Tensor], scale: float, **kwargs):
        super().__init__(**kwargs)
        self.resample, self.scale = resample, scale

    def call(self, x):
        return self.resample(x)

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return (batch, int(height * self.scale), int(width * self.scale), channels)


def _resample(resample: Callable[[tf.Tensor], tf.Tensor], scale: float, dtype) -> _Resample:
    return _Resample(resample, scale, dtype=dtype)


def _linear(units: int, gain: float = 1.0, use_bias: bool = False, **kwargs) -> keras.layers.Dense:
    """A matrix product over the channels, which on maps is a 1x1 convolution. gain 0 starts at zero."""
    return keras.layers.Dense(units, use_bias=use_bias, kernel_initializer=_normal(gain), **kwargs)


def _normal(gain: float) -> keras.initializers.Initializer:
    """N(0, gain^2 / fan-in)."""
    if gain == 0:
        return keras.initializers.Zeros()
    return keras.initializers.VarianceScaling(gain**2, mode="fan_in", distribution="untruncated_normal")


def _widen(x, channels: int, dtype):
    """A 1x1 convolution where the number of channels changes."""
    return x if x.shape[-1] == channels else _linear(channels, dtype=dtype)(x)


def _embed(label, classes: int, width: int, gain: float = 1.0):
    """A learned vector for each class: int32 [B] -> float32 [B, width]."""
    return _linear(width, gain, dtype="float32")(keras.ops.one_hot(label, classes))


def _check(nets: R3GAN, spec):
    stages = resnet.grid(spec)[2] + 1
    if len(nets.widths) != stages:
        raise BadInput(
            f"model.widths: {len(nets.widths)} widths do not suit images of {spec.height}x{spec.width}; allowed: "
            f"one for each of {stages} resolutions"
        )
    for width in nets.widths:
        if width < 1 or nets.expansion * width % nets.group_width:
            raise BadInput(
                f"model.widths: {width}; allowed: widths whose {nets.expansion}-fold (model.expansion) is a multiple "
                f"of model.group_width = {nets.group_width}"
            )
