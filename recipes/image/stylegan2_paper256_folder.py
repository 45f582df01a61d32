"""StyleGAN2 on your own images at 256x256, in the configuration of the limited-data paper.

Images are cropped to their centre and resized to data.size; data.channels may be 1, 3 or 4; data.flip=true doubles
what there is to see where left and right do not matter.

Task: noise-to-image
Variant: StyleGAN2
Data: any folder of images, class subfolders optional
Paper: Karras et al. 2020, arXiv 1912.04958 and 2006.06676
Command: ganzoo train stylegan2_paper256_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, regularizers, schedules
    from ganzoo.models.image import stylegan2

    adam = schedules.Adam(learning_rate=0.0025, beta_1=0.0, beta_2=0.99)
    return Recipe(
        model=stylegan2.StyleGAN2(group=8),
        data=Data(source="folder", size=256, channels=3),
        game=Game(
            d_optimizer=adam,
            g_optimizer=adam,
            adversarial=losses.non_saturating,
            regularizers=(regularizers.R1(gamma=1.0, interval=16),),
            ema=averaging.EMA(halflife=20_000, ramp=0.0),
        ),
        train=Train(images=25_000_000, batch=64, tick=8_000, evaluate=200_000),
        metrics=("kd1k_lite0",),
    )


def smoke() -> Recipe:
    # Without the terms that are differentiated twice: tracing them costs most, and smaller recipes have them.
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, cbase=256, cmax=4, z_dim=8, w_dim=8, depth=2, path_length=0.0),
        game=dataclasses.replace(full.game, regularizers=()),
        data=Data(source="bundled", name="fashion_mnist", size=256, channels=3, limit=64),
        train=Train(images=8, batch=2, tick=4, evaluate=8),
        metrics=(),
    )
