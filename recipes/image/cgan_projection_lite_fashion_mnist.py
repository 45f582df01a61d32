"""cGAN (projection) on Fashion-MNIST, narrow enough for two cores.

Differences from cgan_projection_fashion_mnist: width, length, and an average of the weights.

Task: noise-to-image
Variant: cGAN (projection) (lite)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Miyato & Koyama 2018, arXiv 1802.05637
Command: ganzoo train cgan_projection_lite_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Recipe, Train


def recipe() -> Recipe:
    from ganzoo.models.image import cgan
    from ganzoo.recipes.image.sngan_lite_fashion_mnist import recipe as sngan

    return dataclasses.replace(sngan(), model=cgan.Projection(g_width=64, d_width=32))


def smoke() -> Recipe:
    from ganzoo.models.image import cgan

    full = recipe()
    return dataclasses.replace(
        full,
        model=cgan.Projection(g_width=8, d_width=8),
        game=dataclasses.replace(full.game, d_steps=2),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=("fd64_lenet",),
    )
