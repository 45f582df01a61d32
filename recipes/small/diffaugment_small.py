"""Differentiable augmentation on the common small backbone: D sees every image moved and with a hole.

The policy is the one that the paper takes for BigGAN on CIFAR-10.

Task: noise-to-image
Variant: DiffAugment (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Zhao et al. 2020, arXiv 2006.10738
Command: ganzoo train diffaugment_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import augment
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        game=dataclasses.replace(
            plain.game,
            augment=augment.DiffAugment(("translation", "cutout")),
        ),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
