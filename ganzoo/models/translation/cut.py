"""CUT, FastCUT and SinCUT: one generator, held to its input by contrasting patches of both; no way back is learned.

Park et al. 2020, "Contrastive learning for unpaired image-to-image translation", arXiv 2007.15651, section 3.

Each patch of a translated image is to be recognised, by features of G's own encoder, among the patches of its input:
that of its own place is the positive, those of other places of the same image are the negatives. With `targets` the
same holds of G on images of the target domain, which it is to keep (CUT); FastCUT instead weighs the term more and
mirrors images at random on their way through G. Details as in the authors' code: `losses.least_squares` with D's half
and G's whole (see `CUT.gan`), Xavier weights of gain 0.02, keys without gradient, the same Adam for G and the heads.
Differences:
- each image has positions and a mirroring of its own, where the authors draw them once a batch;
- pixels are features without the mirrored border that G adds to them;
- windows are placed at random to the end, where the authors stop when the rate begins to fall;
- SinCUT, for one image of each domain, has `light.Light` for StyleGAN2's networks, crops of one scale, and many patches
  of each crop with negatives within it, where the authors contrast one patch of each crop with those of other crops.
"""

import dataclasses
import functools
from typing import Any

import keras
import tensorflow as tf

from ganzoo import translation
from ganzoo.errors import BadInput
from ganzoo.gan import Batch, Progress, Terms
from ganzoo.layers import blur, padding
from ganzoo.models.translation import light, patchgan

A2B = "a2b"
GAIN = 0.02


@dataclasses.dataclass(frozen=True)
class ResNet:
    """The paper's networks: CycleGAN's and the 70x70 PatchGAN, resampled without aliasing.

    width: channels of the finest maps of G, d_width: of D; blocks: residual ones of G.
    """

    width: int = 64
    d_width: int = 64
    blocks: int = 9

    # Of sides: what they are multiples of and at least, and at least in training. Two pixels at a quarter of the size
    # are the least that mirrored borders can be made of.
    multiple, least, least_trained = 4, 8, patchgan.LEAST

    @property
    def reach(self) -> int:
        """How far a pixel made looks, see `translation.Translator`."""
        up, down = (1 + 1 + 1) + (2 + 2 + 2), (2 + 2) + (1 + 1)
        return 3 + up + 2 * 4 * self.blocks + down + 3

    @property
    def taps(self) -> tuple[str, ...]:
        """Layers of G whose outputs are contrasted: pixels, both downsampling convolutions, the first residual block
        and the middle one."""
        return ("image", "down_1", "down_2", *light.two_blocks(self.blocks))

    def generator(self, size: translation.Size, given: int, made: int) -> keras.Model:
        return generator(self, size, given, made)

    def discriminator(self, channels: int, size: translation.Size) -> keras.Model:
        return discriminator(channels, size, self.d_width)


@dataclasses.dataclass(frozen=True)
class CUT:
    """nets: a value with `generator`, `discriminator` and `taps`, such as `ResNet` or `light.Light`. nce: weight of the
    contrast. targets: whether half of it is on images of the target domain; flip: whether images go through G mirrored
    with probability 1/2, and the features of what it makes back. gan: weight of G's adversarial term, 2 with
    `losses.least_squares`, which is half of the authors'. identity: weight of the mean absolute difference that G makes
    to images of the target domain. patches: contrasted in each image, fewer where a map has fewer. units: of both
    layers of a head. temperature: that similarities are divided by."""

    nets: Any = ResNet()
    nce: float = 1.0
    targets: bool = True
    flip: bool = False
    gan: float = 2.0
    identity: float = 0.0
    patches: int = 256
    units: int = 256
    temperature: float = 0.07

    def build(self, spec) -> "CUTGame":
        """The game for images of `spec` (ganzoo.data.pairs.PairSpec), from `a` to `b`. Raises BadInput for sides that
        are not the networks', and for domains of different sizes or channels."""
        translation.check_sizes(spec, self.nets.multiple, self.nets.least_trained)
        a, b = spec.a.channels, spec.b.channels
        if a != b:
            raise BadInput(f"data.b.channels: {b}, but a has {a}; allowed: as many, for G's encoder sees both")
        if self.patches < 2:
            raise BadInput(f"model.patches: {self.patches}; allowed: 2 or more, of which one is the positive")
        make = functools.partial(self.nets.generator, given=a, made=b)
        there = translation.Translator(
            make, a, b, multiple=self.nets.multiple, least=self.nets.least, reach=self.nets.reach
        )
        return CUTGame(self, {A2B: there}, spec)


