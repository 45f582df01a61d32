"""StyleGAN (2019) narrow enough for two cores, at its full resolution from the start.

Differences from the paper: no growing; widths, depth of the mapping, rate, gamma and length for a small machine.

Task: noise-to-image
Variant: StyleGAN (tiny)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Karras, Laine & Aila 2019, arXiv 1812.04948
Command: ganzoo train stylegan_tiny_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Recipe, Train


def recipe() -> Recipe:
    from ganzoo import regularizers
    from ganzoo.models.image import stylegan
    from ganzoo.recipes.image.stylegan2_tiny_fashion_mnist import recipe as stylegan2

    full = stylegan2()
    return dataclasses.replace(
        full,
        model=stylegan.StyleGAN(cbase=512, cmax=64, z_dim=64, w_dim=64, depth=2),
        game=dataclasses.replace(full.game, regularizers=(regularizers.R1(gamma=1.0),)),
    )


def smoke() -> Recipe:
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, cbase=64, cmax=8, z_dim=8, w_dim=8),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=("fd64_lenet",),
    )
