"""StyleGAN3-T: pictures whose detail moves with the objects, because nothing in G knows where a pixel is.

Karras et al. 2021, "Alias-free generative adversarial networks", arXiv 2106.12423: the translation-equivariant
configuration T. Fourier features in place of a learned map (section 3.1; turned and moved by w: appendix F), no noise,
maps of a geometric progression of bands on canvases with a margin (section 3.2, figure 4), a filtered nonlinearity and
a running scale in every layer (`layers.filtered`). D, mapping and truncation are those of stylegan2.py. Played with
`losses.non_saturating` and a lazy `regularizers.R1`; no style mixing, no path length. Differences from the paper:
- for pictures up to 64x64: without the paper's fused operation G is slow, since every layer's maps stand in memory at
  two to four times their rate along each axis, see `layers.filtered`;
- beside squares of a power of two, the sides that D takes: the unit of length is the shorter side, and a map's rate is
  the lowest of that side's halves which is high enough (for powers of two the paper's formula);
- a style is not divided by its root mean square over the batch: demodulation cancels every factor of a style, and
  a sample must not depend on its batch; in float16 `layers.modulated` keeps the range in its own way;
- convolutions keep the size of the extended canvas, zeros around it;
- lazy R1 is merged into the main step, the mapping's w_avg and the running scales are moved by D's steps only;
- under mixed precision the features and the last layer are float32, every other layer follows the policy; outputs are
  clamped in float16 only.
"""

import dataclasses
import math

import keras
import tensorflow as tf

from ganzoo import gan
from ganzoo.errors import BadInput
from ganzoo.layers import deviation, equalized, filtered, modulated, resnet
from ganzoo.models.image import stylegan2

CUTOFF = 2.0  # of the first map, in cycles a side
STOP = 2**2.1  # where nothing of the first map is left, in cycles a side
LAST_STOP = 2**0.3  # of the last map, as a share of half its rate
MARGIN = 10  # of a map around the picture, in its own samples
OUTPUT_SCALE = 0.25


