"""cGAN (projection) on CIFAR-10, as in the paper.

Task: noise-to-image
Variant: cGAN (projection)
Data: CIFAR-10 32x32 (TFDS)
Paper: Miyato & Koyama 2018, arXiv 1802.05637
Command: ganzoo train cgan_projection_cifar10
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo.recipes.image.cgan_projection_fashion_mnist import recipe as fashion_mnist

    return dataclasses.replace(
        fashion_mnist(),
        data=Data(source="tfds", name="cifar10", size=32, channels=3, classes=10, on_device=True),
        metrics=("fd10k_lite0", "kd10k_lite0"),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import cgan

    full = recipe()
    return dataclasses.replace(
        full,
        model=cgan.Projection(g_width=8, d_width=8),
        data=Data(source="bundled", name="fashion_mnist", size=32, channels=3, classes=10, on_device=True),
        game=dataclasses.replace(full.game, d_steps=2),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=(),
    )
