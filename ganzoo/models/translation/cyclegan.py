"""CycleGAN: two generators that undo each other, learned from two unpaired sets of images.

Zhu et al. 2017, "Unpaired image-to-image translation using cycle-consistent adversarial networks", arXiv 1703.10593:
losses of section 3, networks of appendix 7.2, training of section 4. Played with `losses.least_squares`. Details as in
the authors' PyTorch code: D's loss is half the sum of squares and G's the whole, where `losses.least_squares` has half
of both, which is why G's is doubled here; both cycle terms move both generators, one optimizer moves both
generators and another both discriminators, weights from N(0, 0.02), biases beside instance norm. Differences:
- D's step comes first in a step, then G's; the fakes that D sees are made before G's step there too;
- `up="resize"` doubles a map by repeating pixels before a plain convolution, where the paper's transposed one can
  leave a checkerboard.
"""

import dataclasses
import functools
from typing import Any, Literal

import keras
import tensorflow as tf

from ganzoo import translation
from ganzoo.errors import BadInput
from ganzoo.gan import Batch, Terms
from ganzoo.layers import padding
from ganzoo.models.translation import patchgan

A2B, B2A = "a2b", "b2a"


@dataclasses.dataclass(frozen=True)
class ResNet:
    """The paper's networks: a residual G and the 70x70 PatchGAN.

    width: channels of the finest maps of G, d_width: of D; downs: halvings of G, each of which doubles its channels;
    blocks: residual ones of G, 9 for 256x256 and 6 for 128x128 in the paper.
    """

    width: int = 64
    d_width: int = 64
    downs: int = 2
    blocks: int = 9
    up: Literal["transposed", "resize"] = "transposed"

    @property
    def multiple(self) -> int:
        """What sides are multiples of."""
        return 2**self.downs

    @property
    def least(self) -> int:
        """The least side: two pixels at the coarsest are the least that mirrored borders can be made of."""
        return 2 * self.multiple

    @property
    def least_trained(self) -> int:
        """The least side in training."""
        return max(self.least, patchgan.LEAST)

    @property
    def reach(self) -> int:
        """How far a pixel made looks, see `translation.Translator`."""
        coarsest = 2**self.downs
        up, down = 2 * coarsest - 2, coarsest - 1
        return 3 + up + 2 * coarsest * self.blocks + down + 3

    def generator(self, size: translation.Size, given: int, made: int) -> keras.Model:
        return generator(self, size, given, made)

    def discriminator(self, channels: int, size: translation.Size) -> keras.Model:
        return patchgan.discriminator(channels, size, self.d_width)


@dataclasses.dataclass(frozen=True)
class CycleGAN:
    """nets: a value with `generator`, `discriminator` and the sides that they take, such as `ResNet` or `light.Light`.
    cycle: weight of the cycle term; identity: of the identity term, relative to it; pool: fakes of each domain that D
    may be shown again."""

    nets: Any = ResNet()
    cycle: float = 10.0
    identity: float = 0.5
    pool: int = 50

    def build(self, spec) -> "CycleGame":
        """The game for pairs of `spec` (ganzoo.data.pairs.PairSpec). Raises BadInput for sides that are not the
        networks' (the paper's: multiples of 4, at least 24), for domains of different sizes, and for different channels
        with an identity term."""
        nets = self.nets
        translation.check_sizes(spec, nets.multiple, nets.least_trained)
        a, b = spec.a.channels, spec.b.channels
        if self.identity and a != b:
            raise BadInput(f"model.identity: {self.identity}, but a has {a} channels and b {b}; allowed: 0")
        sides = {"multiple": nets.multiple, "least": nets.least, "reach": nets.reach}
        there = translation.Translator(functools.partial(nets.generator, given=a, made=b), a, b, **sides)
        back = translation.Translator(functools.partial(nets.generator, given=b, made=a), b, a, "b", "a", **sides)
        return CycleGame(self, {A2B: there, B2A: back}, spec)


