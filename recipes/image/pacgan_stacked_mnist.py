"""PacGAN on Stacked-MNIST: dcgan_stacked_mnist with a D that judges two images at once.

Differences from the paper: as in dcgan_stacked_mnist. A batch of 256 images is the paper's 128 packs.

Task: noise-to-image
Variant: PacGAN (tiny)
Data: Stacked-MNIST 28x28x3, from MNIST's 60,000 training digits (package)
Paper: Lin et al. 2018, arXiv 1712.04086, table 3
Command: ganzoo train pacgan_stacked_mnist
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models import pacgan
    from ganzoo.recipes.image.dcgan_stacked_mnist import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        model=pacgan.PacGAN(plain.model, m=2),
        train=dataclasses.replace(plain.train, images=1_280_000, batch=256, tick=64_000, evaluate=640_000),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.image.dcgan_stacked_mnist import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
