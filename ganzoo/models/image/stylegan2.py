"""StyleGAN2: a latent mapped to styles that modulate every convolution, noise at every layer, smooth paths.

Karras et al. 2020, "Analyzing and improving the image quality of StyleGAN", arXiv 1912.04958: modulated convolutions
(section 2), path length regularisation (section 3.2), skip connections in G and residual ones in D (section 4.1).
Class labels and configurations: Karras et al. 2020, "Training generative adversarial networks with limited data", arXiv
2006.06676. Style mixing and truncation: Karras et al. 2019, arXiv 1812.04948, section 3.1 and appendix B. Played with
`losses.non_saturating` and a lazy `regularizers.R1`. The StyleGAN of 2019 plays the same game.

Differences from the papers:
- lazy terms are merged into the main step and multiplied by their interval, without the papers' correction of Adam;
- beside squares of a power of two, sides that halve evenly to 4 to 7: channels then go by the number of halvings;
- one cutoff of style mixing for the share of the batch that a device has, and there the path length compares with its
  own samples before the devices agree on the mean;
- w_avg is moved by D's steps only; noise at inference is constant unless asked for;
- under mixed precision the four finest resolutions follow the policy, the coarsest never does; outputs are clamped in
  float16 only, since bfloat16 has float32's range.
"""

import dataclasses
import math
from typing import Literal

import keras
import tensorflow as tf

from ganzoo import gan
from ganzoo.layers import deviation, equalized, fir, modulated, resnet

LR_MULT = 0.01  # of the mapping network
DECAY = 0.01  # of the running mean of path lengths


