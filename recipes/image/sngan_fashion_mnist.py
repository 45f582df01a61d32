"""SNGAN on Fashion-MNIST: residual networks, D spectrally normalised, at the paper's width.

For a GPU; on two cores take the `_lite` recipe.

Task: noise-to-image
Variant: SNGAN
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Miyato et al. 2018, arXiv 1802.05957
Command: ganzoo train sngan_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.image import sngan

    return Recipe(
        model=sngan.SNGAN(),
        data=Data(source="bundled", name="fashion_mnist", size=28, channels=1, classes=10),
        game=Game(
            d_optimizer=schedules.Adam(
                learning_rate=schedules.Linear(2e-4, 0.0, finish=16_000_000), beta_1=0.0, beta_2=0.9
            ),
            g_optimizer=schedules.Adam(
                learning_rate=schedules.Linear(2e-4, 0.0, finish=16_000_000), beta_1=0.0, beta_2=0.9
            ),
            adversarial=losses.hinge,
            d_steps=5,
        ),
        train=Train(images=16_000_000, batch=64, tick=64_000, evaluate=1_600_000, steps_per_execution=10),
        metrics=("fd10k_lenet", "kd10k_lenet"),
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
