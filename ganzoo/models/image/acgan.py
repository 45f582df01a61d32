"""ACGAN: D also says which class it sees, and G is paid for being recognised.

Odena, Olah & Shlens 2017, "Conditional image synthesis with auxiliary classifier GANs", arXiv 1610.09585, section 3 and
appendix A (the CIFAR-10 networks of table 2). Differences from the paper:
- sizes other than 32x32 add or drop stages of G; D has its six layers at every size, as in the paper;
- D's layers are not fed Gaussian noise (one of the settings that table 2 lists).
"""

import dataclasses
import functools

import keras
import tensorflow as tf

from ganzoo import gan
from ganzoo.errors import BadInput
from ganzoo.layers import dropout, normalization, resnet


@dataclasses.dataclass(frozen=True)
class ACGAN:
    """The networks. g_width: channels of G's coarsest map, halved at each finer one; d_width: of D's first layer,
    doubled five times; rate: of D's dropout."""

    g_width: int = 384
    d_width: int = 16
    rate: float = 0.5
    z_dim: int = 100

    def build(self, spec) -> gan.NoiseGAN:
        """The model for labelled images of `spec` (ganzoo.data.images.Spec). Raises BadInput for a size that
        `resnet.grid` refuses or without classes."""
        if not spec.classes:
            raise BadInput("data.classes: 0, but ACGAN learns from labels; allowed: data with at least one class")
        return AuxiliaryGAN(
            functools.partial(generator, spec, self.g_width, self.z_dim),
            functools.partial(discriminator, spec, self.d_width, self.rate),
            self.z_dim,
            image=(spec.height, spec.width, spec.channels),
            latent="uniform",
            classes=spec.classes,
        )


class AuxiliaryGAN(gan.NoiseGAN):
    """The game: D descends L_S + L_C, G descends its own side of L_S and the same L_C (eq. 2 and 3).

    D is not told the class: {"image"} -> {"logit": float32 [B], "class": float32 [B, classes], logits}.
    """

    augments = extends = False
    d_terms = ("adv", "class")
    g_terms = ("adv", "class")

    def judge(self, images, training=True):
        return self.discriminator({"image": images}, training=training)

    def critic(self, batch, training=True, player="d"):
        return lambda images: self.judge(images, training)["logit"]

    def d_loss(self, batch):
        real, fake = batch["image"], tf.stop_gradient(self.fake(batch, "d"))
        on_real, on_fake, label = self.judge(real), self.judge(fake), batch["label"]
        self.observe_accuracy(on_real["logit"], on_fake["logit"])
        return {
            "adv": self.adversarial.d(on_real["logit"], on_fake["logit"]),
            "class": _cross_entropy(label, on_real["class"]) + _cross_entropy(label, on_fake["class"]),
        } | self.penalties(self.critic(batch), real, fake, (on_real["logit"], on_fake["logit"]))

    def g_loss(self, batch):
        on_fake = self.judge(self.fake(batch, "g"))
        real_logits = self.critic(batch)(batch["image"]) if self.adversarial.relativistic else None
        return {
            "adv": self.adversarial.g(on_fake["logit"], real_logits),
            "class": _cross_entropy(batch["label"], on_fake["class"]),
        }


def generator(spec, width: int, z_dim: int) -> keras.Model:
    """{"z": [B, z_dim], "label": int32 [B]} -> float32 [B, H, W, C] in [-1, 1]."""
    height, breadth, stages = resnet.grid(spec)
    z, label = keras.Input((z_dim,), name="z"), keras.Input((), dtype="int32", name="label")
    x = keras.ops.concatenate([z, keras.ops.one_hot(label, spec.classes)], axis=-1)
    x = keras.layers.Dense(height * breadth * width, "relu", kernel_initializer=_normal())(x)
    x = keras.layers.Reshape((height, breadth, width))(x)
    for stage in range(1, stages):
        x = _up(width // 2**stage, use_bias=False)(x)
        x = keras.layers.ReLU()(normalization.BatchNorm()(x))
    image = keras.layers.Activation("tanh", dtype="float32", name="image")(_up(spec.channels)(x))
    return keras.Model({"z": z, "label": label}, image, name="generator")


def discriminator(spec, width: int, rate: float) -> keras.Model:
    """{"image": [B, H, W, C]} -> {"logit": float32 [B], "class": float32 logits [B, classes]}."""
    image = keras.Input((spec.height, spec.width, spec.channels), name="image")
    x = image
    for layer in range(6):
        first = layer == 0
        x = keras.layers.Conv2D(
            width * 2**layer,
            3,
            strides=2 - layer % 2,
            padding="same",
            use_bias=first,
            kernel_initializer=_normal(),
        )(x)
        if not first:
            x = normalization.BatchNorm()(x)
        x = dropout.Dropout(rate)(keras.layers.LeakyReLU(0.2)(x))
    x = keras.layers.Flatten()(x)
    logit = keras.layers.Dense(1, dtype="float32", kernel_initializer=_normal())(x)
    logit = keras.layers.Reshape((), dtype="float32", name="logit")(logit)
    label = keras.layers.Dense(spec.classes, dtype="float32", kernel_initializer=_normal(), name="class")(x)
    return keras.Model({"image": image}, {"logit": logit, "class": label}, name="discriminator")


def _up(filters: int, **kwargs) -> keras.layers.Layer:
    return keras.layers.Conv2DTranspose(filters, 5, strides=2, padding="same", kernel_initializer=_normal(), **kwargs)


def _normal() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(0.0, 0.02)


def _cross_entropy(label: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """-log P(class), float32 mean over the batch."""
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=label, logits=logits))
