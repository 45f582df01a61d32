"""R3GAN on Fashion-MNIST, narrow enough for two cores.

Differences from the paper's networks and schedules: widths, one block a resolution, length, and no augmentation; gamma
goes from 1 to 0.1 (chosen before any run).

Task: noise-to-image
Variant: R3GAN (lite)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Huang et al. 2025, arXiv 2501.05441
Command: ganzoo train r3gan_lite_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, regularizers, schedules
    from ganzoo.models.image import r3gan

    decay = 256_000
    gamma = schedules.Cosine(1.0, 0.1, decay)
    adam = schedules.Adam(
        learning_rate=schedules.Cosine(2e-4, 5e-5, decay), beta_1=0.0, beta_2=schedules.Cosine(0.9, 0.99, decay)
    )
    return Recipe(
        model=r3gan.R3GAN(widths=(64, 32, 16), blocks=1),
        data=Data(source="bundled", name="fashion_mnist", size=28, channels=1, classes=10, on_device=True),
        game=Game(
            d_optimizer=adam,
            g_optimizer=adam,
            adversarial=losses.relativistic,
            regularizers=(regularizers.R1(gamma), regularizers.R2(gamma)),
            ema=averaging.EMA(halflife=schedules.Cosine(0.0, 10_000, decay), ramp=0.0),
        ),
        train=Train(images=256_000, batch=64, tick=12_800, evaluate=64_000, steps_per_execution=10),
        metrics=("fd10k_lenet", "kd10k_lenet"),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import r3gan

    return dataclasses.replace(
        recipe(),
        model=r3gan.R3GAN(widths=(8, 8, 8), blocks=1),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=("fd64_lenet",),
    )
