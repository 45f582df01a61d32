"""SNGAN on CIFAR-10, as in the paper.

Task: noise-to-image
Variant: SNGAN
Data: CIFAR-10 32x32 (TFDS)
Paper: Miyato et al. 2018, arXiv 1802.05957
Command: ganzoo train sngan_cifar10
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo.recipes.image.sngan_fashion_mnist import recipe as fashion_mnist

    return dataclasses.replace(
        fashion_mnist(),
        data=Data(source="tfds", name="cifar10", size=32, channels=3, classes=10, on_device=True),
        metrics=("fd10k_lite0", "kd10k_lite0"),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import sngan

    full = recipe()
    return dataclasses.replace(
        full,
        model=sngan.SNGAN(g_width=8, d_width=8),
        data=Data(source="bundled", name="fashion_mnist", size=32, channels=3, classes=10, on_device=True),
        game=dataclasses.replace(full.game, d_steps=2),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=(),
    )
