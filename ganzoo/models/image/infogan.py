"""InfoGAN: part of the noise is a code that D must be able to read off the picture.

Chen et al. 2016, "InfoGAN: interpretable representation learning by information maximizing generative adversarial
nets", arXiv 1606.03657: the bound on the mutual information of code and picture (section 5, eq. 5 and 6), one category
and some continuous codes (section 7), the networks for MNIST (appendix C.1) with the batch norm of the authors' code.

z is uniform on [-1, 1), as everywhere in the zoo where it is not normal, and has its codes in it: z[0] falls into one
of `categories` equal intervals, which is the category; z[1] up to z[codes] are the continuous codes; the rest is noise.
So seeds, noise, exports and interpolation work as for any GAN, and a column of pictures for each of ten categories is

    sampler = ganzoo.load("runs/infogan_fashion_mnist")
    z = sampler.latents(range(80))
    z[:, 0] = (2 * (numpy.arange(80) % 10) + 1) / 10 - 1  # the middle of each interval
    images = sampler.from_noise(z)

On the way from one category to another the picture jumps: a path length of these networks measures that too.

Differences from the paper:
- Q gives a continuous code a Gaussian of variance 1, as the authors' MNIST experiment does, so that its term is half
  the squared error; the entropy of the codes, a constant, is left out;
- both kinds of code have weight 1, which is that experiment's too;
- pictures are squashed by tanh; sizes other than 28x28 keep two stages.
"""

import dataclasses

import keras
import tensorflow as tf

from ganzoo import gan
from ganzoo.errors import BadInput
from ganzoo.layers import normalization, resampling


