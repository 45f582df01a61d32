"""The games of inpainting: what is known of an image stays as it is, and the network fills the hole.

The network is given the image with its hole filled and the mask, 1 in the hole, as one more channel. D is shown the
mask too (Yu et al. 2018, arXiv 1806.03589, section 3.3), or sees the image alone and takes for fake only what was
filled (`masked`: Suvorov et al. 2021, arXiv 2109.07161).
"""

import dataclasses

import keras
import tensorflow as tf

from ganzoo import restoration
from ganzoo.gan import Batch, Terms
from ganzoo.models.restoration import restorer


class InpaintingGAN(restoration.RestorationGAN):
    """`restoration.RestorationGAN` whose degradation makes holes. known: weight of the mean absolute difference of what
    the network makes of known pixels, which nobody is shown; coarse: weight of that of its layer "coarse" from the
    image; masked: D takes for fake what was filled only, and for real what stands beside it in the same image."""

    def __init__(self, known: float = 0.0, coarse: float = 0.0, masked: bool = False, **given):
        super().__init__(**given)
        self.known, self.coarse, self.masked = known, coarse, masked
        if coarse:  # the network up to its first image; in one step both are one computation
            network = self.networks[restoration.DIRECTION]
            self.first = keras.Model(network.input, network.get_layer("coarse").output)

    def completed(self, made: tf.Tensor, spoilt: Batch) -> tf.Tensor:
        return tf.where(spoilt["mask"] > 0, made, spoilt["image"])

    def distance(self, restored: tf.Tensor, target: tf.Tensor, spoilt: Batch) -> tf.Tensor:
        """The mean over the pixels of holes, so that it does not depend on how large they are."""
        area = tf.reduce_sum(spoilt["mask"]) * target.shape[-1]
        return tf.math.divide_no_nan(tf.reduce_sum(tf.abs(restored - target)), area)

    def shown(self, image: tf.Tensor, spoilt: Batch) -> Batch:
        return {"image": image if self.masked else tf.concat([image, spoilt["mask"]], -1)}

    def opinion(self, logits: tf.Tensor, spoilt: Batch) -> tf.Tensor:
        """A logit of a place without a hole, turned round: what a loss that is symmetrical in real and fake asks of
        fakes is then what it asks of reals."""
        if not self.masked:
            return logits
        factor = spoilt["mask"].shape[1] // logits.shape[1]
        holes = tf.nn.max_pool2d(spoilt["mask"], factor, factor, "VALID")[..., 0]
        return tf.where(holes > 0, logits, -logits)

    @property
    def added_terms(self):
        return tuple(name for name in ("known", "coarse") if getattr(self, name))

    def added(self, made: tf.Tensor, target: tf.Tensor, spoilt: Batch) -> Terms:
        terms = {}
        if self.known:
            terms["known"] = self.known * tf.reduce_mean((1 - spoilt["mask"]) * tf.abs(made - target))
        if self.coarse:
            first = self.first({"image": spoilt["input"]}, training=True)
            terms["coarse"] = self.coarse * tf.reduce_mean(tf.abs(first - target))
        return terms


@dataclasses.dataclass(frozen=True)
class Inpainter(restorer.Restorer):
    """`restorer.Restorer` of holes; the degradation is a `degradations.Inpaint`. known, coarse, masked: see
    `InpaintingGAN`."""

    known: float = 0.0
    coarse: float = 0.0
    masked: bool = False

    def game(self, **given) -> InpaintingGAN:
        return InpaintingGAN(known=self.known, coarse=self.coarse, masked=self.masked, target=self.target, **given)

    def seen(self, channels: int) -> int:
        return channels + (not self.masked)
