"""StyleGAN2 on your own images, sized for one GPU.

The authors' automatic configuration for 256x256: a mapping of two layers, gamma = 0.0002 x side^2 / batch, a half-life
of 10,000 / 32 x batch images. Change gamma, batch and half-life with data.size, e.g. data.size=128 train.batch=32
game.regularizers.r1.gamma=0.1 game.ema.halflife=10_000; from 512 on theirs also has model.cbase=32768, and at 1024 a
rate of 0.002. Images are cropped to their centre and resized; data.channels may be 1, 3 or 4.

Task: noise-to-image
Variant: StyleGAN2
Data: any folder of images, class subfolders optional
Paper: Karras et al. 2020, arXiv 1912.04958 and 2006.06676
Command: ganzoo train stylegan2_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, regularizers
    from ganzoo.models.image import stylegan2
    from ganzoo.recipes.image.stylegan2_paper256_folder import recipe as paper256

    full = paper256()
    return dataclasses.replace(
        full,
        model=stylegan2.StyleGAN2(depth=2),
        game=dataclasses.replace(
            full.game,
            regularizers=(regularizers.R1(gamma=0.8192, interval=16),),
            ema=averaging.EMA(halflife=5_000),
        ),
        train=dataclasses.replace(full.train, batch=16),
    )


def smoke() -> Recipe:
    # Without the terms that are differentiated twice: tracing them costs most, and smaller recipes have them.
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, cbase=256, cmax=4, z_dim=8, w_dim=8, path_length=0.0),
        game=dataclasses.replace(full.game, regularizers=()),
        data=Data(source="bundled", name="fashion_mnist", size=256, channels=3, limit=64),
        train=Train(images=8, batch=2, tick=4, evaluate=8),
        metrics=(),
    )
