"""The game of restoration: images are spoilt inside the step, and G learns to undo it while D looks at the result.

One game for super-resolution, denoising and inpainting: what spoils an image is a value of `ganzoo.degradations`, drawn
anew each time the image is seen. G descends the mean absolute difference from the image (term "pixel"), the difference
of feature maps ("perceptual") and D's opinion ("adv"). For the first `warmup` reals there is the first term alone, with
weight 1: G learns fidelity, as SRGAN (Ledig et al. 2017, arXiv 1609.04802, section 3.2), ESRGAN (Wang et al. 2018,
arXiv 1809.00219, section 4.1) and Real-ESRGAN (Wang et al. 2021, arXiv 2107.10833, section 4.1) train their generators
before the adversary comes. The network as it was then is kept, and between it and the final one users choose: `alpha`,
the network interpolation of ESRGAN, section 3.4.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ganzoo import translation
from ganzoo.errors import BadInput
from ganzoo.gan import Batch, Progress, Terms
from ganzoo.perceptual import Perceptual

DIRECTION = "restore"


class RestorationGAN(translation.TranslationGAN):
    """Batches {"image"}: float32 [B, H, W, C] in [-1, 1], clean.

    translator: the network from spoilt to clean images. spec: of the clean ones (`data.images.Spec`). discriminator:
    {"image": [B, H, W, C]} -> logits of any shape. degradation: a value of `ganzoo.degradations` that fits the
    translator. pixel, adversary: weights of terms; perceptual: a `Perceptual` or None. warmup: reals for which there is
    the term of pixels alone, 0 = none, as many as the run has = no adversary at all. target: a function of images to
    those that the terms of fidelity compare with, both float32 [B, H, W, C], None = the images themselves. Raises
    BadInput for an adversary of no weight.

    A subclass changes what of the network's output is the image (`completed`), how far it is from another (`distance`),
    what D is shown (`shown`) and what its logits of a restored image say (`opinion`), or has terms of its own for G
    (`added`).
    """

    def __init__(
        self,
        translator: translation.Translator,
        spec,
        discriminator: keras.Model,
        degradation: Callable[[tf.Tensor, Progress, str], Batch],
        pixel: float = 1.0,
        adversary: float = 0.1,
        perceptual: Perceptual | None = None,
        warmup: int = 0,
        target: Callable[[tf.Tensor], tf.Tensor] | None = None,
        **kwargs,
    ):
        size = (spec.height // degradation.scale, spec.width // degradation.scale)
        super().__init__({DIRECTION: translator}, {DIRECTION: size}, **kwargs)
        if adversary <= 0:
            raise BadInput(
                f"model.adversary: {adversary}; allowed: above 0; a model.warmup of train.images keeps D out"
            )
        self.discriminator, self.degradation = discriminator, degradation
        self.pixel, self.adversary, self.warmup, self.target = pixel, adversary, warmup, target
        self.perceptual = perceptual.build(spec.shape) if perceptual else None
        if warmup:
            self.fidelity[DIRECTION] = self._made(DIRECTION)

    @property
    def d_nets(self):
        return (self.discriminator,)

    @property
    def g_terms(self):
        used = {"pixel": self.pixel or self.warmup, "perceptual": self.perceptual, "adv": True}
        return (*(name for name, there in used.items() if there), *self.added_terms)

    def spoil(self, batch: Batch) -> Batch:
        """The batch with what the degradation makes of its images: "input" and, of a hole, "mask"."""
        return batch | self.degradation(batch["image"], self.progress, "spoil")

    def made(self, spoilt: Batch) -> tf.Tensor:
        """The output of the network in training for a spoilt batch."""
        return self.networks[DIRECTION]({"image": spoilt["input"]}, training=True)

    def completed(self, made: tf.Tensor, spoilt: Batch) -> tf.Tensor:
        """The image that the network's output stands for."""
        return made

    def distance(self, restored: tf.Tensor, target: tf.Tensor, spoilt: Batch) -> tf.Tensor:
        """float32 []: the term of pixels before its weight."""
        return tf.reduce_mean(tf.abs(restored - target))

    def shown(self, image: tf.Tensor, spoilt: Batch) -> Batch:
        """What D sees of an image."""
        return {"image": image}

    def opinion(self, logits: tf.Tensor, spoilt: Batch) -> tf.Tensor:
        """D's logits of restored images as D's own loss takes them for fakes."""
        return logits

    @property
    def added_terms(self) -> tuple[str, ...]:
        """The names of what `added` gives."""
        return ()

    def added(self, made: tf.Tensor, target: tf.Tensor, spoilt: Batch) -> Terms:
        """Further weighted terms of G, from the first step on. made: see `made`."""
        return {}

    def d_loss(self, batch: Batch) -> Terms:
        names = ("adv", *(each.name for each in self.regularizers))

        def play():
            spoilt = self.spoil(batch)
            real, fake = batch["image"], tf.stop_gradient(self.completed(self.made(spoilt), spoilt))

            def critic(image):
                return self.discriminator(self.shown(image, spoilt), training=True)

            logits = critic(real), critic(fake)
            penalties = [each(critic, real, fake, self.progress, logits) for each in self.regularizers]
            return [self.adversarial.d(logits[0], self.opinion(logits[1], spoilt)), *penalties]

        def idle():
            # Gradients of 0, not none: a step without any is refused where no graph is made.
            nothing = tf.add_n([0.0 * tf.reduce_sum(weight) for weight in self._weights_of(self.d_nets)])
            return [nothing, *([tf.zeros([])] * len(self.regularizers))]

        return dict(zip(names, self._played(play, self.progress.images >= self.warmup, idle), strict=True))

    def g_loss(self, batch: Batch) -> Terms:
        spoilt = self.spoil(batch)
        made, target = self.made(spoilt), batch["image"]
        restored = self.completed(made, spoilt)
        if self.target:
            target = self.target(target)

        def play():
            fake = self.discriminator(self.shown(restored, spoilt), training=True)
            real = None
            if self.adversarial.relativistic:
                real = self.discriminator(self.shown(batch["image"], spoilt), training=True)
            return self.adversary * self.adversarial.g(fake, real)

        begun = self.progress.images > self.warmup  # D's step has counted this step's reals already
        terms = {}
        if "pixel" in self.g_terms:
            weight = tf.where(begun, self.pixel, 1.0) if self.warmup else self.pixel
            terms["pixel"] = weight * self.distance(restored, target, spoilt)
        if self.perceptual:
            terms["perceptual"] = self._played(lambda: self.perceptual(restored, target), begun)
        terms["adv"] = self._played(play, begun)
        return terms | self.added(made, target, spoilt)

    def _played(self, play: Callable[[], Any], begun: tf.Tensor, idle=lambda: tf.zeros([])) -> Any:
        """The term, before D plays 0 without its cost."""
        return tf.cond(begun, play, idle) if self.warmup else play()

    def train_step(self, batch: Batch) -> dict[str, tf.Tensor]:
        logs = super().train_step(batch)
        if self.warmup:
            warming = self.images <= self.warmup
            network = self.sampler(DIRECTION)
            # No condition: in one, replicas could not agree on the weights.
            for kept, weight in zip(self.fidelity[DIRECTION].variables, network.variables, strict=True):
                kept.assign(tf.where(warming, weight, kept))
        return logs

    def exhibit(self, images, recipe, fresh):
        from ganzoo import restored  # which restores, and so imports this way round

        return restored.Restored(self, images, recipe, fresh)

    def _check_replicas(self):
        super()._check_replicas()
        replicas = self.distribute_strategy.num_replicas_in_sync if self.distribute_strategy else 1
        if self.warmup and replicas > 1 and (state := self._state_of(self.d_nets)):
            raise ValueError(f"warmup with replicas needs a D without state, not {state[0].path}")


