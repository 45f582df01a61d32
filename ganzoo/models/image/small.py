"""One small backbone for every game: what differs between two rows of a table is then the game alone.

The networks are DCGAN's (Radford, Metz & Chintala 2016, arXiv 1511.06434), narrow; what a game asks of D beyond them is
a choice here: no batch norm where a penalty is taken on its gradient (Gulrajani et al. 2017, arXiv 1704.00028, section
4), spectral normalisation in its place (Miyato et al. 2018, arXiv 1802.05957), a look at the whole batch (Salimans et
al. 2016, arXiv 1606.03498), a projected class (Miyato & Koyama 2018, arXiv 1802.05637), an auxiliary classifier
(Odena et al. 2017, arXiv 1610.09585), a reader of codes (Chen et al. 2016, arXiv 1606.03657) or vectors of images and
classes (Kang et al. 2021, arXiv 2111.01118). DCGAN, LSGAN, WGAN and the concatenating cGAN have these networks already.
"""

import dataclasses
from typing import Literal

import keras

from ganzoo import gan
from ganzoo.errors import BadInput
from ganzoo.layers import minibatch, resampling, spectral
from ganzoo.models.image import acgan, cgan, dcgan, infogan, reacgan


@dataclasses.dataclass(frozen=True)
class Small:
    """width: channels of the finest stage, doubled at each coarser one; norm: of D; z_dim: length of z ~ U[-1, 1).

    kernels: of minibatch discrimination before D's last layer, 0 = none.
    """

    width: int = 16
    norm: Literal["batch", "none", "spectral"] = "batch"
    kernels: int = 0
    z_dim: int = 100

    latent = "uniform"

    def build(self, spec) -> gan.NoiseGAN:
        """The plain game for images of `spec`. Labels are ignored. Raises BadInput for a size that DCGAN refuses."""
        return gan.NoiseGAN.of(self, spec)

    def generator(self, spec) -> keras.Model:
        """{"z": [B, z_dim]} -> float32 [B, H, W, C] in [-1, 1]."""
        return dcgan.generator(spec, self.width, self.z_dim)

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, H, W, C]} -> float32 logits [B]."""
        image = keras.Input(spec.shape, name="image")
        return keras.Model({"image": image}, self.logit(self.features(image, spec)), name="discriminator")

    def features(self, image, spec):
        """D's layers before its last: [B, H, W, C] -> [B, F]."""
        x = image
        if self.norm == "batch":
            x = dcgan.features_of(x, spec, self.width)
        else:
            conv = spectral.SpectralConv2D if self.norm == "spectral" else resampling.Conv2D
            for stage in range(len(dcgan.maps(spec)) - 1):
                x = conv(self.width * 2**stage, 4, apply=resampling.strided)(x)
                x = keras.layers.LeakyReLU(0.2)(x)
            x = keras.layers.Flatten()(x)
        return minibatch.MinibatchDiscrimination(self.kernels)(x) if self.kernels else x

    def logit(self, features):
        """D's last layer: [B, F] -> float32 [B]."""
        dense = spectral.SpectralDense if self.norm == "spectral" else keras.layers.Dense
        return keras.layers.Reshape((), dtype="float32")(dense(1, dtype="float32")(features))


class _Conditional(Small):
    """G is told the class by concatenation. `build` takes labelled images."""

    kind = gan.NoiseGAN

    def build(self, spec):
        """The model for labelled images of `spec`. Raises BadInput for a size that DCGAN refuses or without classes."""
        return gan.played(self, spec)

    def game(self, spec) -> tuple[type, dict]:
        """As `gan.played` takes it."""
        if not spec.classes:
            raise BadInput("data.classes: 0, but this GAN learns from labels; allowed: data with at least one class")
        return self.kind, {"classes": spec.classes}

    def generator(self, spec) -> keras.Model:
        """{"z": [B, z_dim], "label": int32 [B]} -> float32 [B, H, W, C] in [-1, 1]."""
        return cgan.concatenating_generator(spec, self.width, self.z_dim)


@dataclasses.dataclass(frozen=True)
class Projecting(_Conditional):
    """D adds the inner product of its features and a vector of the class to the logit."""

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, H, W, C], "label": int32 [B]} -> float32 logits [B]."""
        image, label = keras.Input(spec.shape, name="image"), keras.Input((), dtype="int32", name="label")
        features = keras.layers.Activation("linear", dtype="float32")(self.features(image, spec))
        embedding = spectral.SpectralEmbedding if self.norm == "spectral" else keras.layers.Embedding
        vector = embedding(spec.classes, features.shape[-1], dtype="float32")(label)
        logit = self.logit(features) + keras.ops.sum(features * vector, axis=-1)
        return keras.Model({"image": image, "label": label}, logit, name="discriminator")


@dataclasses.dataclass(frozen=True)
class Auxiliary(_Conditional):
    """D is not told the class but names it: the game of `acgan`."""

    kind = acgan.AuxiliaryGAN

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, H, W, C]} -> {"logit": float32 [B], "class": float32 logits [B, classes]}."""
        image = keras.Input(spec.shape, name="image")
        features = self.features(image, spec)
        named = keras.layers.Dense(spec.classes, dtype="float32", name="class")(features)
        return keras.Model({"image": image}, {"logit": self.logit(features), "class": named}, name="discriminator")


@dataclasses.dataclass(frozen=True)
class Informative(Small):
    """A part of z is a code that D reads off the picture: the game of `infogan`, with its fields."""

    categories: int = 10
    codes: int = 2
    category_weight: float = 1.0
    code_weight: float = 1.0

    def build(self, spec) -> infogan.InformativeGAN:
        """The model for images of `spec`. Raises BadInput for a size that DCGAN refuses, and where the codes do not fit
        in z."""
        return gan.played(self, spec)

    def game(self, spec) -> tuple[type, dict]:
        """As `gan.played` takes it."""
        return infogan.game_of(self)

    def generator(self, spec) -> keras.Model:
        """{"z": [B, z_dim]} -> float32 [B, H, W, C] in [-1, 1]."""
        z = keras.Input((self.z_dim,), name="z")
        x = infogan.Decode(self.categories, dtype="float32")(z)
        return keras.Model({"z": z}, dcgan.image_of(x, spec, self.width), name="generator")

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, H, W, C]} -> {"logit": float32 [B], "category": float32 logits [B, categories], "codes":
        float32 [B, codes]}."""
        image = keras.Input(spec.shape, name="image")
        features = self.features(image, spec)
        outputs = {"logit": self.logit(features)} | infogan.codes_of(features, self)
        return keras.Model({"image": image}, outputs, name="discriminator")


@dataclasses.dataclass(frozen=True)
class Comparing(_Conditional):
    """D gives vectors of length 1 for the image and for the class: the game of `reacgan`. length: of the vectors."""

    length: int = 64

    kind = reacgan.ReACGANGame

    def build(self, spec):
        """The game with its published weight, temperature and margins. Raises BadInput as `reacgan.ReACGAN` does."""
        return reacgan.ReACGAN(self).build(spec)

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, H, W, C], "label": int32 [B]} -> {"logit", "embedding", "proxy"}, see `reacgan`."""
        image = keras.Input(spec.shape, name="image")
        kind = spectral.SpectralDense if self.norm == "spectral" else keras.layers.Dense

        def dense(units):
            return kind(units, dtype="float32")

        return reacgan.judging(image, self.features(image, spec), spec.classes, self.length, dense)