FASTCUT = CUT(nce=10.0, targets=False, flip=True)
# Played with `losses.non_saturating`, summed in D where the authors take the mean: R1 of their weight 1 is gamma 2.
SINCUT = CUT(light.Light(), nce=4.0, gan=1.0, identity=1.0)


class CUTGame(translation.TranslationGAN):
    """Batches {"a", "b"}: float32 [B, H, W, C] in [-1, 1], independent of each other."""

    def __init__(self, choice: CUT, translators: dict[str, translation.Translator], spec, **kwargs):
        size = (spec.a.height, spec.a.width)
        super().__init__(translators, {A2B: size}, **kwargs)
        self.choice = choice
        self.discriminator = choice.nets.discriminator(spec.b.channels, size)
        self.encoder = encoder(self.networks[A2B], choice.nets.taps)
        self.heads = heads(self.encoder, choice.units)

    @property
    def d_nets(self):
        return (self.discriminator,)

    @property
    def g_nets(self):
        return (*super().g_nets, self.heads)

    @property
    def g_terms(self):
        optional = {"nce_targets": self.choice.targets, "identity": self.choice.identity}
        return ("adv", "nce", *(name for name, wanted in optional.items() if wanted))

    def d_loss(self, batch: Batch) -> Terms:
        fake, _ = self._translated(batch["a"], "d")
        real, fake = batch["b"], tf.stop_gradient(fake)

        def critic(images):
            return self.discriminator({"image": images}, training=True)

        logits = critic(real), critic(fake)
        terms = {"adv": self.adversarial.d(*logits)}
        return terms | {each.name: each(critic, real, fake, self.progress, logits) for each in self.regularizers}

    def g_loss(self, batch: Batch) -> Terms:
        choice, real = self.choice, batch["b"]
        fake, flips = self._translated(batch["a"], "g")
        logits = self.discriminator({"image": fake}, training=True)
        shared = choice.nce / 2 if choice.targets else choice.nce
        terms = {
            "adv": choice.gan * self.adversarial.g(logits, None),
            "nce": shared * self.contrast(batch["a"], fake, "a", flips),
        }
        if not (choice.targets or choice.identity):
            return terms
        kept = self.networks[A2B]({"image": mirrored(real, flips)}, training=True)
        if choice.targets:
            terms["nce_targets"] = shared * self.contrast(real, kept, "b", flips)
        if choice.identity:
            terms["identity"] = choice.identity * tf.reduce_mean(tf.abs(mirrored(kept, flips) - real))
        return terms

    def contrast(self, source: tf.Tensor, made: tf.Tensor, name: str, flips: tf.Tensor | None = None) -> tf.Tensor:
        """PatchNCE of images and what was made of them, float32 [B, H, W, C] each: the mean over the tapped layers.

        name: of the draw of positions. flips: bool [B], which of `made` are mirrored, None = none.
        """
        keys = self.encoder({"image": source}, training=True)
        queries = {tap: mirrored(each, flips) for tap, each in self.encoder({"image": made}, training=True).items()}
        places = {tap: self._places(each, f"g/places/{name}/{tap}") for tap, each in keys.items()}
        keys, queries = (self.heads({tap: patches(maps[tap], places[tap]) for tap in maps}) for maps in (keys, queries))
        return tf.add_n([patch_nce(queries[tap], keys[tap], self.choice.temperature) for tap in keys]) / len(keys)

    def _translated(self, images: tf.Tensor, player: str) -> tuple[tf.Tensor, tf.Tensor | None]:
        """G's images, and which of them went through it mirrored and are so still, None = none."""
        flips = self.progress.uniform([images.shape[0]], f"{player}/flip") < 0.5 if self.choice.flip else None
        return self.networks[A2B]({"image": mirrored(images, flips)}, training=True), flips

    def _places(self, maps: tf.Tensor, stream: str) -> tf.Tensor:
        return places(maps.shape, self.choice.patches, self.progress, stream)


def places(shape: tuple[int, ...], count: int, progress: Progress, stream: str) -> tf.Tensor:
    """int32 [B, min(count, H * W)]: random places of maps [B, H, W, C], row by row, none of an image's twice."""
    rows, whole = shape[0], shape[1] * shape[2]
    return tf.math.top_k(progress.uniform([rows, whole], stream), min(count, whole)).indices


def patches(maps: tf.Tensor, where: tf.Tensor) -> tf.Tensor:
    """[B, H, W, C] and int [B, P] -> float32 [B, P, C]: the features at those places."""
    rows, height, width, channels = maps.shape
    flat = tf.reshape(tf.cast(maps, tf.float32), [rows, height * width, channels])
    return tf.gather(flat, where, batch_dims=1)


