"""ProGAN narrow enough for two cores, from 7x7 to 28x28.

Differences from the paper: widths and lengths for a small machine; 28x28 is faded in from 24,000 to 32,000 images.

Task: noise-to-image
Variant: ProGAN (tiny)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Karras et al. 2018, arXiv 1710.10196
Command: ganzoo train progan_tiny_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging
    from ganzoo.models.image import progan
    from ganzoo.recipes.image.progan_cifar10 import recipe as cifar10

    full = cifar10()
    return dataclasses.replace(
        full,
        model=progan.ProGAN(cbase=512, cmax=64, z_dim=64, fade=8_000, stable=8_000),
        data=Data(source="bundled", name="fashion_mnist", size=28, channels=1, classes=10),
        game=dataclasses.replace(full.game, ema=averaging.EMA(halflife=5_000)),
        train=Train(images=96_000, batch=32, tick=6_400, evaluate=32_000, steps_per_execution=10),
        metrics=("fd10k_lenet", "kd10k_lenet"),
    )


def smoke() -> Recipe:
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, cbase=64, cmax=8, z_dim=8, fade=8, stable=8),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=("fd64_lenet",),
    )
