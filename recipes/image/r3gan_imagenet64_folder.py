"""R3GAN on a folder of a thousand classes at 64x64, the preset of the paper for ImageNet.

Images are cropped to their centre and resized; each subfolder is a class (data.classes for another number of them).
The augmentation grows to p = 0.4. Differences from the paper: those of augment.py's ADA; one device takes the batch of
4096 that theirs spread over 64 (train.replicas). 103.6 million parameters in G and 107.2 in D.

Task: noise-to-image
Variant: R3GAN
Data: any folder of images with class subfolders, such as ImageNet's
Paper: Huang et al. 2025, arXiv 2501.05441
Command: ganzoo train r3gan_imagenet64_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Recipe


def recipe() -> Recipe:
    from ganzoo import regularizers, schedules
    from ganzoo.models.image import r3gan
    from ganzoo.recipes.image.r3gan_imagenet32_folder import recipe as imagenet32

    full, decay = imagenet32(), 200_000_000
    gamma = schedules.Cosine(1.0, 0.1, decay)
    return dataclasses.replace(
        full,
        model=r3gan.R3GAN(widths=(1536, 1536, 1536, 1536, 1536), group_width=32, conditional=True),
        data=Data(source="folder", size=64, channels=3, classes=1000),
        game=dataclasses.replace(
            full.game,
            regularizers=(regularizers.R1(gamma), regularizers.R2(gamma)),
            augment=dataclasses.replace(full.game.augment, p=schedules.Cosine(0.0, 0.4, decay)),
        ),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import r3gan
    from ganzoo.recipes.image.r3gan_imagenet32_folder import smoke as imagenet32

    tiny = imagenet32()
    # Without the augmentation, which takes seconds to trace and has tests of its own.
    full = recipe()
    return dataclasses.replace(
        full,
        model=r3gan.R3GAN(widths=(8, 8, 8, 8, 8), blocks=1, conditional=True),
        data=dataclasses.replace(tiny.data, size=64),
        game=dataclasses.replace(full.game, augment=None),
        train=tiny.train,
        metrics=(),
    )
