"""LSGAN on Fashion-MNIST: least squares on DCGAN's networks.

Task: noise-to-image
Variant: LSGAN
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Mao et al. 2017, arXiv 1611.04076
Command: ganzoo train lsgan_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.image import lsgan

    return Recipe(
        model=lsgan.LSGAN(width=32),
        data=Data(source="bundled", name="fashion_mnist", size=28, channels=1, classes=10),
        game=Game(
            d_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.5),
            g_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.5),
            adversarial=losses.least_squares(a=0.0, b=1.0, c=1.0),
            ema=averaging.EMA(halflife=10_000),
        ),
        train=Train(images=512_000, batch=64, tick=12_800, evaluate=128_000, steps_per_execution=10),
        metrics=("fd10k_lenet", "kd10k_lenet"),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import lsgan

    return dataclasses.replace(
        recipe(),
        model=lsgan.LSGAN(width=4),
        train=Train(images=64, batch=8, tick=32, evaluate=64),
        metrics=("fd64_lenet",),
    )
