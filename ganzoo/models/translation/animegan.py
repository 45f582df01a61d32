"""AnimeGAN: photos to drawings by a light generator, held to the photo by its content and its colours.

Chen, Liu & Chen 2019, "AnimeGAN: a novel lightweight GAN for photo animation" (ISICA, CCIS 1205), with the weights of
the authors' second version. The style is learned from pictures without colours, their Gram matrices (Gatys et al. 2015,
arXiv 1508.06576, eq. 3), and the colours are kept from the photo. D is also shown, as fakes, the pictures without
colours and the pictures with smoothed edges (CartoonGAN, Chen et al. 2018, CVPR), so that neither greyness nor blurred
outlines pass for the style. G learns content alone first. Differences:
- D's three kinds of fakes are each played against the reals by the game's loss, whichever it is, where the authors
  weigh four terms of least squares; the factor 300 that they give the whole of D's loss is left out, Adam does not see
  it;
- D learns from the first step on, the authors' once G knows content;
- instance norm for layer norm, so that large images go through in tiles;
- edges are smoothed in the step, by thresholds of Sobel's gradients, where the authors prepare files by Canny's.
"""

import dataclasses
import functools
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ganzoo import translation
from ganzoo.errors import BadInput
from ganzoo.gan import Batch, Terms
from ganzoo.layers import blur, padding, resampling, spectral
from ganzoo.perceptual import Perceptual

