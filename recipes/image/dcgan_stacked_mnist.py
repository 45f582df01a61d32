"""How many of a thousand modes does a tiny GAN find? Stacked-MNIST with the networks of the unrolled GAN.

Differences from table 3 of PacGAN: 5,000 of its 500,000 steps, and samples are made with batch norm's kept averages,
where its code uses the moments of 128 samples.

Task: noise-to-image
Variant: DCGAN (tiny)
Data: Stacked-MNIST 28x28x3, from MNIST's 60,000 training digits (package)
Paper: Metz et al. 2017, arXiv 1611.02163; Lin et al. 2018, arXiv 1712.04086, table 3
Command: ganzoo train dcgan_stacked_mnist
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.image import tiny

    return Recipe(
        model=tiny.Tiny(d_width=2),
        data=Data(source="stacked", name="mnist", size=28, channels=3, classes=0),
        game=Game(
            d_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.5, beta_2=0.99),
            g_optimizer=schedules.Adam(learning_rate=1e-4, beta_1=0.5, beta_2=0.99),
            adversarial=losses.non_saturating,
        ),
        train=Train(images=640_000, batch=128, tick=32_000, evaluate=320_000, steps_per_execution=50),
        metrics=("modes25600_digits", "rkl25600_digits"),
    )


def smoke() -> Recipe:
    return dataclasses.replace(
        recipe(),
        train=Train(images=64, batch=8, tick=32, evaluate=64),
        metrics=("modes64_digits",),
    )
