"""R3GAN on a folder of a thousand classes at 32x32, the preset of the paper for ImageNet.

Images are cropped to their centre and resized; each subfolder is a class (data.classes for another number of them).
The augmentation grows to p = 0.5. Differences from the paper: those of augment.py's ADA; one device takes the batch of
4096 that theirs spread over 32 (train.replicas). 82.9 million parameters in G and 86.5 in D.

Task: noise-to-image
Variant: R3GAN
Data: any folder of images with class subfolders, such as ImageNet's
Paper: Huang et al. 2025, arXiv 2501.05441
Command: ganzoo train r3gan_imagenet32_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, regularizers, schedules
    from ganzoo.models.image import r3gan
    from ganzoo.recipes.image.r3gan_cifar10 import recipe as cifar10

    full, decay = cifar10(), 200_000_000
    gamma = schedules.Cosine(0.5, 0.05, decay)
    adam = schedules.Adam(
        learning_rate=schedules.Cosine(2e-4, 5e-5, decay), beta_1=0.0, beta_2=schedules.Cosine(0.9, 0.99, decay)
    )
    return dataclasses.replace(
        full,
        model=r3gan.R3GAN(widths=(1536, 1536, 1536, 1536), group_width=32, conditional=True),
        data=Data(source="folder", size=32, channels=3, classes=1000),
        game=dataclasses.replace(
            full.game,
            d_optimizer=adam,
            g_optimizer=adam,
            regularizers=(regularizers.R1(gamma), regularizers.R2(gamma)),
            augment=dataclasses.replace(full.game.augment, p=schedules.Cosine(0.0, 0.5, decay)),
            ema=averaging.EMA(halflife=schedules.Cosine(0.0, 50_000_000, decay), ramp=0.0),
        ),
        train=Train(images=1_000_243_200, batch=4096, tick=409_600, evaluate=4_096_000),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import r3gan

    # Without the augmentation, which takes seconds to trace and has tests of its own.
    full = recipe()
    return dataclasses.replace(
        full,
        model=r3gan.R3GAN(widths=(8, 8, 8, 8), blocks=1, conditional=True),
        data=Data(source="bundled", name="fashion_mnist", size=32, channels=3, classes=10),
        game=dataclasses.replace(full.game, augment=None),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=(),
    )
