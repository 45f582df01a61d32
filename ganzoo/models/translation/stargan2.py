"""StarGAN v2: one generator between all domains of a set, in styles drawn at random or taken from an image.

Choi et al. 2020, "StarGAN v2: diverse image synthesis for multiple domains", arXiv 1912.01865: objective of section
2.2, networks and training of the appendices, from the paper alone; without the heat maps that its faces need, as it has
it for animals. A domain is a class of the data. Played with `losses.non_saturating` and `regularizers.R1`. Known
differences:
- an update of a player is for both halves of the paper's iteration, the one guided by latent vectors and the one
  guided by references: its loss is the mean of the two, where they take an update each;
- references are the batch itself, moved on by one; the second reference, for the diversity term, is the next image of
  the same domain in the batch. Without one the term of that row is 0. So references are as frequent as their domain is
  in the data;
- the mapping learns at its own rate by the scale of its weights, see `Branches`: the same Adam but for its epsilon;
- no decay of weights;
- the convolutions of G have no biases but the last: instance norm takes away whatever is the same all over a map, and
  Adam would move them by rounding errors;
- the coarsest map has the shape of the image, its shorter side 4 to 7, where the paper's of 256x256 is 4x4.
As in the authors' training, the half guided by references moves the generator alone.
"""

import dataclasses
import functools
import math

import keras
import tensorflow as tf

from ganzoo import schedules
from ganzoo.errors import BadInput
from ganzoo.gan import GAN, Batch, Terms, rows
from ganzoo.layers import normalization, resnet
from ganzoo.regularizers import R1

SLOPE = 0.2  # of LeakyReLU below zero
EPSILON = 1e-5  # of instance norm
FADING = schedules.Linear(1.0, 0.0, finish=800_000)  # of the diversity term: 100,000 iterations of 8 images
SHARED, OWN = 4, 3  # hidden layers of the mapping for all domains, and then of each


@dataclasses.dataclass(frozen=True)
class StarGAN2:
    """The networks and the weights of the terms; the values are those of the paper.

    width: channels of the finest maps, doubled with each halving of the sides up to max_width. stages: how often G
    halves the sides. blocks: of G at its coarsest maps, before and after the style comes in. z_dim, hidden, style_dim:
    numbers of a latent vector, of the mapping's hidden layers, of a style. mapping_rate: learning rate of the mapping
    over G's. style, diversity, cycle: weights of the terms; diversity is a number or a schedule.
    """

    width: int = 64
    max_width: int = 512
    stages: int = 4
    blocks: int = 2
    z_dim: int = 16
    hidden: int = 512
    style_dim: int = 64
    mapping_rate: float = 0.01
    style: float = 1.0
    diversity: float | schedules.Linear = FADING
    cycle: float = 1.0

    def build(self, spec) -> "StarGame":
        """The game for images of `spec` (ganzoo.data.images.Spec). Raises BadInput for less than two classes, for a
        size that `resnet.grid` refuses, and for more stages than it has."""
        if spec.classes < 2:
            raise BadInput(
                f"data.classes: {spec.classes}; allowed: data with two classes or more, which are the domains"
            )
        _, _, halvings = resnet.grid(spec)
        if not 1 <= self.stages <= halvings:
            raise BadInput(
                f"model.stages: {self.stages} for images of {spec.height}x{spec.width}; allowed: 1..{halvings}"
            )
        return StarGame(self, spec)


