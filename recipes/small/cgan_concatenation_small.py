"""cGAN on the common small backbone: the class is one more input of both networks.

Task: noise-to-image
Variant: cGAN (concatenation) (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Mirza & Osindero 2014, arXiv 1411.1784
Command: ganzoo train cgan_concatenation_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models.image import cgan
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        model=cgan.Concatenation(width=16),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
