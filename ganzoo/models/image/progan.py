"""ProGAN: the resolution grows while it trains, each new one faded in.

Karras et al. 2018, "Progressive growing of GANs for improved quality, stability, and variation", arXiv 1710.10196:
growing (section 2 and figure 2), minibatch deviation (section 3), equalized rates and pixelwise normalisation (section
4), networks (appendix A, table 2). Played with `losses.wasserstein`, `regularizers.GradientPenalty` and
`regularizers.Drift`.

The graph is fixed: every resolution's layers from and to RGB are there from the start, and a number kept with the
weights, the level, says how much each counts. Level k + a is resolution k, with the next one faded in by the share a.
What does not count yet is computed all the same and multiplied by 0, so it has a gradient of 0 (not none) and Adam
leaves it where it starts; the price is that every step costs what a step at the full resolution does.

Differences from the paper:
- batch and rate are the same at every resolution, and Adam keeps its moments when one is added;
- the gradient penalty is taken with respect to the image at its full size, whatever the level;
- sides that halve evenly to 4 to 7 beside powers of two; the deviation is that of StyleGAN2's groups;
- He's constant is partly the activation's gain, and multiplies biases too; G's first layer has a bias for each place;
- a class, where it is asked for, is embedded beside z and projected in D as in stylegan2.py (the paper's appendix E has
  an auxiliary classifier's);
- under mixed precision the four finest resolutions follow the policy, but for what is normalised, faded or an image.
"""

import dataclasses

import keras
import tensorflow as tf

from ganzoo import gan
from ganzoo.errors import BadInput
from ganzoo.layers import deviation, equalized, resnet
from ganzoo.models.image import stylegan2


