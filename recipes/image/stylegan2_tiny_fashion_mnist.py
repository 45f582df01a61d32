"""StyleGAN2 narrow enough for two cores, with every part of it.

Differences from stylegan2_cifar10: the paper's D, style mixing and path length; widths, gamma and length for a small
machine. The coarsest map is 7x7.

Task: noise-to-image
Variant: StyleGAN2 (tiny)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Karras et al. 2020, arXiv 1912.04958
Command: ganzoo train stylegan2_tiny_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, regularizers, schedules
    from ganzoo.models.image import stylegan2

    adam = schedules.Adam(learning_rate=0.0025, beta_1=0.0, beta_2=0.99)
    return Recipe(
        model=stylegan2.StyleGAN2(cbase=512, cmax=64, z_dim=64, w_dim=64, depth=2),
        data=Data(source="bundled", name="fashion_mnist", size=28, channels=1, classes=10),
        game=Game(
            d_optimizer=adam,
            g_optimizer=adam,
            adversarial=losses.non_saturating,
            regularizers=(regularizers.R1(gamma=0.1, interval=16),),
            ema=averaging.EMA(halflife=5_000),
        ),
        train=Train(images=128_000, batch=32, tick=6_400, evaluate=64_000, steps_per_execution=10),
        metrics=("fd10k_lenet", "kd10k_lenet"),
    )


def smoke() -> Recipe:
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, cbase=64, cmax=8, z_dim=8, w_dim=8),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=("fd64_lenet",),
    )
