"""SAGAN on Fashion-MNIST, narrow enough for two cores, with attention at 14x14.

Differences from sagan_cifar10: width, batch, length, and an average of the weights.

Task: noise-to-image
Variant: SAGAN (lite)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Zhang et al. 2019, arXiv 1805.08318
Command: ganzoo train sagan_lite_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging
    from ganzoo.models.image import sagan
    from ganzoo.recipes.image.sagan_cifar10 import recipe as cifar10

    full = cifar10()
    return dataclasses.replace(
        full,
        model=sagan.SAGAN(width=8),
        data=Data(source="bundled", name="fashion_mnist", size=28, channels=1, classes=10),
        game=dataclasses.replace(full.game, ema=averaging.EMA(halflife=50_000)),
        train=Train(images=640_000, batch=64, tick=16_000, evaluate=160_000, steps_per_execution=10),
        metrics=("fd10k_lenet", "kd10k_lenet"),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import sagan

    return dataclasses.replace(
        recipe(),
        model=sagan.SAGAN(width=2),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=("fd64_lenet",),
    )
