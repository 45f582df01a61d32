"""StyleGAN2-ADA on 3,786 emoji, on two cores.

As stylegan2_tiny_emoji, with adaptive augmentation of what D sees, without turns and changes of colour, which would not
be emoji. Differences from the paper: those of stylegan2_tiny_emoji, and p moves by 1 within 100,000 images.

Task: noise-to-image
Variant: StyleGAN2-ADA (tiny)
Data: Google's emoji 32x32, transparent (npm package, `ganzoo data prepare google_emoji`)
Paper: Karras et al. 2020, arXiv 2006.06676
Command: ganzoo train stylegan2_ada_tiny_emoji
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import augment
    from ganzoo.recipes.image.stylegan2_tiny_emoji import recipe as plain

    full = plain()
    moves = augment.ADA(
        p=augment.Adaptive(images=100_000),
        rotate90=0.0,
        rotation=0.0,
        brightness=0.0,
        contrast=0.0,
        luma_flip=0.0,
        hue=0.0,
        saturation=0.0,
    )
    return dataclasses.replace(full, game=dataclasses.replace(full.game, augment=moves))


def smoke() -> Recipe:
    from ganzoo.recipes.image.stylegan2_ada_cifar10 import smoke as ada
    from ganzoo.recipes.image.stylegan2_tiny_emoji import smoke as plain

    full = plain()
    return dataclasses.replace(full, game=ada().game)