@dataclasses.dataclass(frozen=True)
class StyleGAN2:
    """cbase, cmax: a map of resolution r has min(cbase // r, cmax) channels, r = 4 for the coarsest, then doubled.

    depth: layers of the mapping network; group: of the minibatch standard deviation; mixing: probability of style
    mixing; path_length: weight of the path length term, 0 = none, taken every `path_interval` steps;
    conditional: both networks are told the class.
    """

    cbase: int = 16384
    cmax: int = 512
    z_dim: int = 512
    w_dim: int = 512
    depth: int = 8
    architecture: Literal["resnet", "orig"] = "resnet"  # of D
    group: int = 4
    mixing: float = 0.9
    path_length: float = 2.0
    path_interval: int = 4  # steps
    conditional: bool = False

    latent = "normal"

    def build(self, spec) -> "StyleGAN2Game":
        """The model for images of `spec` (ganzoo.data.images.Spec). Labels are ignored unless `conditional`. Raises
        BadInput for a size that `resnet.grid` refuses, and without classes where they are needed."""
        return gan.played(self, spec)

    def game(self, spec) -> tuple[type, dict]:
        """As `gan.played` takes it."""
        choices = {"mixing": self.mixing, "path_length": self.path_length, "path_interval": self.path_interval}
        return StyleGAN2Game, choices | {"classes": gan.told(spec, self.conditional)}

    def generator(self, spec) -> keras.Model:
        """{"z": [B, z_dim], "truncation": [B](, "label": int32 [B])} -> float32 [B, H, W, C], not squashed."""
        return generator(self, spec, synthesis(self, spec), beta=0.998)

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, H, W, C](, "label": int32 [B])} -> float32 logits [B]."""
        return discriminator(self, spec)


class StyleGAN2Game(gan.NoiseGAN):
    """The game: styles are mixed, w_avg follows, and G also descends the deviation of path lengths (eq. 4 of 2020).

    generator: as `generator` below makes it. Its parts are called one by one, with noise of the step's own.
    """

    truncates = True

    def __init__(self, *args, mixing: float, path_length: float = 0.0, path_interval: int = 4, **kwargs):
        super().__init__(*args, **kwargs)
        self.mixing, self.path_length, self.path_interval = mixing, path_length, path_interval
        self.path_mean = self.add_weight(
            name="path_mean", shape=(), initializer="zeros", trainable=False, dtype="float32", aggregation="mean"
        )

    @property
    def g_terms(self):
        return (*super().g_terms, *(("path",) if self.path_length else ()))

    @property
    def period(self):
        return math.lcm(super().period, self.path_interval if self.path_length else 1)

    def multiples(self, rows):
        return super().multiples(rows) | deviation.multiples(self.discriminator, rows)

    def styled(self, network):
        synthesis = network.get_layer("synthesis")
        finishes = (layer for layer in synthesis.layers if isinstance(layer, modulated.Finish))
        return gan.Styled(
            keras.Model(network.input, network.get_layer("styles").output, name="mapping"),
            synthesis,
            keras.Model({"w": synthesis.input["w"]}, affines(synthesis)),
            network.get_layer("noise"),
            tuple(layer.output.shape[1:3] for layer in finishes if layer.strength is not None),
        )

    def fake(self, batch, player):
        w = self.mapped(batch, player)
        if player == "d":
            self.generator.get_layer("styles").follow(w)
        return self.drawn(self.mixed(w, batch, player), player)

    def mapped(self, batch, player: str) -> tf.Tensor:
        """w float32 [B, w_dim] of fresh latents. player: names the draw."""
        z = self.latents(gan.rows(batch), player)
        return self.generator.get_layer("mapping")({"z": z} | self.condition(batch), training=True)

    def mixed(self, w: tf.Tensor, batch, player: str) -> tf.Tensor:
        """The style of each layer, [B, layers, w_dim]: w, and from a random layer on another's with probability
        `mixing`."""
        layers = self.generator.get_layer("styles").layers
        if not self.mixing:
            return tf.repeat(w[:, None], layers, axis=1)
        other = self.mapped(batch, f"{player}/mixing")
        happens, place = tf.unstack(self.progress.uniform([1, 2], f"{player}/cutoff")[0])
        cutoff = 1 + tf.cast(place * (layers - 1), tf.int32)  # 1 ... layers - 1
        cutoff = tf.where(happens < self.mixing, cutoff, layers)
        late = tf.range(layers) >= cutoff
        return tf.where(late[:, None], other[:, None], w[:, None])

    def drawn(self, styles: tf.Tensor, player: str) -> tf.Tensor:
        """Images of styles [B, layers, w_dim], with fresh noise."""
        network = self.generator.get_layer("synthesis")
        noise = self.progress.normal([styles.shape[0], network.input["noise"].shape[1]], f"{player}/noise")
        return network({"w": styles, "noise": noise}, training=True)

    def g_loss(self, batch):
        terms = super().g_loss(batch)
        if not self.path_length:
            return terms
        # The state is set outside the condition: replicas cannot agree inside one.
        penalty, mean = tf.cond(
            self.progress.step % self.path_interval == 0,
            lambda: self.path_penalty(batch),
            lambda: (tf.zeros([]), self.path_mean.value),
        )
        self.path_mean.assign(mean)
        return terms | {"path": self.path_interval * self.path_length * penalty}

    def path_penalty(self, batch) -> tuple[tf.Tensor, tf.Tensor]:
        """(mean of (length - a)^2 over half a batch, a), float32 scalars, a the running mean with these lengths."""
        half = {name: value[: max(1, gan.rows(batch) // 2)] for name, value in batch.items()}
        styles = self.mixed(self.mapped(half, "path"), half, "path")
        with tf.GradientTape() as tape:
            tape.watch(styles)
            image = self.drawn(styles, "path")
            direction = self.progress.normal(image.shape, "path/y") / (image.shape[1] * image.shape[2]) ** 0.5
            along = tf.reduce_sum(image * direction)
        lengths = path_lengths(tape.gradient(along, styles))
        mean = self.path_mean.value + DECAY * (tf.reduce_mean(lengths) - self.path_mean.value)
        return tf.reduce_mean(tf.square(lengths - mean)), tf.stop_gradient(mean)


def path_lengths(slope: tf.Tensor) -> tf.Tensor:
    """|J' y| of each sample from its gradient [B, layers, w_dim]: the root of the mean over layers, float32 [B]."""
    # The root's derivative is infinite at 0.
    return tf.sqrt(tf.reduce_mean(tf.reduce_sum(tf.square(slope), axis=2), axis=1) + 1e-8)


class Truncation(keras.layers.Layer):
    """(w [B, w_dim], truncation [B]) -> [B, layers, w_dim]: w_avg + truncation * (w - w_avg), for each layer of G.

    cutoff: only the first so many layers are truncated, None = all. beta: of w_avg, a step.
    """

    def __init__(self, layers: int, beta: float, cutoff: int | None = None, **kwargs):
        super().__init__(**kwargs, dtype="float32")
        self.layers, self.beta, self.cutoff = layers, beta, cutoff

    def build(self, w_shape, truncation_shape):
        self.average = self.add_weight(
            name="w_avg", shape=(w_shape[-1],), initializer="zeros", trainable=False, aggregation="mean"
        )

    def follow(self, w: tf.Tensor):
        """Move w_avg by one step towards the mean of w [B, w_dim]."""
        mean = tf.reduce_mean(tf.stop_gradient(w), axis=0)
        self.average.assign(mean + self.beta * (self.average.value - mean))

    def call(self, w, truncation):
        truncated = self.average.value + truncation[:, None] * (w - self.average.value)
        cutoff = self.layers if self.cutoff is None else min(self.cutoff, self.layers)
        return tf.stack([truncated] * cutoff + [w] * (self.layers - cutoff), axis=1)

    def compute_output_spec(self, w, truncation):
        return keras.KerasTensor((w.shape[0], self.layers, w.shape[1]), dtype="float32")


