"""WGAN-GP on CIFAR-10, as in the paper.

Task: noise-to-image
Variant: WGAN-GP
Data: CIFAR-10 32x32 (TFDS)
Paper: Gulrajani et al. 2017, arXiv 1704.00028
Command: ganzoo train wgan_gp_cifar10
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo.recipes.image.wgan_gp_fashion_mnist import recipe as fashion_mnist

    return dataclasses.replace(
        fashion_mnist(),
        data=Data(source="tfds", name="cifar10", size=32, channels=3, classes=10, on_device=True),
        metrics=("fd10k_lite0", "kd10k_lite0"),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import wgan_gp

    full = recipe()
    return dataclasses.replace(
        full,
        model=wgan_gp.WGANGP(g_width=8, d_width=8),
        data=Data(source="bundled", name="fashion_mnist", size=32, channels=3, classes=10, on_device=True),
        game=dataclasses.replace(full.game, d_steps=2),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=(),
    )