@dataclasses.dataclass(frozen=True)
class StyleGAN3:
    """cbase, cmax: a map with a cutoff of f cycles a side has min(cbase / 2 / f, cmax) channels, and in D one of
    resolution r min(cbase // r, cmax).

    layers: filtered ones of G, the last `critical` of which use the whole band of their rate; depth: layers of the
    mapping network; group: of the minibatch standard deviation; conditional: both networks are told the class.
    """

    cbase: int = 32768
    cmax: int = 512
    z_dim: int = 512
    w_dim: int = 512
    depth: int = 2
    layers: int = 14
    critical: int = 2
    group: int = 4
    conditional: bool = False

    latent = "normal"
    architecture = "resnet"  # of D

    def build(self, spec) -> "StyleGAN3Game":
        """The model for images of `spec` (ganzoo.data.images.Spec). Labels are ignored unless `conditional`. Raises
        BadInput for a size that `resnet.grid` refuses, where no layer is below the critical ones, and without classes
        where they are needed."""
        return gan.played(self, spec)

    def game(self, spec) -> tuple[type, dict]:
        """As `gan.played` takes it."""
        return StyleGAN3Game, {"classes": gan.told(spec, self.conditional)}

    def generator(self, spec) -> keras.Model:
        """{"z": [B, z_dim], "truncation": [B](, "label": int32 [B])} -> float32 [B, H, W, C], not squashed."""
        rest = {"transform": Untransformed()}
        return stylegan2.generator(self, spec, synthesis(self, spec), beta=0.998, rest=rest)

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, H, W, C](, "label": int32 [B])} -> float32 logits [B]."""
        return stylegan2.discriminator(self, spec)


class StyleGAN3Game(gan.NoiseGAN):
    """The game of noise and image, in whose D's steps w_avg and the running scales of G follow.

    generator: as `stylegan2.generator` makes it.
    """

    truncates = True

    def multiples(self, rows):
        return super().multiples(rows) | deviation.multiples(self.discriminator, rows)

    def styled(self, network):
        synthesis = network.get_layer("synthesis")
        w = synthesis.input["w"]
        features = next(layer for layer in synthesis.layers if isinstance(layer, FourierFeatures))
        placed = keras.layers.Lambda(features.placed, output_shape=(4,), dtype="float32")(w[:, 0])
        return gan.Styled(
            keras.Model(network.input, network.get_layer("styles").output, name="mapping"),
            keras.Model({"w": w}, synthesis({"w": w, "transform": Untransformed()(w)})),
            keras.Model({"w": w}, [placed, *stylegan2.affines(synthesis)]),
        )

    def fake(self, batch, player):
        z = self.latents(gan.rows(batch), player)
        w = self.generator.get_layer("mapping")({"z": z} | self.condition(batch), training=True)
        styles, network = self.generator.get_layer("styles"), self.generator.get_layer("synthesis")
        if player == "d":
            styles.follow(w)
        inputs = {"w": tf.repeat(w[:, None], styles.layers, axis=1), "transform": tf.eye(3)[None]}
        # Of G's layers the running scales alone know training mode.
        return network(inputs, training=player == "d")


def bands(nets: StyleGAN3, spec) -> list[filtered.Band]:
    """The band of each layer's result, the first being that of the features too: section 3.2, appendix C of the paper.

    Cutoff and stopband grow from their first to their last value by one factor a layer, and stay there for the critical
    layers. Raises BadInput for a size that `resnet.grid` refuses and where no layer is below the critical ones.
    """
    if not 1 <= nets.critical < nets.layers:
        raise BadInput(f"model.critical: {nets.critical}; allowed: 1 to model.layers - 1 = {nets.layers - 1}")
    height, width, stages = resnet.grid(spec)
    rates = [min(height, width) * 2**stage for stage in range(stages + 1)]
    nyquist = rates[-1] / 2
    found = []
    for layer in range(nets.layers):
        share = min(layer / (nets.layers - nets.critical), 1.0)
        cutoff = CUTOFF * (nyquist / CUTOFF) ** share
        stop = STOP * (nyquist * LAST_STOP / STOP) ** share
        rate = next(rate for rate in rates if rate >= min(2 * stop, rates[-1]))
        found.append(filtered.Band(rate, cutoff, max(stop, rate / 2) - cutoff))
    return found


def synthesis(nets: StyleGAN3, spec) -> keras.Model:
    """{"w": [B, layers + 2, w_dim], "transform": [B or 1, 3, 3]} -> float32 [B, H, W, C].

    transform: takes (x, y, 1) of a point of the picture to that of the plane where it is seen; x to the right and y
    down from the middle, the shorter side is 1. The identity leaves the picture as it is.
    """
    plan, side = bands(nets, spec), min(spec.height, spec.width)

    def size(band, margin=MARGIN):
        return tuple(length * band.rate // side + 2 * margin for length in (spec.height, spec.width))

    w, transform = keras.Input((nets.layers + 2, nets.w_dim), name="w"), keras.Input((3, 3), name="transform")
    channels = channels_of(nets, plan[0])
    x = FourierFeatures(channels, size(plan[0]), plan[0], dtype="float32")(w[:, 0], transform)
    x = equalized.EqualizedConv2D(channels, 1, use_bias=False, dtype="float32")(x)
    for layer, (before, after) in enumerate(zip(plan[:1] + plan, plan, strict=False)):
        last = layer == nets.layers - 1
        x = filtered.RunningScale()(x)
        x = modulated.ModulatedConv2D(channels_of(nets, after), 3)(x, stylegan2.affine(w[:, layer + 1], x.shape[-1]))
        x = filtered.FilteredLRelu(before, after, size(after, 0 if last else MARGIN))(x)
    x = filtered.RunningScale(dtype="float32")(x)
    x = modulated.ModulatedConv2D(spec.channels, 1, demodulate=False, dtype="float32")(
        x, stylegan2.affine(w[:, -1], x.shape[-1])
    )
    image = modulated.Finish(equalized.linear, dtype="float32")(x)
    return keras.Model({"w": w, "transform": transform}, image * OUTPUT_SCALE, name="synthesis")


class FourierFeatures(keras.layers.Layer):
    """(w float32 [B, w_dim], transform float32 [B or 1, 3, 3]) -> float32 [B, *size, channels]: waves in [-1, 1].

    Their frequencies are uniform in the disc of the band's cutoff, their phases any; both are drawn once and stay. w
    turns the plane by the angle of (r_c, r_s) about the middle and then moves it by (t_x, t_y): appendix F; at first
    it does neither. transform: as in `synthesis`, for what the picture goes through after that.
    """

    def __init__(self, channels: int, size: tuple[int, int], band: filtered.Band, **kwargs):
        super().__init__(**kwargs)
        self.channels, self.size, self.band = channels, size, band

    def build(self, w_shape, transform_shape):
        state = {"trainable": False, "autocast": False, "aggregation": "only_first_replica"}
        shape, turns = (2, self.channels), keras.initializers.RandomUniform(0.0, 1.0)
        self.frequencies = self.add_weight(name="frequencies", shape=shape, initializer=self._in_disc, **state)
        self.phases = self.add_weight(name="phases", shape=shape[1:], initializer=turns, **state)
        self.kernel = self.add_weight(name="kernel", shape=(w_shape[-1], 4), initializer="zeros", autocast=False)
        unturned = keras.initializers.Constant([1.0, 0.0, 0.0, 0.0])
        self.bias = self.add_weight(name="bias", shape=(4,), initializer=unturned, autocast=False)

    def _in_disc(self, shape, dtype=None):
        radius, angle = keras.ops.unstack(keras.random.uniform(shape))
        # The root, since a ring's area grows with its radius.
        radius, angle = self.band.cutoff * keras.ops.sqrt(radius), 2 * math.pi * angle
        return keras.ops.stack([radius * keras.ops.cos(angle), radius * keras.ops.sin(angle)])

    def placed(self, w: tf.Tensor) -> tf.Tensor:
        """(r_c, r_s, t_x, t_y) of w: float32 [B, 4]."""
        return tf.matmul(w, equalized.scaled(self.kernel)) + self.bias.value

    def call(self, w, transform):
        cosine, sine, right, down = tf.unstack(self.placed(w)[:, None, None], axis=3)  # [B, 1, 1] each
        length = tf.math.rsqrt(tf.square(cosine) + tf.square(sine) + 1e-8)
        cosine, sine = cosine * length, sine * length
        y, x = ((tf.range(length, dtype=tf.float32) + 0.5 - length / 2) / self.band.rate for length in self.size)
        # Products and sums, for a matrix product may round to TF32.
        x, y = (
            transform[:, axis, 0, None, None] * x
            + transform[:, axis, 1, None, None] * y[:, None]
            + transform[:, axis, 2, None, None]
            for axis in range(2)
        )
        x, y = x - right, y - down
        x, y = cosine * x + sine * y, cosine * y - sine * x  # [B, H, W]
        by_x, by_y = tf.unstack(self.frequencies.value)
        return tf.sin(2 * math.pi * (x[..., None] * by_x + y[..., None] * by_y + self.phases.value))

    def compute_output_spec(self, w, transform):
        return keras.KerasTensor((w.shape[0], *self.size, self.channels), dtype="float32")


class Untransformed(keras.layers.Layer):
    """Any [B, ...] -> the identity, float32 [1, 3, 3]."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs, dtype="float32")

    def call(self, x):
        return tf.eye(3)[None]

    def compute_output_spec(self, x):
        return keras.KerasTensor((1, 3, 3), dtype="float32")


def channels_of(nets: StyleGAN3, band: filtered.Band) -> int:
    """Channels of a map of that band."""
    return min(round(nets.cbase / 2 / band.cutoff), nets.cmax)