class Constant(keras.layers.Layer):
    """Any [B, ...] -> a learned map [B, height, width, channels], the same for every sample.

    start: its initializer, N(0, 1) where none is stated.
    """

    def __init__(self, height: int, width: int, channels: int, start=None, **kwargs):
        super().__init__(**kwargs)
        self.map = (height, width, channels)
        self.start = keras.initializers.get(start) or keras.initializers.RandomNormal(0.0, 1.0)

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=self.map, initializer=self.start, autocast=False)

    def call(self, x):
        rows = x.shape[0] or tf.shape(x)[0]
        return tf.repeat(tf.cast(self.kernel.value, self.compute_dtype)[None], rows, axis=0)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.map)


def generator(
    nets, spec, drawing: keras.Model, beta: float, cutoff: int | None = None, rest: dict | None = None
) -> keras.Model:
    """mapping -> truncation -> synthesis, as one network.

    {"z", "truncation"(, "label")} -> image. drawing: {"w": [B, layers, w_dim], ...} -> image. rest: what the drawing
    takes beside w, each made by a layer that sees w alone; where none is stated, "noise": [B or 1, values], constant.
    """
    z, truncation = keras.Input((nets.z_dim,), name="z"), keras.Input((), name="truncation")
    classes = gan.told(spec, nets.conditional)
    given = {"z": z} | ({"label": keras.Input((), dtype="int32", name="label")} if classes else {})
    w = mapping(nets.depth, nets.w_dim, nets.z_dim, classes)(given)
    styles = Truncation(drawing.input["w"].shape[1], beta, cutoff, name="styles")(w, truncation)
    rest = rest or {"noise": modulated.ConstantNoise(drawing.input["noise"].shape[1], name="noise")}
    image = drawing({"w": styles} | {name: layer(w) for name, layer in rest.items()})
    return keras.Model(given | {"truncation": truncation}, image, name="generator")


def mapping(depth: int, width: int, z_dim: int, classes: int) -> keras.Model:
    """{"z": [B, z_dim], "label": int32 [B]} -> float32 [B, width]. z_dim 0: of the label alone; classes 0: of z."""
    inputs, parts = {}, []
    if z_dim:
        inputs["z"] = keras.Input((z_dim,), name="z")
        parts.append(_unit(inputs["z"]))
    if classes:
        inputs["label"] = keras.Input((), dtype="int32", name="label")
        one_hot = keras.ops.one_hot(inputs["label"], classes)
        parts.append(_unit(equalized.EqualizedDense(width, dtype="float32")(one_hot)))
    x = keras.ops.concatenate(parts, axis=-1) if len(parts) > 1 else parts[0]
    for _ in range(depth):
        x = equalized.EqualizedDense(width, equalized.lrelu, LR_MULT, dtype="float32")(x)
    return keras.Model(inputs, x, name="mapping")


def synthesis(nets: StyleGAN2, spec) -> keras.Model:
    """{"w": [B, layers, w_dim], "noise": [B or 1, values]} -> float32 [B, H, W, C]: an image summed over resolutions.

    `layers` is twice the number of resolutions: the last style of one is also the first of the next. A row of noise
    serves the layers one after the other.
    """
    height, width, _ = resnet.grid(spec)
    w, noise, cut = inputs_of_synthesis(nets.w_dim, spec, first=1)
    x = Constant(height, width, channels_of(nets, 0), dtype="float32")(w)
    return keras.Model({"w": w, "noise": noise}, image_of(nets, spec, x, w, cut), name="synthesis")


def image_of(nets, spec, x, w, cut=None):
    """The layers of a synthesis from its coarsest map on: [B, h, w, any], w [B, layers, w_dim] -> float32 [B, H, W, C].

    cut: gives the noise of the layer that makes a map, see `inputs_of_synthesis`; None = there is none.
    """
    _, _, stages = resnet.grid(spec)
    image, layer = None, 0
    for stage in range(stages + 1):
        dtype = precision_of(stage, stages)
        for up in (True, False) if stage else (False,):
            style = affine(w[:, layer], x.shape[-1])
            x = modulated.ModulatedConv2D(channels_of(nets, stage), 3, up=up, dtype=dtype)(x, style)
            x = modulated.Finish(equalized.lrelu, dtype=dtype)(x, *([cut(x)] if cut else []))
            layer += 1
        rgb = modulated.ModulatedConv2D(spec.channels, 1, demodulate=False, dtype=dtype)(
            x, affine(w[:, layer], x.shape[-1])
        )
        rgb = modulated.Finish(equalized.linear, dtype=dtype)(rgb)
        if image is None:
            image = keras.layers.Activation("linear", dtype="float32")(rgb)
        else:
            image = keras.layers.Add(dtype="float32")([fir.Up(dtype="float32")(image), rgb])
    return image