A2B = "a2b"
# BT.601 in full range: Y, then blue and red less Y, each within [-1, 1] for images in [-1, 1].
TO_YUV = np.float32([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
SMOOTH = np.float32([1, 4, 6, 4, 1]) / 16

VGG19 = Perceptual("vgg19", layers=("block4_conv4",), weight=1.5)


@dataclasses.dataclass(frozen=True)
class Bottlenecks:
    """A generator of convolutions and of inverted residual blocks (Sandler et al. 2018, arXiv 1801.04381), a PatchGAN
    with spectral norm.

    width: channels of the finest maps of G, d_width: of D; blocks: residual ones, at a quarter of the size; expansion:
    of their inner maps over their outer ones, which are 4 widths.
    """

    width: int = 32
    d_width: int = 64
    blocks: int = 4
    expansion: int = 2

    # Of sides: what they are multiples of and at least, and at least in training.
    multiple, least, least_trained = 4, 8, 16

    @property
    def reach(self) -> int:
        """How far a pixel made looks, see `translation.Translator`."""
        # From the third of four pixels the maps are seen three pixels away at a quarter of the size.
        quarter = 3 + (1 + self.blocks) + 1
        half = 2 * quarter + 1 + 1
        return 2 + 2 * half + 1 + 3

    def generator(self, size: translation.Size, given: int, made: int) -> keras.Model:
        return generator(self, size, given, made)

    def discriminator(self, channels: int, size: translation.Size) -> keras.Model:
        return discriminator(channels, size, self.d_width)


@dataclasses.dataclass(frozen=True)
class AnimeGAN:
    """nets: a value with `generator` and `discriminator`, such as `Bottlenecks` or `light.Light`. adversary, style,
    colour, variation: weights of G's terms. content: the distance of feature maps of photo and drawing, with its
    weight; its network also gives the maps of the style. grey, smooth: weights of D's opinions of pictures without
    colours and with smoothed edges. edge: least length of Y's gradient where an edge
    is, see `smoothed`. warmup: reals
    for which G learns content alone.
    """

    nets: Any = Bottlenecks()
    adversary: float = 300.0
    content: Perceptual = VGG19
    style: float = 2.5
    colour: float = 10.0
    variation: float = 1.0
    grey: float = 1.0
    smooth: float = 0.6
    edge: float = 0.15
    warmup: int = 0

    def build(self, spec) -> "AnimeGame":
        """The game for images of `spec` (ganzoo.data.pairs.PairSpec), photos `a` and drawings `b`. Raises BadInput for
        sides that are not the networks', other channels than three, and an extractor "none"."""
        translation.check_sizes(spec, self.nets.multiple, self.nets.least_trained)
        for name, domain in (("a", spec.a), ("b", spec.b)):
            if domain.channels != 3:
                raise BadInput(f"data.{name}.channels: {domain.channels}; allowed: 3, for colours have terms")
        if self.content.extractor == "none":
            raise BadInput("model.content.extractor: 'none'; allowed: one with maps, for content and style")
        make = functools.partial(self.nets.generator, given=3, made=3)
        there = translation.Translator(
            make, 3, 3, multiple=self.nets.multiple, least=self.nets.least, reach=self.nets.reach
        )
        return AnimeGame(self, {A2B: there}, spec)


class AnimeGame(translation.TranslationGAN):
    """Batches {"a", "b"}: float32 [B, H, W, 3] in [-1, 1], independent of each other."""

    d_terms = ("adv", "grey", "smooth")
    g_terms = ("adv", "content", "style", "colour", "variation")

    def __init__(self, choice: AnimeGAN, translators: dict[str, translation.Translator], spec, **kwargs):
        size = (spec.a.height, spec.a.width)
        super().__init__(translators, {A2B: size}, **kwargs)
        self.choice = choice
        self.discriminator = choice.nets.discriminator(3, size)
        self.content = choice.content.build(spec.a.shape)
        self.style = dataclasses.replace(choice.content, weight=choice.style).build(spec.a.shape, grams=True)

    @property
    def d_nets(self):
        return (self.discriminator,)

    def _judge(self, images: tf.Tensor) -> tf.Tensor:
        return self.discriminator({"image": images}, training=True)

    def d_loss(self, batch: Batch) -> Terms:
        real = batch["b"]
        fake = tf.stop_gradient(self.networks[A2B]({"image": batch["a"]}, training=True))
        seen, made = self._judge(real), self._judge(fake)
        terms = {
            "adv": self.adversarial.d(seen, made),
            "grey": self.choice.grey * self.adversarial.d(seen, self._judge(greyed(real))),
            "smooth": self.choice.smooth * self.adversarial.d(seen, self._judge(smoothed(real, self.choice.edge))),
        }
        logits = seen, made
        return terms | {each.name: each(self._judge, real, fake, self.progress, logits) for each in self.regularizers}

    def g_loss(self, batch: Batch) -> Terms:
        choice, photo = self.choice, batch["a"]
        made = self.networks[A2B]({"image": photo}, training=True)
        real = self._judge(batch["b"]) if self.adversarial.relativistic else None
        # D's step has counted this step's reals already.
        begun = tf.cast(self.progress.images > choice.warmup, tf.float32)
        return {
            "adv": begun * choice.adversary * self.adversarial.g(self._judge(made), real),
            "content": self.content(made, photo),
            "style": begun * self.style(greyed(made), greyed(batch["b"])),
            "colour": begun * choice.colour * colour_distance(made, photo),
            "variation": begun * choice.variation * variation(made),
        }


def greyed(images: tf.Tensor) -> tf.Tensor:
    """float32 [B, H, W, 3] in [-1, 1] -> the same with Y in each channel."""
    return tf.repeat(tf.reduce_sum(images * TO_YUV[0], axis=-1, keepdims=True), 3, axis=-1)


def smoothed(images: tf.Tensor, edge: float) -> tf.Tensor:
    """float32 [B, H, W, 3] in [-1, 1] -> the same, blurred within two pixels of an edge.

    An edge is where Sobel's gradient of Y is at least `edge` long; a step of Y has half its height for a gradient.
    """
    y = tf.reduce_sum(images * TO_YUV[0], axis=-1, keepdims=True)
    slopes = tf.image.sobel_edges(y)[:, :, :, 0] / 8  # a ramp of 1 a pixel has length 1
    near = tf.cast(tf.reduce_sum(tf.square(slopes), axis=-1, keepdims=True) >= edge**2, tf.float32)
    near = tf.nn.max_pool2d(near, 5, 1, "SAME")
    return tf.where(near > 0, _blurred(images), images)


def _blurred(images: tf.Tensor) -> tf.Tensor:
    """The binomial filter of five along both axes, mirrored at the border."""
    channels = images.shape[-1]
    x = tf.pad(images, [[0, 0], [2, 2], [2, 2], [0, 0]], "REFLECT")
    for shape in ((5, 1), (1, 5)):
        kernel = np.zeros([*shape, channels, channels], np.float32)
        for channel in range(channels):
            kernel[:, :, channel, channel] = SMOOTH.reshape(shape)
        x = tf.nn.conv2d(x, kernel, 1, "VALID")
    return x


def colour_distance(made: tf.Tensor, photo: tf.Tensor) -> tf.Tensor:
    """Mean absolute difference of Y and Huber's loss (of threshold 1) of both other parts of YUV -> scalar."""
    luma, *chroma = tf.unstack(tf.einsum("bhwc,yc->bhwy", made - photo, TO_YUV), axis=-1)
    size = tf.abs(tf.stack(chroma))
    huber = tf.where(size <= 1, size**2 / 2, size - 0.5)
    return tf.reduce_mean(tf.abs(luma)) + 2 * tf.reduce_mean(huber)


def variation(images: tf.Tensor) -> tf.Tensor:
    """Mean squared difference of neighbouring pixels, below and beside, of float32 [B, H, W, C] -> scalar."""
    below, beside = images[:, 1:] - images[:, :-1], images[:, :, 1:] - images[:, :, :-1]
    return tf.reduce_mean(tf.square(below)) + tf.reduce_mean(tf.square(beside))


def generator(nets: Bottlenecks, size: translation.Size, given: int, made: int) -> keras.Model:
    """{"image": [B, H, W, given]} -> float32 [B, H, W, made] in [-1, 1]. size: (H, W), multiples of 4, None = any."""
    width = nets.width
    image = keras.Input((*size, given), name="image")
    x = _conv(image, width, 7)
    x = _conv(_conv(x, 2 * width, strides=2), 2 * width)
    x = _conv(_conv(x, 4 * width, strides=2), 4 * width)
    for _ in range(nets.blocks):
        x = keras.layers.Add()([x, _bottleneck(x, nets.expansion)])
    x = _conv(x, 4 * width)
    for stage in (2, 1):
        x = blur.Blur(repeat=True)(keras.layers.UpSampling2D()(x))  # bilinear
        x = _conv(x, stage * width)
        x = _conv(x, stage * width, 3 if stage == 2 else 7)
    x = keras.layers.Conv2D(made, 1, kernel_initializer="he_normal")(x)
    return keras.Model({"image": image}, keras.layers.Activation("tanh", dtype="float32")(x), name="generator")


def discriminator(channels: int, size: translation.Size, width: int = 64) -> keras.Model:
    """{"image": [B, H, W, channels]} -> float32 logits [B, H / 4, W / 4], without norms of the images' own moments:
    what is grey must not become bright."""
    image = keras.Input((*size, channels), name="image")
    x = keras.layers.LeakyReLU(0.2)(spectral.SpectralConv2D(width // 2, 3, "he_normal")(image))
    for stage in (1, 2):
        x = spectral.SpectralConv2D(width * stage, 3, "he_normal", resampling.strided)(x)
        x = spectral.SpectralConv2D(width * stage * 2, 3, "he_normal")(keras.layers.LeakyReLU(0.2)(x))
        x = keras.layers.LeakyReLU(0.2)(x)
    logit = spectral.SpectralConv2D(1, 3, "he_normal", dtype="float32")(x)
    return keras.Model({"image": image}, logit[..., 0], name="discriminator")


def _conv(x, filters: int, size: int = 3, **kwargs):
    x = padding.ReflectionPad(size // 2)(x)
    return _active(keras.layers.Conv2D(filters, size, kernel_initializer="he_normal", use_bias=False, **kwargs)(x))


def _bottleneck(x, expansion: int):
    y = keras.layers.Conv2D(expansion * x.shape[-1], 1, kernel_initializer="he_normal", use_bias=False)(x)
    y = padding.ReflectionPad(1)(_active(y))
    y = _active(keras.layers.DepthwiseConv2D(3, depthwise_initializer="he_normal", use_bias=False)(y))
    y = keras.layers.Conv2D(x.shape[-1], 1, kernel_initializer="he_normal", use_bias=False)(y)
    return padding.instance_norm(y)


def _active(x):
    return keras.layers.LeakyReLU(0.2)(padding.instance_norm(x))
