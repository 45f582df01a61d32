"""DCGAN on CelebA at 64x64, the paper's size.

Task: noise-to-image
Variant: DCGAN
Data: CelebA 64x64, aligned faces (TFDS)
Paper: Radford, Metz & Chintala 2016, arXiv 1511.06434
Command: ganzoo train dcgan_celeba
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo.recipes.image.dcgan_cifar10 import recipe as cifar10

    return dataclasses.replace(cifar10(), data=Data(source="tfds", name="celeb_a", size=64, channels=3, classes=0))


def smoke() -> Recipe:
    from ganzoo.models.image import dcgan

    return dataclasses.replace(
        recipe(),
        model=dcgan.DCGAN(width=4),
        data=Data(source="bundled", name="fashion_mnist", size=64, channels=3, classes=0),
        train=Train(images=64, batch=8, tick=32, evaluate=64),
        metrics=(),
    )
