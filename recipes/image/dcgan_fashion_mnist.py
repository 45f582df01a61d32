"""DCGAN on real images that need no download: minutes on two cores.

Differences from the paper: half its width, an average of the weights, and higher learning rates (2e-4 there), G's
twice D's, which were chosen by fd10k_lenet on seed 0.

Task: noise-to-image
Variant: DCGAN
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Radford, Metz & Chintala 2016, arXiv 1511.06434
Command: ganzoo train dcgan_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.image import dcgan

    return Recipe(
        model=dcgan.DCGAN(width=32),
        data=Data(source="bundled", name="fashion_mnist", size=28, channels=1, classes=10),
        game=Game(
            d_optimizer=schedules.Adam(learning_rate=1e-3, beta_1=0.5),
            g_optimizer=schedules.Adam(learning_rate=2e-3, beta_1=0.5),
            adversarial=losses.non_saturating,
            ema=averaging.EMA(halflife=5_000),
        ),
        train=Train(images=384_000, batch=64, tick=12_800, evaluate=128_000, steps_per_execution=10),
        metrics=("fd10k_lenet", "kd10k_lenet"),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import dcgan

    return dataclasses.replace(
        recipe(),
        model=dcgan.DCGAN(width=4),
        train=Train(images=64, batch=8, tick=32, evaluate=64),
        metrics=("fd64_lenet",),
    )
