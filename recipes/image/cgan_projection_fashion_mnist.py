"""cGAN (projection) on Fashion-MNIST: a projecting D and class-conditional batch norm, at the paper's width.

Everything but the networks is sngan_fashion_mnist's. For a GPU; on two cores take the `_lite` recipe.

Task: noise-to-image
Variant: cGAN (projection)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Miyato & Koyama 2018, arXiv 1802.05637
Command: ganzoo train cgan_projection_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Recipe, Train


def recipe() -> Recipe:
    from ganzoo.models.image import cgan
    from ganzoo.recipes.image.sngan_fashion_mnist import recipe as sngan

    return dataclasses.replace(sngan(), model=cgan.Projection())


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
