"""ReACGAN: an ACGAN whose classifier compares unit vectors: of images, of classes, and of images among themselves.

Kang, Shim, Cho & Park 2021, "Rebooting ACGAN: Auxiliary classifier GANs with stable training", arXiv 2111.01118,
section 3: vectors on the unit sphere, since ACGAN's early collapse comes from a classifier whose gradient grows with
its features; and the data-to-data cross-entropy (D2D-CE), which also pushes images of different classes apart. It is
here in place of ContraGAN (Kang & Park 2020, arXiv 2006.12681), by the same first author: that one draws images of one
class together without a classifier's view of the others, and the later paper finds ReACGAN better.

Values: temperature 0.5, margins 0.98 and 0.02 and weight 0.5, those of the CIFAR-10 settings of PyTorch-StudioGAN, the
authors' library. Played with `losses.hinge` on networks of BigGAN's (`Residual`) or others.

Differences from the paper and that library:
- a pair of images below the negative margin counts exp(0) in the denominator, as the equation has it; the library's
  code scales such terms by the row's largest similarity;
- D of `Residual` is as wide as G;
- under replicas the images that are compared are those of one replica's batch.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from ganzoo import gan
from ganzoo.errors import BadInput
from ganzoo.layers import spectral
from ganzoo.models.image import biggan, sagan


@dataclasses.dataclass(frozen=True)
class ReACGAN:
    """The game on `nets`, a value as `Residual`: with `generator(spec)`, `discriminator(spec)`, `z_dim`, `latent`.

    weight: of D2D-CE beside the adversarial loss, for both players. temperature, positive, negative: as of `d2d_ce`.
    """

    nets: Any
    weight: float = 0.5
    temperature: float = 0.5
    positive: float = 0.98
    negative: float = 0.02

    def build(self, spec) -> "ReACGANGame":
        """The model for labelled images of `spec` (ganzoo.data.images.Spec). Raises BadInput for data without classes,
        a weight below 0, a temperature that is not above 0, a margin that is no cosine, and as the networks do."""
        if not spec.classes:
            raise BadInput("data.classes: 0, but ReACGAN learns from labels; allowed: data with at least one class")
        if self.weight < 0:
            raise BadInput(f"model.weight: {self.weight} is not at least 0")
        if self.temperature <= 0:
            raise BadInput(f"model.temperature: {self.temperature} is not above 0")
        for field in ("positive", "negative"):
            if not -1 <= getattr(self, field) <= 1:
                raise BadInput(f"model.{field}: {getattr(self, field)} is not between -1 and 1")
        choices = {"weight": self.weight, "temperature": self.temperature}
        choices |= {"positive": self.positive, "negative": self.negative, "standing": getattr(self.nets, "standing", 0)}
        return ReACGANGame.of(self.nets, spec, classes=spec.classes, **choices)


@dataclasses.dataclass(frozen=True)
class Residual:
    """The networks of `backbone`, a conditional one, its D without projection. length: of an image's and a class's
    vector."""

    backbone: biggan.BigGAN
    length: int = 512

    latent = "normal"

    @property
    def z_dim(self) -> int:
        return self.backbone.z_dim

    @property
    def standing(self) -> int:
        return self.backbone.standing

    def generator(self, spec) -> keras.Model:
        """BigGAN's: {"z": [B, z_dim], "label": int32 [B]} -> float32 [B, H, W, C] in [-1, 1]. Raises BadInput as
        `biggan.BigGAN.check` does, and for what this game does not have."""
        for field, needed in (("conditional", True), ("orthogonal", 0.0)):
            if getattr(self.backbone, field) != needed:
                value = getattr(self.backbone, field)
                raise BadInput(f"model.nets.backbone.{field}: {value}; ReACGAN allows: {needed}")
        self.backbone.check(spec)
        return self.backbone.generator(spec)

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, H, W, C], "label": int32 [B]} -> {"logit", "embedding", "proxy"}, see `ReACGANGame`."""
        image, initializer = keras.Input(spec.shape, name="image"), self.backbone.initializer
        x = sagan.shrunk(image, spec, self.backbone.width, biggan.conv_of(self.backbone), self.backbone.attention)
        pooled = keras.ops.sum(keras.layers.ReLU(dtype="float32")(x), axis=(1, 2))

        def dense(units):
            return spectral.SpectralDense(units, initializer(), dtype="float32")

        return judging(image, pooled, spec.classes, self.length, dense)


