"""SNGAN on Fashion-MNIST, narrow enough for two cores.

Differences from sngan_fashion_mnist: width, length, and an average of the weights.

Task: noise-to-image
Variant: SNGAN (lite)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Miyato et al. 2018, arXiv 1802.05957
Command: ganzoo train sngan_lite_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, schedules
    from ganzoo.models.image import sngan
    from ganzoo.recipes.image.sngan_fashion_mnist import recipe as paper

    full = paper()
    adam = schedules.Adam(learning_rate=schedules.Linear(2e-4, 0.0, finish=1_280_000), beta_1=0.0, beta_2=0.9)
    return dataclasses.replace(
        full,
        model=sngan.SNGAN(g_width=64, d_width=32),
        game=dataclasses.replace(full.game, d_optimizer=adam, g_optimizer=adam, ema=averaging.EMA(halflife=50_000)),
        train=Train(images=1_280_000, batch=64, tick=16_000, evaluate=320_000, steps_per_execution=10),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import sngan

    full = recipe()
    return dataclasses.replace(
        full,
        model=sngan.SNGAN(g_width=8, d_width=8),
        game=dataclasses.replace(full.game, d_steps=2),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=("fd64_lenet",),
    )
