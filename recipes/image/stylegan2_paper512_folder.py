"""StyleGAN2 on your own images at 512x512, in the configuration of the limited-data paper.

Differences from stylegan2_paper256_folder: twice the channels and half of gamma.

Task: noise-to-image
Variant: StyleGAN2
Data: any folder of images, class subfolders optional
Paper: Karras et al. 2020, arXiv 1912.04958 and 2006.06676
Command: ganzoo train stylegan2_paper512_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import regularizers
    from ganzoo.models.image import stylegan2
    from ganzoo.recipes.image.stylegan2_paper256_folder import recipe as paper256

    full = paper256()
    return dataclasses.replace(
        full,
        model=stylegan2.StyleGAN2(cbase=32768, group=8),
        data=dataclasses.replace(full.data, size=512),
        game=dataclasses.replace(full.game, regularizers=(regularizers.R1(gamma=0.5, interval=16),)),
    )


def smoke() -> Recipe:
    # Without the terms that are differentiated twice: tracing them costs most, and smaller recipes have them.
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, cbase=512, cmax=4, z_dim=8, w_dim=8, depth=2, path_length=0.0),
        game=dataclasses.replace(full.game, regularizers=()),
        data=Data(source="bundled", name="fashion_mnist", size=512, channels=3, limit=64),
        train=Train(images=8, batch=2, tick=4, evaluate=8),
        metrics=(),
    )
