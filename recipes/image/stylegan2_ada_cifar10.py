"""StyleGAN2-ADA on CIFAR-10 with its classes, in the configuration that its authors found for it.

As stylegan2_cifar10, with adaptive augmentation of what D sees. Differences from the paper: those of augment.py's ADA.

Task: noise-to-image
Variant: StyleGAN2-ADA
Data: CIFAR-10 32x32 (TFDS)
Paper: Karras et al. 2020, arXiv 2006.06676
Command: ganzoo train stylegan2_ada_cifar10
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import augment
    from ganzoo.recipes.image.stylegan2_cifar10 import recipe as plain

    full = plain()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, conditional=True),
        game=dataclasses.replace(full.game, augment=augment.ADA()),
    )


def smoke() -> Recipe:
    from ganzoo import augment
    from ganzoo.recipes.image.stylegan2_cifar10 import smoke as plain

    # Only transformations that are cheap to trace: all of them have tests of their own.
    full = plain()
    still = {field.name: 0.0 for field in dataclasses.fields(augment.ADA) if field.name not in ("p", "flip")}
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, conditional=True),
        game=dataclasses.replace(full.game, regularizers=(), augment=augment.ADA(**still)),
    )