class StarGame(GAN):
    """Batches {"image": float32 [B, H, W, C] in [-1, 1], "label": int32 [B]}.

    networks: "generator" {"image", "style"}, "mapping" {"z", "label"} and "encoder" {"image", "label"} by name, all of
    which are averaged and served; the label is the domain that a style is wanted of, or that an image is of.
    """

    g_terms = ("adv", "style", "diversity", "cycle")

    def __init__(self, nets: StarGAN2, spec, **kwargs):
        super().__init__(**kwargs)
        self.nets, self.spec, self.classes = nets, spec, spec.classes
        self.makers = {
            "generator": functools.partial(generator, nets, spec.channels),
            "mapping": functools.partial(mapping, nets, spec.classes),
            "encoder": functools.partial(encoder, nets, spec),
        }
        self.networks = {name: self._made(name) for name in self.makers}
        self.discriminator = discriminator(nets, spec)
        self.averaged: dict[str, keras.Model] = {}

    def _made(self, name: str) -> keras.Model:
        size = {"size": (self.spec.height, self.spec.width)} if name == "generator" else {}
        return self.makers[name](**size)

    @property
    def d_nets(self):
        return (self.discriminator,)

    @property
    def g_nets(self):
        return tuple(self.networks.values())

    @property
    def multiple(self) -> int:
        """Of which the sides of an image must be one, and at least twice."""
        return 2**self.nets.stages

    def make_averages(self):
        for name, network in self.networks.items():
            self.averaged[name] = self._made(name)
            self.averaged[name].set_weights(network.get_weights())
        return tuple((self.averaged[name], network) for name, network in self.networks.items())

    def sampler(self, name: str) -> keras.Model:
        """The network that serves: its average where one is kept."""
        return self.averaged.get(name, self.networks[name])

    def compile(self, d_optimizer, g_optimizer, adversarial, regularizers=(), **kwargs):
        """As `GAN.compile`. Raises ValueError for a relativistic loss, for fakes are not of their rows' domains, and
        for regularisers other than R1, which are told fakes or mixes without a domain."""
        others = [each.name for each in regularizers if not isinstance(each, R1)]
        if others or adversarial.relativistic:
            named = ", ".join(others) or adversarial.name
            raise ValueError(f"StarGAN v2 has no place for {named}; allowed: a loss of single logits, and R1")
        super().compile(d_optimizer, g_optimizer, adversarial, regularizers, **kwargs)

    def exhibit(self, images, recipe, fresh):
        from ganzoo import domains  # which translates, and so imports this way round

        return domains.Gallery(self, images, recipe, fresh)

    def served(self):
        from ganzoo import domains

        return domains.Served(self)

    def d_loss(self, batch: Batch) -> Terms:
        image, generate = batch["image"], self.networks["generator"]
        target, style, _ = self.wanted(batch, "d")
        fake = tf.stop_gradient(generate({"image": _twice(image), "style": style}, training=True))

        def critic(images):
            return self.discriminator({"image": images, "label": batch["label"]}, training=True)

        logits = critic(image), self.discriminator({"image": fake, "label": target}, training=True)
        penalties = {each.name: each(critic, image, fake, self.progress, logits) for each in self.regularizers}
        return {"adv": self.adversarial.d(*logits)} | penalties

    def g_loss(self, batch: Batch) -> Terms:
        image, generate, encode = batch["image"], self.networks["generator"], self.networks["encoder"]
        target, style, other_style = self.wanted(batch, "g")
        source = _twice(image)
        fake = generate({"image": source, "style": style}, training=True)
        other = generate({"image": source, "style": other_style}, training=True)
        own = encode(batch, training=True)
        back = generate({"image": fake, "style": tf.concat([own, tf.stop_gradient(own)], 0)}, training=True)
        by_latent, by_reference = (
            {"image": images, "label": labels}
            for images, labels in zip(tf.split(fake, 2), tf.split(target, 2), strict=True)
        )
        found = tf.concat([encode(by_latent, training=True), held(encode, by_reference)], 0)
        weight = schedules.value(self.nets.diversity, self.progress.images)
        logits = self.discriminator({"image": fake, "label": target}, training=True)
        return {
            "adv": self.adversarial.g(logits, None),
            "style": self.nets.style * _apart(style, found),
            "diversity": -weight * _apart(fake, other),
            "cycle": self.nets.cycle * _apart(source, back),
        }

    def wanted(self, batch: Batch, player: str) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """What the batch's images become: domains int32 [2 B] and two styles of each, float32 [2 B, style_dim]; the
        first half drawn at random, the second of references and without a gradient. player: whose turn, "d" or "g"."""
        count = rows(batch)
        draw = self.progress.uniform([count], f"{player}/domain")
        target = tf.minimum(tf.cast(draw * self.classes, tf.int32), self.classes - 1)
        first, second = references(batch)

        def styles(stream, reference):
            z = self.progress.normal([count, self.nets.z_dim], f"{player}/{stream}")
            drawn = self.networks["mapping"]({"z": z, "label": target}, training=True)
            return tf.concat([drawn, tf.stop_gradient(self.networks["encoder"](reference, training=True))], 0)

        return tf.concat([target, first["label"]], 0), styles("z", first), styles("z_other", second)


