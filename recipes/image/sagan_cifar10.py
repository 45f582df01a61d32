"""SAGAN on CIFAR-10, which the paper does not have: its game and rates on networks for 32x32, with attention at 16x16.

Differences from the paper's ImageNet run: width (4 x 64 in every map), the number of images.

Task: noise-to-image
Variant: SAGAN
Data: CIFAR-10 32x32 (TFDS)
Paper: Zhang et al. 2019, arXiv 1805.08318
Command: ganzoo train sagan_cifar10
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.image import sagan

    return Recipe(
        model=sagan.SAGAN(),
        data=Data(source="tfds", name="cifar10", size=32, channels=3, classes=10, on_device=True),
        game=Game(
            d_optimizer=schedules.Adam(learning_rate=4e-4, beta_1=0.0, beta_2=0.9),
            g_optimizer=schedules.Adam(learning_rate=1e-4, beta_1=0.0, beta_2=0.9),
            adversarial=losses.hinge,
        ),
        train=Train(images=25_600_000, batch=256, tick=128_000, evaluate=1_280_000, steps_per_execution=10),
        metrics=("fd10k_lite0", "kd10k_lite0"),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import sagan

    return dataclasses.replace(
        recipe(),
        model=sagan.SAGAN(width=2),
        data=Data(source="bundled", name="fashion_mnist", size=32, channels=3, classes=10, on_device=True),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=(),
    )