class ReACGANGame(gan.NoiseGAN):
    """`NoiseGAN` whose D descends weight * `d2d_ce` on reals beside the adversarial loss, and whose G does on fakes.

    D: {"image", "label": int32 [B]} -> {"logit": float32 [B], "embedding": of the image, "proxy": of the label's class,
    both float32 [B, length] of length 1}. The logit does not depend on the label.
    """

    extends = False
    d_terms = ("adv", "d2d")
    g_terms = ("adv", "d2d")

    def __init__(self, *args, weight: float, temperature: float, positive: float, negative: float, **kwargs):
        super().__init__(*args, **kwargs)
        self.weight, self.temperature = weight, temperature
        self.positive, self.negative = positive, negative

    def critic(self, batch, training=True, player="d"):
        judge = super().critic(batch, training, player)
        return lambda images: judge(images)["logit"]

    def told_apart(self, verdict: dict[str, tf.Tensor], batch: gan.Batch) -> tf.Tensor:
        """The weighted D2D-CE of D's verdict on images that have the batch's labels."""
        return self.weight * d2d_ce(
            verdict["embedding"],
            verdict["proxy"],
            batch["label"],
            self.temperature,
            self.positive,
            self.negative,
        )

    def d_loss(self, batch):
        real, fake = batch["image"], tf.stop_gradient(self.fake(batch, "d"))
        judge = super().critic(batch)
        on_real, fake_logits = judge(real), judge(fake)["logit"]
        terms = {
            "adv": self.adversarial.d(on_real["logit"], fake_logits),
            "d2d": self.told_apart(on_real, batch),
        } | self.penalties(lambda images: judge(images)["logit"], real, fake, (on_real["logit"], fake_logits))
        self.observe_accuracy(on_real["logit"], fake_logits)
        return terms

    def g_loss(self, batch):
        judge = super().critic(batch, player="g")
        on_fake = judge(self.fake(batch, "g"))
        real_logits = judge(batch["image"])["logit"] if self.adversarial.relativistic else None
        return {
            "adv": self.adversarial.g(on_fake["logit"], real_logits),
            "d2d": self.told_apart(on_fake, batch),
        }


def d2d_ce(
    embedding: tf.Tensor, proxy: tf.Tensor, label: tf.Tensor, temperature: float, positive: float, negative: float
) -> tf.Tensor:
    """Data-to-data cross-entropy (section 3), float32 mean over the batch.

    -log(p / (p + sum over j of another class of n_j)), where p = exp(min(f v - positive, 0) / temperature) for an
    image's vector f and its class's v, and n_j = exp(max(f f_j - negative, 0) / temperature). An image nearer to its
    class than `positive`, and a pair further apart than `negative`, have no gradient: they are easy.

    embedding, proxy: float32 [B, N] of length 1, B static; label: int32 [B]; positive, negative: cosines.
    """
    attraction = tf.minimum(tf.reduce_sum(embedding * proxy, axis=1) - positive, 0.0) / temperature  # [B]
    alike = tf.matmul(embedding, embedding, transpose_b=True)  # [B, B]
    repulsion = tf.maximum(alike - negative, 0.0) / temperature
    others = tf.not_equal(label[:, None], label[None, :])
    # Of its own class, itself included, an image has no negatives: exp(-inf) = 0.
    repulsion = tf.where(others, repulsion, -float("inf"))
    total = tf.reduce_logsumexp(tf.concat([attraction[:, None], repulsion], axis=1), axis=1)
    return tf.reduce_mean(total - attraction)


def judging(image, features, classes: int, length: int, dense: Callable[[int], keras.layers.Layer]) -> keras.Model:
    """D from its input and its features [B, F]: a logit, a vector of the image and one of the class.

    length: of the vectors. dense: makes a float32 layer of so many units.
    """
    label = keras.Input((), dtype="int32", name="label")
    # A product with one-hot rows, whose gradient is dense. Spectral norm would be undone by the unit length.
    table = keras.layers.Dense(length, use_bias=False, dtype="float32")
    vectors = {"embedding": dense(length)(features), "proxy": table(keras.ops.one_hot(label, classes))}
    verdict = {"logit": keras.layers.Reshape((), dtype="float32", name="logit")(dense(1)(features))}
    for name, vector in vectors.items():
        verdict[name] = keras.layers.UnitNormalization(dtype="float32", name=name)(vector)
    return keras.Model({"image": image, "label": label}, verdict, name="discriminator")
