"""DCGAN on your own images.

Images are cropped to their centre and resized to data.size, a power of two from 16; data.channels may be 1, 3 or 4.

Task: noise-to-image
Variant: DCGAN
Data: any folder of images, class subfolders optional
Paper: Radford, Metz & Chintala 2016, arXiv 1511.06434
Command: ganzoo train dcgan_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.image import dcgan

    return Recipe(
        model=dcgan.DCGAN(),
        data=Data(source="folder", size=64, channels=3),
        game=Game(
            d_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.5),
            g_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.5),
            adversarial=losses.non_saturating,
            ema=averaging.EMA(halflife=10_000),
        ),
        train=Train(images=6_400_000, batch=64, tick=12_800, evaluate=128_000),
        metrics=("kd1k_lite0",),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import dcgan

    return dataclasses.replace(
        recipe(),
        model=dcgan.DCGAN(width=4),
        data=Data(source="bundled", name="fashion_mnist", size=64, channels=3),
        train=Train(images=64, batch=8, tick=32, evaluate=64),
        metrics=(),
    )
