"""The game of paired translation: G is told an image of one domain and compared with its partner in the other.

Isola et al. 2017, "Image-to-image translation with conditional adversarial networks", arXiv 1611.07004, section 3: D
sees what G was told beside what G made of it or beside the true partner, and so judges pairs. What pix2pix, pix2pixHD
and SPADE differ in is which networks they have and what weight each term has.
"""

import dataclasses
import functools
from collections.abc import Callable
from typing import Literal

import keras
import tensorflow as tf

from ganzoo import translation
from ganzoo.errors import BadInput
from ganzoo.gan import Batch, Terms
from ganzoo.perceptual import Perceptual

Direction = Literal["a2b", "b2a"]
NOTHING = Perceptual("none")


@dataclasses.dataclass(frozen=True)
class Weights:
    """Of the terms that G descends; a term of weight 0 is not computed.

    adversary: D's opinion, summed over its scales. l1: mean absolute difference from the partner. features: the same of
    D's maps, see `PairedGAN.matched`. perceptual: of another network's maps, with a weight of its own. Factors by which
    the losses of a paper differ from these, d: of D's whole loss, g: of D's opinion in G's, maps: of D's maps.
    """

    adversary: float = 1.0
    l1: float = 0.0
    features: float = 0.0
    perceptual: Perceptual = NOTHING
    d: float = 1.0
    g: float = 1.0
    maps: float = 1.0

    def terms(self) -> tuple[str, ...]:
        """The names of those that are computed. Raises BadInput for a weight below 0, and where there is none."""
        named = {"adv": self.adversary, "l1": self.l1, "features": self.features}
        named["perceptual"] = self.perceptual.weight * (self.perceptual.extractor != "none")
        for name, weight in named.items():
            if weight < 0:
                raise BadInput(f"model.{'adversary' if name == 'adv' else name}: {weight}; allowed: 0 or more")
        if not any(named.values()):
            raise BadInput("model.adversary: 0, and so is every other term; allowed: a term above 0")
        return tuple(name for name, weight in named.items() if weight)


class PairedGAN(translation.TranslationGAN):
    """Batches {"a", "b"}: float32 [B, H, W, C] in [-1, 1], row i of b the partner of row i of a.

    direction: from the domain that G is told to that of the partner. spec: `data.pairs.PairSpec` of such pairs.
    generator: called with size (H, W), None = any, `given` and `made` (channels) -> G, from image to image in [-1, 1];
    sides are multiples of `multiple` and at least `least`; reach: see `translation.Translator`. discriminator: called
    with the channels of both images and their size -> the network of `patchgan.pyramid` for both side by side in
    channels. Without weight on D's opinion and on its maps there is no D, and G learns to regress. Raises BadInput for
    a direction and for weights that there are not.
    """

    def __init__(
        self,
        direction: Direction,
        spec,
        generator: Callable[..., keras.Model],
        discriminator: Callable[[int, tuple[int, int]], keras.Model],
        weights: Weights,
        multiple: int,
        least: int,
        reach: int | None = None,
        **kwargs,
    ):
        if direction not in ("a2b", "b2a"):
            raise BadInput(f"model.direction: {direction!r}; allowed: a2b, b2a")
        terms = weights.terms()
        source, target = direction[0], direction[-1]
        given, made = (getattr(spec, part).channels for part in (source, target))
        make, size = functools.partial(generator, given=given, made=made), (spec.a.height, spec.a.width)
        translator = translation.Translator(make, given, made, source, target, multiple, least, reach=reach)
        super().__init__({direction: translator}, {direction: size}, **kwargs)
        self.direction, self.about, self.weighted, self.g_terms = direction, translator, weights, terms
        plays = weights.adversary or weights.features
        self.discriminator = discriminator(given + made, size) if plays else None
        self.perceptual = weights.perceptual.build(getattr(spec, target).shape)

    @property
    def d_nets(self):
        return (self.discriminator,) if self.discriminator else ()

    @property
    def d_terms(self):
        return ("adv",) if self.discriminator else ()

    def translated(self, batch: Batch) -> tf.Tensor:
        """What G makes in training of the images that it is told."""
        return self.networks[self.direction]({"image": batch[self.about.source]}, training=True)

    def judged(self, batch: Batch, image: tf.Tensor) -> dict[str, list]:
        """D's logits and maps of an image beside what G was told."""
        return self.discriminator({"image": tf.concat([batch[self.about.source], image], -1)}, training=True)

    def d_loss(self, batch: Batch) -> Terms:
        real, fake = batch[self.about.target], tf.stop_gradient(self.translated(batch))
        looks = [self.judged(batch, image)["logits"] for image in (real, fake)]
        adv = tf.add_n([self.adversarial.d(*pair) for pair in zip(*looks, strict=True)])
        terms = {"adv": self.weighted.d * adv}

        def critic(image):
            return _opinion(self.judged(batch, image)["logits"])

        for each in self.regularizers:
            terms[each.name] = each(critic, real, fake, self.progress, [_opinion(logits) for logits in looks])
        return terms

    def g_loss(self, batch: Batch) -> Terms:
        real, fake, weights = batch[self.about.target], self.translated(batch), self.weighted
        terms = {}
        if self.discriminator:
            judged = self.judged(batch, fake)
            told = self.judged(batch, real) if weights.features or self.adversarial.relativistic else None
        if weights.adversary:
            reals = told["logits"] if self.adversarial.relativistic else [None] * len(judged["logits"])
            opinions = [self.adversarial.g(*pair) for pair in zip(judged["logits"], reals, strict=True)]
            terms["adv"] = weights.adversary * weights.g * tf.add_n(opinions)
        if weights.l1:
            terms["l1"] = weights.l1 * tf.reduce_mean(tf.abs(fake - real))
        if weights.features:
            terms["features"] = weights.features * weights.maps * self.matched(judged["maps"], told["maps"])
        if "perceptual" in self.g_terms:
            terms["perceptual"] = self.perceptual(fake, real)
        return terms

    @staticmethod
    def matched(fakes: list[list[tf.Tensor]], reals: list[list[tf.Tensor]]) -> tf.Tensor:
        """Feature matching (Wang et al. 2018, arXiv 1711.11585, eq. 4): the mean absolute difference of D's maps of
        fakes and of reals, summed over maps, the mean over scales. No gradient goes to the reals'."""
        differences = [
            tf.reduce_mean(tf.abs(tf.cast(fake, tf.float32) - tf.stop_gradient(tf.cast(real, tf.float32))))
            for scale in zip(fakes, reals, strict=True)
            for fake, real in zip(*scale, strict=True)
        ]
        return tf.add_n(differences) / len(fakes)


def _opinion(logits: list[tf.Tensor]) -> tf.Tensor:
    """D's logits of patches at every scale -> one for each image, float32 [B]: their mean, the mean over scales."""
    return tf.add_n([tf.reduce_mean(each, [1, 2]) for each in logits]) / len(logits)
