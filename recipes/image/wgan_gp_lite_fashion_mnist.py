"""WGAN-GP on Fashion-MNIST, narrow enough for two cores.

Differences from wgan_gp_fashion_mnist: width, length, and an average of the weights.

Task: noise-to-image
Variant: WGAN-GP (lite)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Gulrajani et al. 2017, arXiv 1704.00028
Command: ganzoo train wgan_gp_lite_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, schedules
    from ganzoo.models.image import wgan_gp
    from ganzoo.recipes.image.wgan_gp_fashion_mnist import recipe as paper

    full = paper()
    adam = schedules.Adam(learning_rate=schedules.Linear(2e-4, 0.0, finish=960_000), beta_1=0.0, beta_2=0.9)
    return dataclasses.replace(
        full,
        model=wgan_gp.WGANGP(g_width=32, d_width=32),
        game=dataclasses.replace(full.game, d_optimizer=adam, g_optimizer=adam, ema=averaging.EMA(halflife=50_000)),
        train=Train(images=960_000, batch=64, tick=16_000, evaluate=320_000, steps_per_execution=10),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import wgan_gp

    full = recipe()
    return dataclasses.replace(
        full,
        model=wgan_gp.WGANGP(g_width=8, d_width=8),
        game=dataclasses.replace(full.game, d_steps=2),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=("fd64_lenet",),
    )
