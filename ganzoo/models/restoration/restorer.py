"""A restoration game put together from values: any generator and discriminator of this folder, any degradation.

Which papers the values are of stands beside them; the game itself, fidelity first and then an adversary, is that of
Ledig et al. 2017, arXiv 1609.04802, see `ganzoo.restoration`.
"""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from ganzoo import restoration, translation
from ganzoo.errors import BadInput
from ganzoo.perceptual import Perceptual


@dataclasses.dataclass(frozen=True)
class Restorer:
    """generator: a value with `make(size, given, made, scale)` -> {"image": [B, H, W, given]} -> float32 [B, scale * H,
    scale * W, made] for any size (H, W) in multiples of its `multiple` from `least` on, each pixel of which looks
    `reach` pixels of the image far, see `translation.Translator`. discriminator: a value with `make(channels, size)` ->
    {"image": [B, H, W, channels]} -> logits, and `multiple`. degradation: of `ganzoo.degradations`. The rest: see
    `restoration.RestorationGAN`."""

    generator: Any
    discriminator: Any
    degradation: Any
    pixel: float = 1.0
    adversary: float = 0.1
    perceptual: Perceptual | None = None
    warmup: int = 0
    target: Callable[[tf.Tensor], tf.Tensor] | None = None

    def game(self, **given) -> restoration.RestorationGAN:
        """The game of what `build` has made."""
        return restoration.RestorationGAN(target=self.target, **given)

    def seen(self, channels: int) -> int:
        """Channels of what D is shown of images of so many."""
        return channels

    def build(self, spec) -> restoration.RestorationGAN:
        """The game for images of `spec` (ganzoo.data.images.Spec). Raises BadInput for sides that do not fit the
        networks or the degradation, and for data of two domains."""
        height, width, channels = restoration.check(spec, self.degradation, self.generator.multiple)
        unit = self.discriminator.multiple
        if height % unit or width % unit:
            raise BadInput(f"data.size: {height}x{width}; allowed: sides that are multiples of {unit}, for D")
        scale, given = self.degradation.scale, self.degradation.channels(channels)
        make = functools.partial(self.generator.make, given=given, made=channels, scale=scale)
        translator = translation.Translator(
            make,
            channels,
            channels,
            multiple=self.generator.multiple,
            least=self.generator.least,
            scale=scale,
            reach=self.generator.reach,
            fill=getattr(self.degradation, "fill", None),
        )
        return self.game(
            translator=translator,
            spec=spec,
            discriminator=self.discriminator.make(self.seen(channels), (height, width)),
            degradation=self.degradation,
            pixel=self.pixel,
            adversary=self.adversary,
            perceptual=self.perceptual,
            warmup=self.warmup,
        )