class CycleGame(translation.TranslationGAN):
    """Batches {"a", "b"}: float32 [B, H, W, C] in [-1, 1], independent of each other."""

    d_terms = ("adv_a", "adv_b")

    def __init__(self, choice: CycleGAN, translators: dict[str, translation.Translator], spec, **kwargs):
        size = (spec.a.height, spec.a.width)
        super().__init__(translators, dict.fromkeys(translators, size), **kwargs)
        self.cycle, self.identity = choice.cycle, choice.identity
        self.d_a, self.d_b = (choice.nets.discriminator(part.channels, size) for part in (spec.a, spec.b))
        self.pool_a, self.pool_b = (
            Pool(choice.pool, spec.a.shape, name="pool_a"),
            Pool(choice.pool, spec.b.shape, name="pool_b"),
        )

    @property
    def d_nets(self):
        return (self.d_a, self.d_b)

    @property
    def g_terms(self):
        return ("adv_a", "adv_b", "cycle", "identity") if self.identity else ("adv_a", "adv_b", "cycle")

    def d_loss(self, batch: Batch) -> Terms:
        to_a, to_b = self.networks[B2A], self.networks[A2B]
        terms = {}
        for name, judge, real, fake, pool in (
            ("adv_a", self.d_a, batch["a"], to_a({"image": batch["b"]}, training=True), self.pool_a),
            ("adv_b", self.d_b, batch["b"], to_b({"image": batch["a"]}, training=True), self.pool_b),
        ):
            shown = pool.shown(tf.stop_gradient(fake), self.progress)
            real_logits, fake_logits = judge({"image": real}, training=True), judge({"image": shown}, training=True)
            terms[name] = self.adversarial.d(real_logits, fake_logits)
        return terms

    def g_loss(self, batch: Batch) -> Terms:
        to_a, to_b = self.networks[B2A], self.networks[A2B]
        a, b = batch["a"], batch["b"]
        fake_a, fake_b = to_a({"image": b}, training=True), to_b({"image": a}, training=True)
        back_a, back_b = to_a({"image": fake_b}, training=True), to_b({"image": fake_a}, training=True)
        terms = {
            "adv_a": 2 * self.adversarial.g(self.d_a({"image": fake_a}, training=True), None),
            "adv_b": 2 * self.adversarial.g(self.d_b({"image": fake_b}, training=True), None),
            "cycle": self.cycle * (_apart(back_a, a) + _apart(back_b, b)),
        }
        if self.identity:
            same_a, same_b = to_a({"image": a}, training=True), to_b({"image": b}, training=True)
            terms["identity"] = self.cycle * self.identity * (_apart(same_a, a) + _apart(same_b, b))
        return terms


class Pool(keras.layers.Layer):
    """Fakes of earlier steps (section 4): float32 [B, H, W, C] -> as many, of which about half are older ones.

    While the pool of `size` fills, what comes is kept and shown. Then each fake is shown itself or, with probability
    1/2, takes the place of a random one of the pool, which is shown in its stead. size 0: every fake is shown.
    """

    def __init__(self, size: int, shape: tuple[int, int, int], **kwargs):
        super().__init__(**kwargs, dtype="float32")
        self.size = size
        state = {"trainable": False, "initializer": "zeros", "aggregation": "only_first_replica"}
        self.images = self.add_weight(name="images", shape=(size, *shape), dtype="float32", **state)
        self.count = self.add_weight(name="count", shape=(), dtype="int32", **state)
        self.built = True

    def shown(self, fakes: tf.Tensor, progress) -> tf.Tensor:
        """What D sees for these fakes."""
        if not self.size:
            return fakes
        rows, shown = fakes.shape[0], []
        draws = progress.uniform([rows, 2], f"{self.name}/draw")
        images, count = self.images.value, tf.convert_to_tensor(self.count.value)
        for row in range(rows):
            random = tf.minimum(tf.cast(draws[row, 0] * self.size, tf.int32), self.size - 1)
            full = count >= self.size
            place = tf.where(full, random, tf.minimum(count, self.size - 1))
            old = images[place]
            kept = ~full | (draws[row, 1] < 0.5)  # whether this fake enters the pool
            shown.append(tf.where(full & kept, old, fakes[row]))
            images = tf.tensor_scatter_nd_update(images, [[place]], [tf.where(kept, fakes[row], old)])
            count = tf.minimum(count + 1, self.size)
        self.images.assign(images)
        self.count.assign(count)
        return tf.stack(shown)


def generator(nets: ResNet, size: translation.Size, given: int, made: int) -> keras.Model:
    """{"image": [B, H, W, given]} -> float32 [B, H, W, made] in [-1, 1]. size: (H, W), multiples of 2 ** downs, None =
    any. nets: anything with `width`, `downs`, `blocks` and `up`."""
    image = keras.Input((*size, given), name="image")
    x = _conv(nets.width, 7)(padding.ReflectionPad(3)(image))
    x = keras.layers.ReLU()(padding.instance_norm(x))
    for stage in range(1, nets.downs + 1):
        x = _conv(nets.width * 2**stage, 3, strides=2)(keras.layers.ZeroPadding2D(1)(x))
        x = keras.layers.ReLU()(padding.instance_norm(x))
    for _ in range(nets.blocks):
        y = _conv(x.shape[-1], 3)(padding.ReflectionPad(1)(x))
        y = keras.layers.ReLU()(padding.instance_norm(y))
        y = padding.instance_norm(_conv(x.shape[-1], 3)(padding.ReflectionPad(1)(y)))
        x = keras.layers.Add()([x, y])
    for stage in reversed(range(nets.downs)):
        x = keras.layers.ReLU()(padding.instance_norm(_double(x, nets.width * 2**stage, nets.up)))
    x = _conv(made, 7)(padding.ReflectionPad(3)(x))
    return keras.Model({"image": image}, keras.layers.Activation("tanh", dtype="float32")(x), name="generator")


def _double(x, filters: int, up: str):
    if up == "resize":
        return _conv(filters, 3)(padding.ReflectionPad(1)(keras.layers.UpSampling2D()(x)))
    return keras.layers.Conv2DTranspose(filters, 3, strides=2, padding="same", kernel_initializer=_normal())(x)


def _conv(filters: int, size: int, **kwargs) -> keras.layers.Layer:
    return keras.layers.Conv2D(filters, size, kernel_initializer=_normal(), **kwargs)


def _normal() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(0.0, 0.02)


def _apart(left: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf.abs(left - right))