def check(spec, degradation, multiple: int = 1, least: int = 1) -> tuple[int, int, int]:
    """(H, W, C) of the clean images of `spec`. Raises BadInput for data of two domains, and unless both sides are
    multiples of `multiple` times the degradation's scale and at least `least` pixels."""
    if hasattr(spec, "b"):
        raise BadInput("data: this model restores images of one set; allowed: a recipe whose data is no Pairs")
    unit = multiple * degradation.scale
    if spec.height % unit or spec.width % unit:
        raise BadInput(f"data.size: {spec.height}x{spec.width}; allowed: sides that are multiples of {unit}")
    if min(spec.height, spec.width) < least:
        raise BadInput(f"data.size: {spec.height}x{spec.width}; allowed: sides of at least {least}")
    return spec.shape


@dataclasses.dataclass(frozen=True)
class Spoilt:
    """A set of images and what a degradation made of them, the same on every call with the same images.

    given: uint8 [N, h, w, C]. targets: uint8 [N, H, W, C]. masks: uint8 [N, H, W, 1], 255 in the hole, or None.
    """

    given: np.ndarray
    targets: np.ndarray
    masks: np.ndarray | None


def spoil(degradation: Any, targets: np.ndarray, rows: int = 16) -> Spoilt:
    """targets: uint8 [N, H, W, C]. An image has the same draws whatever comes after it."""
    from ganzoo.generator import levels

    given, masks = [], []
    for start in range(0, len(targets), rows):
        part = targets[start : start + rows]
        filled = np.resize(part, (rows, *part.shape[1:]))  # one shape, so that the draws are those of a full batch
        images = tf.constant(filled, tf.float32) / 127.5 - 1
        spoilt = degradation(images, Progress(tf.constant(0), tf.constant(start), 0), "test")
        channels = targets.shape[3]
        given.append(levels(spoilt["input"][: len(part), ..., :channels]).numpy())
        if "mask" in spoilt:
            masks.append(np.uint8(255) * (spoilt["mask"][: len(part)].numpy() > 0.5))
    return Spoilt(np.concatenate(given), targets, np.concatenate(masks) if masks else None)
