"""FastGAN on your own images, few of them: a hundred to a thousand.

Batch 8, both rates 2e-4, DiffAugment of colour, translation and cutout, and mirror images. Images are cropped to their
centre and resized to data.size, whose shorter side halves evenly to 4 to 7; data.channels may be 1, 3 or 4. With so
few images read the metric beside a look at what is copied: it does not see it.

Task: noise-to-image
Variant: FastGAN
Data: any folder of images, class subfolders optional
Paper: Liu et al. 2021, arXiv 2101.04775
Command: ganzoo train fastgan_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import augment, averaging, losses, schedules
    from ganzoo.models.image import fastgan

    adam = schedules.Adam(learning_rate=2e-4, beta_1=0.5, beta_2=0.999)
    return Recipe(
        model=fastgan.FastGAN(),
        data=Data(source="folder", size=256, channels=3, classes=0, flip=True),
        game=Game(
            d_optimizer=adam,
            g_optimizer=adam,
            adversarial=losses.hinge,
            augment=augment.DiffAugment(),
            ema=averaging.EMA(halflife=5_000),
        ),
        train=Train(images=400_000, batch=8, tick=4_000, evaluate=40_000),
        metrics=("kd1k_lite0",),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import fastgan

    return dataclasses.replace(
        recipe(),
        model=fastgan.FastGAN(g_width=2, d_width=2, z_dim=8),
        data=Data(source="bundled", name="fashion_mnist", size=256, channels=3, classes=0, flip=True, limit=64),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=(),
    )