def references(batch: Batch) -> tuple[Batch, Batch]:
    """Two references for each row: the next row's image, and the first one after that of the same domain, else the
    same image again."""
    label = batch["label"]
    count = label.shape[0]
    places = tf.range(count)
    after = (places[None] - places[:, None] - 1) % count  # 0 for the next row, count - 1 for the row itself
    same = label[None] == label[:, None]
    partner = tf.argmin(tf.where(same, after, count), axis=1, output_type=tf.int32)
    first = {name: tf.roll(batch[name], -1, axis=0) for name in ("image", "label")}
    return first, first | {"image": tf.gather(batch["image"], tf.roll(partner, -1, axis=0))}


def held(network: keras.Model, inputs: Batch) -> tf.Tensor:
    """What a network without state makes of its inputs, with a gradient to them and none to its weights."""
    weights = [tf.stop_gradient(weight.value) for weight in network.trainable_variables]
    return network.stateless_call(weights, [], inputs, training=True)[0]


def generator(nets: StarGAN2, channels: int, size: tuple[int | None, int | None]) -> keras.Model:
    """{"image": [B, H, W, channels], "style": float32 [B, style_dim]} -> float32 [B, H, W, channels], of any range:
    pictures clip to [-1, 1]. size: (H, W), multiples of 2 ** stages, None = any."""
    image = keras.Input((*size, channels), name="image")
    style = keras.Input((nets.style_dim,), name="style")
    x = _conv(_width(nets, 0), 1, use_bias=False)(image)
    for stage in range(nets.stages):
        x = _block(x, _width(nets, stage + 1), _instance_norm, pool=True)
    for _ in range(nets.blocks):
        x = _block(x, x.shape[-1], _instance_norm)
    for _ in range(nets.blocks):
        x = _styled_block(x, style, x.shape[-1])
    for stage in reversed(range(nets.stages)):
        x = _styled_block(x, style, _width(nets, stage), up=True)
    x = _lrelu(_instance_norm(x))
    return keras.Model({"image": image, "style": style}, _conv(channels, 1, dtype="float32")(x), name="generator")


def mapping(nets: StarGAN2, classes: int) -> keras.Model:
    """{"z": float32 [B, z_dim], "label": int32 [B]} -> float32 [B, style_dim], a style of the label's domain."""
    z, label = keras.Input((nets.z_dim,), name="z"), keras.Input((), dtype="int32", name="label")
    x = keras.layers.Reshape((1, nets.z_dim), dtype="float32")(z)
    for layer in range(SHARED + OWN):
        x = Branches(1 if layer < SHARED else classes, nets.hidden, nets.mapping_rate)(x)
        x = keras.layers.ReLU(dtype="float32")(x)
    x = Branches(classes, nets.style_dim, nets.mapping_rate)(x)
    return keras.Model({"z": z, "label": label}, _of_label(x, label, classes), name="mapping")


def encoder(nets: StarGAN2, spec) -> keras.Model:
    """{"image": [B, H, W, C], "label": int32 [B]} -> float32 [B, style_dim], the image's style in that domain."""
    inputs, vector = _judged(nets, spec, nets.style_dim)
    return keras.Model(inputs, vector, name="encoder")


def discriminator(nets: StarGAN2, spec) -> keras.Model:
    """{"image": [B, H, W, C], "label": int32 [B]} -> float32 logits [B], whether it is a real of that domain."""
    inputs, vector = _judged(nets, spec, 1)
    return keras.Model(inputs, keras.layers.Reshape((), dtype="float32")(vector), name="discriminator")


def _judged(nets: StarGAN2, spec, units: int):
    """The inputs of an image and its label, and `units` numbers of the label's branch."""
    image, label = keras.Input(spec.shape, name="image"), keras.Input((), dtype="int32", name="label")
    _, _, halvings = resnet.grid(spec)
    x = _conv(_width(nets, 0), 1)(image)
    for stage in range(halvings):
        x = _block(x, _width(nets, stage + 1), pool=True)
    x = _lrelu(_conv(x.shape[-1], tuple(x.shape[1:3]), padding="valid")(_lrelu(x)))
    x = keras.layers.Reshape((1, x.shape[-1]), dtype="float32")(x)
    x = Branches(spec.classes, units)(x)
    return {"image": image, "label": label}, _of_label(x, label, spec.classes)


