"""cGAN on Fashion-MNIST: the class is one more input of both networks.

Task: noise-to-image
Variant: cGAN (concatenation)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Mirza & Osindero 2014, arXiv 1411.1784
Command: ganzoo train cgan_concatenation_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.image import cgan

    return Recipe(
        model=cgan.Concatenation(width=32),
        data=Data(source="bundled", name="fashion_mnist", size=28, channels=1, classes=10),
        game=Game(
            d_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.5),
            g_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.5),
            adversarial=losses.non_saturating,
            ema=averaging.EMA(halflife=10_000),
        ),
        train=Train(images=512_000, batch=64, tick=12_800, evaluate=128_000, steps_per_execution=10),
        metrics=("fd10k_lenet", "kd10k_lenet"),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import cgan

    return dataclasses.replace(
        recipe(),
        model=cgan.Concatenation(width=4),
        train=Train(images=64, batch=8, tick=32, evaluate=64),
        metrics=("fd64_lenet",),
    )
