"""ACGAN on Fashion-MNIST: D also names the class.

The paper's layers at a third of its width, so that two cores can train them.

Task: noise-to-image
Variant: ACGAN
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Odena, Olah & Shlens 2017, arXiv 1610.09585
Command: ganzoo train acgan_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.image import acgan

    return Recipe(
        model=acgan.ACGAN(g_width=128, d_width=8),
        data=Data(source="bundled", name="fashion_mnist", size=28, channels=1, classes=10),
        game=Game(
            d_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.5),
            g_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.5),
            adversarial=losses.non_saturating,
            ema=averaging.EMA(halflife=10_000),
        ),
        train=Train(images=500_000, batch=100, tick=20_000, evaluate=100_000, steps_per_execution=10),
        metrics=("fd10k_lenet", "kd10k_lenet"),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import acgan

    return dataclasses.replace(
        recipe(),
        model=acgan.ACGAN(g_width=24, d_width=2),
        train=Train(images=64, batch=8, tick=32, evaluate=64),
        metrics=("fd64_lenet",),
    )