class Branches(keras.layers.Layer):
    """A dense layer for each of `count` branches: [B, 1 or count, C] -> float32 [B, count, units].

    rate: weights are kept at He's scale over `rate` and used times `rate`, as `layers.equalized` has it: one step of
    Adam then moves what is used by `rate` times its learning rate.
    """

    def __init__(self, count: int, units: int, rate: float = 1.0, **kwargs):
        super().__init__(**kwargs, dtype="float32")
        self.count, self.units, self.rate = count, units, rate

    def build(self, input_shape):
        length = input_shape[-1]
        start = keras.initializers.RandomNormal(0.0, math.sqrt(2 / length) / self.rate)
        self.kernel = self.add_weight(name="kernel", shape=(self.count, length, self.units), initializer=start)
        self.bias = self.add_weight(name="bias", shape=(self.count, self.units), initializer="zeros")

    def call(self, x):
        y = tf.matmul(tf.transpose(x, [1, 0, 2]), self.kernel.value * self.rate)  # [count, B, units]
        return tf.transpose(y, [1, 0, 2]) + self.bias.value * self.rate

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.count, self.units)


def _of_label(branches, label, classes: int):
    """[B, classes, units] and int32 [B] -> [B, units]."""
    chosen = keras.ops.one_hot(label, classes, dtype="float32")
    return keras.ops.sum(branches * keras.ops.expand_dims(chosen, 2), axis=1)


def _width(nets: StarGAN2, stage: int) -> int:
    return min(nets.width * 2**stage, nets.max_width)


def _block(x, filters: int, norm=None, pool: bool = False):
    """Pre-activation residual block: [B, H, W, C] -> [B, H, W, filters], sides halved where it pools; with biases where
    nothing is normalised."""
    norm, use_bias = norm or _same, norm is None
    shrink = keras.layers.AveragePooling2D(2) if pool else _same
    shortcut = shrink(x)  # before the 1x1 convolution, which is the same and less work
    if filters != x.shape[-1]:
        shortcut = _conv(filters, 1, use_bias=False)(shortcut)
    y = shrink(_conv(x.shape[-1], 3, use_bias=use_bias)(_lrelu(norm(x))))
    y = _conv(filters, 3, use_bias=use_bias)(_lrelu(norm(y)))
    return _sum(y, shortcut)


def _styled_block(x, style, filters: int, up: bool = False):
    """The same with the style's scales and shifts: -> [B, H, W, filters], sides doubled where it goes up."""
    grow = keras.layers.UpSampling2D() if up else _same
    shortcut = x if filters == x.shape[-1] else _conv(filters, 1, use_bias=False)(x)
    y = _conv(filters, 3, use_bias=False)(grow(_lrelu(_adaptive_norm(x, style))))
    y = _conv(filters, 3, use_bias=False)(_lrelu(_adaptive_norm(y, style)))
    return _sum(y, grow(shortcut))


def _same(x):
    return x


def _sum(left, right):
    return keras.layers.Add()([left, right]) * 2**-0.5


def _instance_norm(x):
    return keras.layers.GroupNormalization(groups=-1, epsilon=EPSILON)(x)


def _adaptive_norm(x, style):
    factors = keras.layers.Dense(2 * x.shape[-1], kernel_initializer=_he(), dtype="float32")(style)
    return normalization.AdaptiveNorm(EPSILON)(x, factors)


def _lrelu(x):
    return keras.layers.LeakyReLU(SLOPE)(x)


def _conv(filters: int, size, padding: str = "same", **kwargs) -> keras.layers.Layer:
    return keras.layers.Conv2D(filters, size, padding=padding, kernel_initializer=_he(), **kwargs)


def _he() -> keras.initializers.Initializer:
    return keras.initializers.VarianceScaling(2.0, mode="fan_in", distribution="untruncated_normal")


def _twice(images: tf.Tensor) -> tf.Tensor:
    return tf.concat([images, images], 0)


def _apart(left: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf.abs(tf.cast(left, tf.float32) - tf.cast(right, tf.float32)))
