"""WGAN-GP on CIFAR-10, as in the paper.

Task: noise-to-image
Variant: WGAN-GP
Data: CIFAR-10 32x32 (TFDS)
Paper: Gulrajani et al. 2017, arXiv 1704.00028
Command: ganzoo train wgan_gp_cifar10
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses, regularizers, schedules
    from ganzoo.models.image import wgan_gp

    return Recipe(
        model=wgan_gp.WGANGP(),
        data=Data(source="tfds", name="cifar10", split="train", size=32, channels=3, classes=10, on_device=True),
        game=Game(
            d_optimizer=schedules.Adam(
                learning_rate=schedules.Linear(2e-4, 0.0, finish=32_000_000), beta_1=0.0, beta_2=0.9
            ),
            g_optimizer=schedules.Adam(
                learning_rate=schedules.Linear(2e-4, 0.0, finish=32_000_000), beta_1=0.0, beta_2=0.9
            ),
            adversarial=losses.wasserstein,
            regularizers=(regularizers.GradientPenalty(weight=10.0),),
            d_steps=5,
        ),
        train=Train(images=32_000_000, batch=64, tick=64_000, evaluate=1_600_000, steps_per_execution=10),
        metrics=("fd10k_lite0", "kd10k_lite0"),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import wgan_gp

    return dataclasses.replace(
        recipe(),
        model=wgan_gp.WGANGP(g_width=8, d_width=8),
        data=Data(source="bundled", name="fashion_mnist", size=32, channels=3, classes=10, on_device=True),
        train=Train(images=80, batch=8, tick=40, evaluate=80),
        metrics=(),
    )
