"""WGAN on Fashion-MNIST: a clipped critic, for teaching more than for use.

Task: noise-to-image
Variant: WGAN
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Arjovsky, Chintala & Bottou 2017, arXiv 1701.07875
Command: ganzoo train wgan_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.image import wgan

    return Recipe(
        model=wgan.WGAN(width=32),
        data=Data(source="bundled", name="fashion_mnist", size=28, channels=1, classes=10),
        game=Game(
            d_optimizer=schedules.RMSprop(learning_rate=5e-5),
            g_optimizer=schedules.RMSprop(learning_rate=5e-5),
            adversarial=losses.wasserstein,
            ema=averaging.EMA(halflife=50_000),
            d_steps=5,
        ),
        train=Train(images=1_536_000, batch=64, tick=32_000, evaluate=384_000, steps_per_execution=10),
        metrics=("fd10k_lenet", "kd10k_lenet"),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import wgan

    full = recipe()
    return dataclasses.replace(
        full,
        model=wgan.WGAN(width=4),
        game=dataclasses.replace(full.game, d_steps=2),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=("fd64_lenet",),
    )
