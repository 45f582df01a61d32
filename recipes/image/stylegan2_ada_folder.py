"""StyleGAN2-ADA on your own images, from a thousand on, sized for one GPU.

As stylegan2_folder, with adaptive augmentation of what D sees: p follows how sure D is of the reals, and stays near 0
where there are images enough. data.flip=true doubles what there is to see where left and right do not matter.
Differences from the paper: those of augment.py's ADA.

Task: noise-to-image
Variant: StyleGAN2-ADA
Data: any folder of images, class subfolders optional
Paper: Karras et al. 2020, arXiv 2006.06676
Command: ganzoo train stylegan2_ada_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import augment
    from ganzoo.recipes.image.stylegan2_folder import recipe as plain

    full = plain()
    return dataclasses.replace(full, game=dataclasses.replace(full.game, augment=augment.ADA()))


def smoke() -> Recipe:
    from ganzoo.recipes.image.stylegan2_ada_cifar10 import smoke as ada
    from ganzoo.recipes.image.stylegan2_folder import smoke as plain

    full = plain()
    return dataclasses.replace(full, game=dataclasses.replace(full.game, augment=ada().game.augment))
