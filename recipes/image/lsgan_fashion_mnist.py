"""LSGAN on Fashion-MNIST: least squares on DCGAN's networks.

Everything but the loss is dcgan_fashion_mnist's, its learning rates included.

Task: noise-to-image
Variant: LSGAN
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Mao et al. 2017, arXiv 1611.04076
Command: ganzoo train lsgan_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses
    from ganzoo.models.image import lsgan
    from ganzoo.recipes.image.dcgan_fashion_mnist import recipe as dcgan

    base = dcgan()
    return dataclasses.replace(
        base,
        model=lsgan.LSGAN(width=base.model.width),
        game=dataclasses.replace(base.game, adversarial=losses.least_squares(a=0.0, b=1.0, c=1.0)),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import lsgan

    return dataclasses.replace(
        recipe(),
        model=lsgan.LSGAN(width=4),
        train=Train(images=64, batch=8, tick=32, evaluate=64),
        metrics=("fd64_lenet",),
    )