@dataclasses.dataclass(frozen=True)
class Growth:
    """Levels by images seen: `stable` images at level 0, then for each other `fade` to get there and `stable` there."""

    levels: int  # the last one, of the full resolution
    fade: int  # images
    stable: int  # images

    def at(self, images: tf.Tensor) -> tf.Tensor:
        """The level as float32 scalar at int64 `images` seen."""
        period = self.fade + self.stable
        since = images + self.fade  # as if level 0 had been faded in
        # The share is made of whole numbers below `period`: float32 does not hold `images`.
        share = tf.cast(tf.minimum(since % period, self.fade), tf.float32) / self.fade
        return tf.minimum(tf.cast(since // period, tf.float32) - 1 + share, self.levels)


@dataclasses.dataclass(frozen=True)
class ProGAN:
    """cbase, cmax: a map of resolution r has min(cbase // r, cmax) channels, r = 4 for the coarsest, then doubled.

    fade, stable: images in which a resolution is faded in, and for which it then stays alone; group: of the minibatch
    deviation; conditional: both networks are told the class.
    """

    cbase: int = 16384
    cmax: int = 512
    z_dim: int = 512
    group: int = 4
    fade: int = 600_000  # images
    stable: int = 600_000  # images
    conditional: bool = False

    latent = "normal"

    def build(self, spec) -> "GrowingGAN":
        """The model for images of `spec` (ganzoo.data.images.Spec). Labels are ignored unless `conditional`. Raises
        BadInput for a size that `resnet.grid` refuses, for no time to fade, and without classes where they are
        needed."""
        return gan.played(self, spec)

    def game(self, spec) -> tuple[type, dict]:
        """As `gan.played` takes it."""
        for field, least in (("fade", 1), ("stable", 0)):
            if getattr(self, field) < least:
                raise BadInput(f"model.{field}: {getattr(self, field)} images; allowed: at least {least}")
        growth = Growth(resnet.grid(spec)[2], self.fade, self.stable)
        return GrowingGAN, {"growth": growth, "classes": gan.told(spec, self.conditional)}

    def generator(self, spec) -> keras.Model:
        """{"z": [B, z_dim](, "label": int32 [B])} -> float32 [B, H, W, C], not squashed; pixels repeated up to there
        from the level's resolution."""
        height, width, stages = resnet.grid(spec)
        classes = gan.told(spec, self.conditional)
        given = {"z": keras.Input((self.z_dim,), name="z")}
        if classes:
            given["label"] = keras.Input((), dtype="int32", name="label")
        x = stylegan2.mapping(0, self.z_dim, self.z_dim, classes)(given)
        level = Level(name="level")(x)
        channels = stylegan2.channels_of(self, 0)
        x = equalized.EqualizedDense(height * width * channels, equalized.lrelu, dtype="float32")(x)
        x = PixelNorm(dtype="float32")(keras.layers.Reshape((height, width, channels), dtype="float32")(x))
        image = None
        for stage in range(stages + 1):
            dtype, filters = stylegan2.precision_of(stage, stages), stylegan2.channels_of(self, stage)
            if stage:
                x = keras.layers.UpSampling2D(dtype=dtype)(x)
            for _ in range(2 if stage else 1):
                x = equalized.EqualizedConv2D(filters, 3, equalized.lrelu, dtype=dtype)(x)
                x = PixelNorm(dtype=dtype)(x)
            rgb = equalized.EqualizedConv2D(spec.channels, 1, dtype="float32")(x)
            if image is None:
                image = rgb
            else:
                image = Fade(stage, dtype="float32")(keras.layers.UpSampling2D(dtype="float32")(image), rgb, level)
        return keras.Model(given, image, name="generator")

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, H, W, C](, "label": int32 [B])} -> float32 logits [B]."""
        stages = resnet.grid(spec)[2]
        given = {"image": keras.Input(spec.shape, name="image")}
        if gan.told(spec, self.conditional):
            given["label"] = keras.Input((), dtype="int32", name="label")
        image = given["image"]
        level = Level(name="level")(image)
        x = None
        for stage in reversed(range(stages + 1)):
            dtype, filters = stylegan2.precision_of(stage, stages), stylegan2.channels_of(self, stage)
            seen = equalized.EqualizedConv2D(filters, 1, equalized.lrelu, dtype=dtype)(image)
            x = seen if x is None else Fade(stage + 1, dtype=dtype)(seen, x, level)
            if stage:
                x = equalized.EqualizedConv2D(filters, 3, equalized.lrelu, dtype=dtype)(x)
                coarser = stylegan2.channels_of(self, stage - 1)
                x = equalized.EqualizedConv2D(coarser, 3, equalized.lrelu, dtype=dtype)(x)
                x = keras.layers.AveragePooling2D(2, dtype=dtype)(x)
                image = keras.layers.AveragePooling2D(2, dtype="float32")(image)
        logit = stylegan2.logit_of(self, x, given.get("label"), spec, depth=0)
        return keras.Model(given, logit, name="discriminator")


class GrowingGAN(gan.NoiseGAN):
    """`NoiseGAN` whose networks are given the level of the images seen before each turn, and whose reals are as coarse.

    growth: a value whose `at(images)` is the level. The generator's average copies the level with its other state.
    """

    def __init__(self, *args, growth: Growth, **kwargs):
        super().__init__(*args, **kwargs)
        self.growth = growth

    @property
    def stats(self):
        return (*super().stats, "level")

    def multiples(self, rows):
        return super().multiples(rows) | deviation.multiples(self.discriminator, rows)

    def d_loss(self, batch):
        return super().d_loss(self.grown(batch))

    def g_loss(self, batch):
        return super().g_loss(self.grown(batch))

    def grown(self, batch: gan.Batch) -> gan.Batch:
        """The batch with its images as the level has them; the networks get there too."""
        level = self.growth.at(self.progress.images)
        for network in (self.generator, self.discriminator):
            network.get_layer("level").level.assign(level)
        self.observe("level", level)
        return batch | {"image": shown(batch["image"], level, self.growth.levels)}


class Level(keras.layers.Layer):
    """Anything -> the level, float32 scalar: state that the game sets, 0 at first."""

    def build(self, input_shape):
        state = {"dtype": "float32", "initializer": "zeros", "trainable": False, "autocast": False}
        # A pure function of the images seen: the replicas agree.
        self.level = self.add_weight(name="level", shape=(), aggregation="only_first_replica", **state)

    def call(self, x):
        return self.level.value

    def compute_output_spec(self, x):
        return keras.KerasTensor((), dtype="float32")


class Fade(keras.layers.Layer):
    """`faded` to resolution `stage`, in the type of the layer's policy: (coarse, fine [B, h, w, C], level) -> same."""

    def __init__(self, stage: int, **kwargs):
        super().__init__(**kwargs, autocast=False)  # the level stays float32
        self.stage = stage

    def call(self, coarse, fine, level):
        mixed = faded(tf.cast(coarse, tf.float32), tf.cast(fine, tf.float32), level, self.stage)
        return tf.cast(mixed, self.compute_dtype)

    def compute_output_spec(self, coarse, fine, level):
        return keras.KerasTensor(fine.shape, dtype=self.compute_dtype)


class PixelNorm(keras.layers.Layer):
    """x [B, H, W, C] over the root mean square of its channels, at each place (section 4.2); float32 inside."""

    def call(self, x):
        exact = tf.cast(x, tf.float32)
        scale = tf.math.rsqrt(tf.reduce_mean(tf.square(exact), axis=3, keepdims=True) + 1e-8)
        return tf.cast(exact * scale, x.dtype)


def faded(coarse: tf.Tensor, fine: tf.Tensor, level: tf.Tensor, stage: int) -> tf.Tensor:
    """Float32 maps of resolution `stage` at the level: `coarse` to level stage - 1, `fine` from level `stage` on."""
    share = tf.clip_by_value(level - (stage - 1), 0.0, 1.0)
    # Each is exact where it counts alone.
    return (1 - share) * coarse + share * fine


def shown(images: tf.Tensor, level: tf.Tensor, levels: int) -> tf.Tensor:
    """Float32 images [B, H, W, C] averaged to the level's resolution, and each pixel repeated back to their size."""
    finer = [images]  # from the full resolution down
    for _ in range(levels):
        finer.append(tf.nn.avg_pool2d(finer[-1], 2, 2, "VALID"))
    x = finer.pop()
    for stage in range(1, levels + 1):
        x = faded(tf.repeat(tf.repeat(x, 2, axis=1), 2, axis=2), finer.pop(), level, stage)
    return x