@dataclasses.dataclass(frozen=True)
class InfoGAN:
    """width: channels of the finest map of each network; dense: units of their widest layer; q_dense: of Q's own.

    categories, codes: see the head of this file; category_weight, code_weight: of their terms for both players; z_dim:
    length of z, of which 1 + codes are codes.
    """

    width: int = 64
    dense: int = 1024
    q_dense: int = 128
    categories: int = 10
    codes: int = 2
    category_weight: float = 1.0
    code_weight: float = 1.0
    z_dim: int = 65

    latent = "uniform"

    def build(self, spec) -> "InformativeGAN":
        """The model for images of `spec` (ganzoo.data.images.Spec). Labels are ignored. Raises BadInput for sides that
        are no multiples of 4, and where the codes do not fit in z."""
        if spec.height % 4 or spec.width % 4:
            raise BadInput(
                f"data.size: {spec.height}x{spec.width} does not suit the InfoGAN networks; allowed: multiples of 4"
            )
        return gan.played(self, spec)

    def game(self, spec) -> tuple[type, dict]:
        """As `gan.played` takes it."""
        return game_of(self)

    def generator(self, spec) -> keras.Model:
        """{"z": [B, z_dim]} -> float32 [B, H, W, C] in [-1, 1]."""
        z = keras.Input((self.z_dim,), name="z")
        x = Decode(self.categories, dtype="float32")(z)
        height, breadth = spec.height // 4, spec.width // 4
        for units in (self.dense, height * breadth * 2 * self.width):
            x = keras.layers.Dense(units, use_bias=False, kernel_initializer=_normal())(x)
            x = keras.layers.ReLU()(_normed(x))
        x = keras.layers.Reshape((height, breadth, 2 * self.width))(x)
        x = resampling.upconv(self.width, use_bias=False, kernel_initializer=_normal())(x)
        x = keras.layers.ReLU()(normalization.BatchNorm()(x))
        x = resampling.upconv(spec.channels, kernel_initializer=_normal())(x)
        image = keras.layers.Activation("tanh", dtype="float32", name="image")(x)
        return keras.Model({"z": z}, image, name="generator")

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, H, W, C]} -> {"logit": float32 [B], "category": float32 logits [B, categories], "codes":
        float32 [B, codes]}; the last two are Q, which has one hidden layer of its own."""
        image = keras.Input(spec.shape, name="image")
        x = image
        for stage in range(2):
            x = keras.layers.Conv2D(
                self.width * 2**stage,
                4,
                strides=2,
                padding="same",
                use_bias=not stage,
                kernel_initializer=_normal(),
            )(x)
            x = normalization.BatchNorm()(x) if stage else x
            x = keras.layers.LeakyReLU(0.1)(x)
        x = _dense(keras.layers.Flatten()(x), self.dense)
        outputs = {"logit": logit_of(x)} | codes_of(_dense(x, self.q_dense), self)
        return keras.Model({"image": image}, outputs, name="discriminator")


class InformativeGAN(gan.NoiseGAN):
    """`NoiseGAN` of which both players also descend -log Q(code | fake): D, of which Q is a part, and G.

    discriminator: {"image"} -> {"logit", "category", "codes"} as that of `InfoGAN`.
    """

    augments = extends = False
    d_terms = ("adv", "category", "codes")
    g_terms = ("adv", "category", "codes")

    def __init__(self, *args, categories: int, codes: int, category_weight: float, code_weight: float, **kwargs):
        super().__init__(*args, **kwargs)
        self.categories, self.codes = categories, codes
        self.category_weight, self.code_weight = category_weight, code_weight

    def judge(self, images, training=True):
        return self.discriminator({"image": images}, training=training)

    def critic(self, batch, training=True, player="d"):
        return lambda images: self.judge(images, training)["logit"]

    def d_loss(self, batch):
        z = self.latents(gan.rows(batch), "d")
        real, fake = batch["image"], tf.stop_gradient(self.generator({"z": z}, training=True))
        on_real, on_fake = self.judge(real), self.judge(fake)
        logits = on_real["logit"], on_fake["logit"]
        self.observe_accuracy(*logits)
        terms = {"adv": self.adversarial.d(*logits)} | self.unread(z, on_fake)
        return terms | self.penalties(self.critic(batch), real, fake, logits)

    def g_loss(self, batch):
        z = self.latents(gan.rows(batch), "g")
        on_fake = self.judge(self.generator({"z": z}, training=True))
        real_logits = self.critic(batch)(batch["image"]) if self.adversarial.relativistic else None
        return {"adv": self.adversarial.g(on_fake["logit"], real_logits)} | self.unread(z, on_fake)

    def unread(self, z: tf.Tensor, verdict: dict[str, tf.Tensor]) -> gan.Terms:
        """What Q fails to read of the codes of z [B, z_dim]: -log Q without its constants, weighted.

        The bound on their mutual information with the picture is the codes' entropy less this (eq. 5).
        """
        category = category_of(z, self.categories)
        errors = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=category, logits=verdict["category"])
        squares = tf.reduce_sum(tf.square(z[:, 1 : 1 + self.codes] - verdict["codes"]), axis=1)
        return {
            "category": self.category_weight * tf.reduce_mean(errors),
            "codes": self.code_weight * tf.reduce_mean(squares) / 2,
        }


class Decode(keras.layers.Layer):
    """z [B, z_dim] -> float32 [B, categories + z_dim - 1]: the category as one-hot, then the rest of z."""

    def __init__(self, categories: int, **kwargs):
        super().__init__(**kwargs)
        self.categories = categories

    def call(self, z):
        category = tf.one_hot(category_of(z, self.categories), self.categories, dtype=z.dtype)
        return tf.concat([category, z[:, 1:]], axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.categories + input_shape[1] - 1)


def category_of(z: tf.Tensor, categories: int) -> tf.Tensor:
    """int32 [B]: the interval of [-1, 1), of so many equal ones, that z[:, 0] falls into; beyond, the nearest."""
    return tf.clip_by_value(tf.cast(tf.floor((z[:, 0] + 1) * (categories / 2)), tf.int32), 0, categories - 1)


def game_of(nets) -> tuple[type, dict]:
    """The game of `nets`, with fields `categories`, `codes`, their weights and `z_dim`, as `gan.played` takes it.
    Raises BadInput where the codes do not fit in z."""
    for field, least in (("categories", 2), ("codes", 1)):
        if getattr(nets, field) < least:
            raise BadInput(f"model.{field}: {getattr(nets, field)}; allowed: at least {least}")
    if nets.z_dim <= 1 + nets.codes:
        raise BadInput(
            f"model.z_dim: {nets.z_dim} has no room for noise beside a category and model.codes = {nets.codes}; "
            f"allowed: at least {nets.codes + 2}"
        )
    fields = ("categories", "codes", "category_weight", "code_weight")
    return InformativeGAN, {field: getattr(nets, field) for field in fields}


def logit_of(features):
    """D's last layer: [B, F] -> float32 [B]."""
    logit = keras.layers.Dense(1, dtype="float32", kernel_initializer=_normal())(features)
    return keras.layers.Reshape((), dtype="float32", name="logit")(logit)


def codes_of(features, nets) -> dict:
    """Q's last layers: [B, F] -> {"category": float32 logits [B, categories], "codes": float32 means [B, codes]}."""
    widths = {"category": nets.categories, "codes": nets.codes}
    return {
        name: keras.layers.Dense(width, dtype="float32", kernel_initializer=_normal(), name=name)(features)
        for name, width in widths.items()
    }


def _dense(x, units: int):
    x = keras.layers.Dense(units, use_bias=False, kernel_initializer=_normal())(x)
    return keras.layers.LeakyReLU(0.1)(_normed(x))


def _normed(x):
    """Batch norm of [B, C]."""
    width = x.shape[-1]
    return keras.layers.Reshape((width,))(normalization.BatchNorm()(keras.layers.Reshape((1, 1, width))(x)))


def _normal() -> keras.initializers.Initializer:
    # Made anew for each weight: a Keras initializer that is used twice gives equal values twice.
    return keras.initializers.RandomNormal(0.0, 0.02)