def inputs_of_synthesis(w_dim: int, spec, first: int):
    """(w, noise, cut): the inputs of a synthesis network with `first` noisy layers at the coarsest resolution and two
    at each other; cut(x) gives the noise of the layer that makes x [B, h, w, C], each after the one before."""
    height, width, stages = resnet.grid(spec)
    values = height * width * (first + sum(2 * 4**stage for stage in range(1, stages + 1)))
    noise, place = keras.Input((values,), name="noise"), 0

    def cut(x):
        nonlocal place
        place += x.shape[1] * x.shape[2]
        return noise[:, place - x.shape[1] * x.shape[2] : place]

    return keras.Input((2 * (stages + 1), w_dim), name="w"), noise, cut


def affine(w, channels: int):
    """The learned style of a layer: [B, w_dim] -> float32 [B, channels], 1 at first but for w's share."""
    return equalized.EqualizedDense(channels, bias=1.0, dtype="float32")(w)


def affines(synthesis: keras.Model) -> list:
    """The styles that `affine` makes within a synthesis."""
    return [layer.output for layer in synthesis.layers if isinstance(layer, equalized.EqualizedDense)]


def discriminator(nets: StyleGAN2, spec) -> keras.Model:
    """{"image": [B, H, W, C](, "label": int32 [B])} -> float32 logits [B]."""
    _, _, stages = resnet.grid(spec)
    image = keras.Input(spec.shape, name="image")
    conv = equalized.EqualizedConv2D
    x = conv(channels_of(nets, stages), 1, equalized.lrelu, dtype=precision_of(stages, stages))(image)
    for stage in reversed(range(1, stages + 1)):
        dtype, filters = precision_of(stage, stages), channels_of(nets, stage - 1)
        residual = nets.architecture == "resnet"
        gain = 0.5**0.5 if residual else 1.0
        y = conv(x.shape[-1], 3, equalized.lrelu, dtype=dtype)(x)
        y = conv(filters, 3, equalized.lrelu, gain, down=True, dtype=dtype)(y)
        if residual:
            shortcut = conv(filters, 1, gain=gain, use_bias=False, down=True, dtype=dtype)(x)
            y = keras.layers.Add(dtype=dtype)([y, shortcut])
        x = y
    given = {"label": keras.Input((), dtype="int32", name="label")} if gan.told(spec, nets.conditional) else {}
    logit = logit_of(nets, x, given.get("label"), spec, nets.depth)
    return keras.Model({"image": image} | given, logit, name="discriminator")


def logit_of(nets, x, label, spec, depth: int):
    """D's layers from its coarsest map on: [B, h, w, C] (and int32 [B], or None) -> float32 logits [B].

    depth: layers that the class goes through before it is projected.
    """
    channels = channels_of(nets, 0)
    x = deviation.MinibatchDeviation(nets.group)(x)
    x = equalized.EqualizedConv2D(channels, 3, equalized.lrelu, dtype="float32")(x)
    x = keras.layers.Flatten(dtype="float32")(x)
    x = equalized.EqualizedDense(channels, equalized.lrelu, dtype="float32")(x)
    if label is not None:
        told = mapping(depth, channels, 0, spec.classes)({"label": label})
        x = equalized.EqualizedDense(channels, dtype="float32")(x)
        logit = keras.ops.sum(x * told, axis=1) / channels**0.5
    else:
        logit = equalized.EqualizedDense(1, dtype="float32")(x)
    return keras.layers.Reshape((), dtype="float32", name="logit")(logit)


def channels_of(nets, stage: int) -> int:
    """Channels of the maps after `stage` doublings of the coarsest."""
    return min(nets.cbase // (4 * 2**stage), nets.cmax)


def precision_of(stage: int, stages: int) -> str | None:
    """The dtype policy of a resolution: None, the global one, for the four finest but never for the coarsest."""
    return None if stage > max(0, stages - 4) else "float32"


def _unit(x):
    """x [B, C] divided by its root mean square."""
    return x * keras.ops.rsqrt(keras.ops.mean(keras.ops.square(x), axis=-1, keepdims=True) + 1e-8)
