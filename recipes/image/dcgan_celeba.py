"""DCGAN on CelebA at 64x64, the paper's size.

Task: noise-to-image
Variant: DCGAN
Data: CelebA 64x64, aligned faces (TFDS)
Paper: Radford, Metz & Chintala 2016, arXiv 1511.06434
Command: ganzoo train dcgan_celeba
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.image import dcgan

    return Recipe(
        model=dcgan.DCGAN(),
        data=Data(source="tfds", name="celeb_a", split="train", size=64, channels=3, classes=0),
        game=Game(
            d_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.5),
            g_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.5),
            adversarial=losses.non_saturating,
            ema=averaging.EMA(halflife=10_000),
        ),
        train=Train(images=12_800_000, batch=128, tick=128_000, evaluate=1_280_000, steps_per_execution=10),
        metrics=("fd10k_lite0", "kd10k_lite0"),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import dcgan

    return dataclasses.replace(
        recipe(),
        model=dcgan.DCGAN(width=4),
        data=Data(source="bundled", name="fashion_mnist", size=64, channels=3, classes=0),
        train=Train(images=64, batch=8, tick=32, evaluate=64),
        metrics=(),
    )
