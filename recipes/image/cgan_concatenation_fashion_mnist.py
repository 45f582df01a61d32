"""cGAN on Fashion-MNIST: the class is one more input of both networks.

Everything but the networks is dcgan_fashion_mnist's, its learning rates included.

Task: noise-to-image
Variant: cGAN (concatenation)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Mirza & Osindero 2014, arXiv 1411.1784
Command: ganzoo train cgan_concatenation_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Recipe, Train


def recipe() -> Recipe:
    from ganzoo.models.image import cgan
    from ganzoo.recipes.image.dcgan_fashion_mnist import recipe as dcgan

    base = dcgan()
    return dataclasses.replace(base, model=cgan.Concatenation(width=base.model.width))


def smoke() -> Recipe:
    from ganzoo.models.image import cgan

    return dataclasses.replace(
        recipe(),
        model=cgan.Concatenation(width=4),
        train=Train(images=64, batch=8, tick=32, evaluate=64),
        metrics=("fd64_lenet",),
    )