def mirrored(maps: tf.Tensor, flips: tf.Tensor | None) -> tf.Tensor:
    """[B, H, W, C] with those images turned left to right of which `flips`, bool [B], says so; None = none."""
    return maps if flips is None else tf.where(flips[:, None, None, None], maps[:, :, ::-1], maps)


def patch_nce(queries: tf.Tensor, keys: tf.Tensor, temperature: float) -> tf.Tensor:
    """Float32 [B, P, C] each -> scalar: the cross-entropy of finding each query's own key among its image's, by
    cosines over the temperature (section 3). No gradient reaches the keys."""
    queries, keys = (tf.math.l2_normalize(each, axis=-1, epsilon=1e-14) for each in (queries, tf.stop_gradient(keys)))
    logits = tf.matmul(queries, keys, transpose_b=True) / temperature  # [B, P, P]
    return tf.reduce_mean(tf.reduce_logsumexp(logits, axis=-1) - tf.linalg.diag_part(logits))


def encoder(network: keras.Model, taps: tuple[str, ...]) -> keras.Model:
    """{"image": [B, H, W, C]} -> the outputs of those layers of the network, by name; the layers are the network's."""
    return keras.Model(network.input, {tap: network.get_layer(tap).output for tap in taps}, name="encoder")


def heads(taps: keras.Model, units: int) -> keras.Model:
    """What maps the features of an encoder to where they are compared: two layers for each tap, float32 in every
    precision. {tap: [B, P, C]} -> {tap: [B, P, units]}."""
    inputs = {tap: keras.Input((None, output.shape[-1]), name=tap) for tap, output in taps.output.items()}
    outputs = {}
    for tap, features in inputs.items():
        hidden = keras.layers.Dense(units, "relu", kernel_initializer=_xavier(), dtype="float32")(features)
        outputs[tap] = keras.layers.Dense(units, kernel_initializer=_xavier(), dtype="float32")(hidden)
    return keras.Model(inputs, outputs, name="heads")


def generator(nets: ResNet, size: translation.Size, given: int, made: int) -> keras.Model:
    """{"image": [B, H, W, given]} -> float32 [B, H, W, made] in [-1, 1]. size: (H, W), multiples of 4, None = any."""
    image = keras.Input((*size, given), name="image")
    x = _active(_conv(nets.width, 7)(padding.ReflectionPad(3)(image)))
    for stage in (1, 2):
        x = _active(_conv(nets.width * 2**stage, 3, padding="same", name=f"down_{stage}")(x))
        x = blur.Blur(2)(x)
    for block in range(1, nets.blocks + 1):
        y = _active(_conv(x.shape[-1], 3)(padding.ReflectionPad(1)(x)))
        y = padding.instance_norm(_conv(x.shape[-1], 3)(padding.ReflectionPad(1)(y)))
        x = keras.layers.Add(name=f"block_{block}")([x, y])
    for stage in (1, 0):
        x = blur.Blur(repeat=True)(keras.layers.UpSampling2D()(x))
        x = _active(_conv(nets.width * 2**stage, 3, padding="same")(x))
    x = _conv(made, 7)(padding.ReflectionPad(3)(x))
    return keras.Model({"image": image}, keras.layers.Activation("tanh", dtype="float32")(x), name="generator")


def discriminator(channels: int, size: translation.Size, width: int = 64) -> keras.Model:
    """{"image": [B, H, W, channels]} -> float32 logits [B, h, w]: `patchgan.discriminator` of three stages, each of
    which convolves in steps of one pixel, then blurs and halves."""
    image = keras.Input((*size, channels), name="image")
    x = image
    for stage in range(4):
        x = _conv(width * 2**stage, 4)(keras.layers.ZeroPadding2D(1)(x))
        x = keras.layers.LeakyReLU(0.2)(padding.instance_norm(x) if stage else x)
        x = blur.Blur(2)(x) if stage < 3 else x
    logit = _conv(1, 4, dtype="float32")(keras.layers.ZeroPadding2D(1, dtype="float32")(x))
    return keras.Model({"image": image}, logit[..., 0], name="discriminator")


def _active(x):
    return keras.layers.ReLU()(padding.instance_norm(x))


def _conv(filters: int, size: int, **kwargs) -> keras.layers.Layer:
    return keras.layers.Conv2D(filters, size, kernel_initializer=_xavier(), **kwargs)


def _xavier() -> keras.initializers.Initializer:
    """Glorot and Bengio's normal law, its deviation times `GAIN`."""
    return keras.initializers.VarianceScaling(GAIN**2, "fan_avg", "untruncated_normal")
