"""StyleGAN3-T on your own images at 64x64: detail that moves with the objects. Slow.

Every layer's maps stand in memory at two to four times their rate along each axis, where the paper fuses them: a step
takes much longer than StyleGAN2's. It was not timed, and the length is an estimate. gamma is 0.5 at 128x128 and four
times as much for each doubling, as the authors advise, here 0.125: change it with data.size, e.g. data.size=128
game.regularizers.r1.gamma=0.5, and try twice and half. Images are cropped to their centre and resized; data.channels
may be 1, 3 or 4.

Task: noise-to-image
Variant: StyleGAN3-T
Data: any folder of images, class subfolders optional
Paper: Karras et al. 2021, arXiv 2106.12423
Command: ganzoo train stylegan3_t_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, regularizers, schedules
    from ganzoo.models.image import stylegan3

    return Recipe(
        model=stylegan3.StyleGAN3(),
        data=Data(source="folder", size=64, channels=3),
        game=Game(
            d_optimizer=schedules.Adam(learning_rate=0.002, beta_1=0.0, beta_2=0.99),
            g_optimizer=schedules.Adam(learning_rate=0.0025, beta_1=0.0, beta_2=0.99),
            adversarial=losses.non_saturating,
            regularizers=(regularizers.R1(gamma=0.125, interval=16),),
            ema=averaging.EMA(halflife=10_000),
        ),
        train=Train(images=10_000_000, batch=32, tick=32_000, evaluate=800_000),
        metrics=("kd1k_lite0",),
    )


def smoke() -> Recipe:
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, cbase=256, cmax=8, z_dim=8, w_dim=8, layers=4),
        data=Data(source="bundled", name="fashion_mnist", size=64, channels=3, limit=64),
        game=dataclasses.replace(full.game, regularizers=()),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=(),
    )
