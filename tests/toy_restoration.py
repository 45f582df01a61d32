"""A run of seconds of the game of restoration, for the tests of `ganzoo evaluate`.

Task: test
Variant: restoration
Data: Fashion-MNIST (bundled)
Paper: none
Command: ganzoo train tests/toy_restoration.py
"""

import dataclasses
from typing import Any

from ganzoo.recipe import Data, Game, Recipe, Train


@dataclasses.dataclass(frozen=True)
class Convolutions:
    """Two convolutions behind what the degradation made, upsampled, and one that judges."""

    degradation: Any
    warmup: int = 0
    width: int = 4

    def build(self, spec):
        import keras

        from ganzoo import restoration, translation

        height, width, channels = restoration.check(spec, self.degradation)
        scale = self.degradation.scale

        def make(size):
            given = image = keras.Input((*size, self.degradation.channels(channels)), name="image")
            if scale > 1:
                image = keras.layers.UpSampling2D(scale)(image)
            image = x = keras.layers.Dense(channels, kernel_initializer="identity")(image)
            for maps in (self.width, channels):
                x = keras.layers.LeakyReLU()(keras.layers.Conv2D(maps, 3, padding="same")(x))
            return keras.Model({"image": given}, keras.layers.Add()([image, x]))

        image = keras.Input((height, width, channels), name="image")
        judge = keras.Model({"image": image}, keras.layers.Conv2D(1, 3, padding="same")(image))
        translator = translation.Translator(
            make, channels, channels, scale=scale, fill=getattr(self.degradation, "fill", None)
        )
        return restoration.RestorationGAN(translator, spec, judge, self.degradation, adversary=0.01, warmup=self.warmup)


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.degradations import Bicubic

    clothes = Data(source="bundled", name="fashion_mnist", limit=64)
    return Recipe(
        model=Convolutions(Bicubic(2), warmup=16),
        data=clothes,
        game=Game(schedules.Adam(2e-3), schedules.Adam(2e-3), losses.non_saturating),
        train=Train(images=32, batch=8, tick=16),
        metrics=("psnry6_pairs", "patches6_pairs"),
        test=dataclasses.replace(clothes, limit=6),
    )


smoke = recipe
