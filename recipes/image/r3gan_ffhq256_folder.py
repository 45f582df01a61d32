"""R3GAN on a folder of 256x256 images, the preset of the paper for FFHQ.

Images are cropped to their centre and resized; the augmentation grows to p = 0.3. Differences from the paper: those of
augment.py's ADA; one device takes the batch of 256 that theirs spread over eight (train.replicas); the length, where
theirs is until nothing improves. 23.1 million parameters in G and 23.0 in D. D's loss is large at first, by its
penalties.

Task: noise-to-image
Variant: R3GAN
Data: any folder of images, such as FFHQ's
Paper: Huang et al. 2025, arXiv 2501.05441
Command: ganzoo train r3gan_ffhq256_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import regularizers, schedules
    from ganzoo.models.image import r3gan
    from ganzoo.recipes.image.r3gan_ffhq64_folder import recipe as ffhq64

    full = ffhq64()
    gamma = schedules.Cosine(150.0, 15.0, 20_000_000)
    return dataclasses.replace(
        full,
        model=r3gan.R3GAN(widths=(768, 768, 768, 768, 384, 192, 96), float32_stages=3),
        data=Data(source="folder", size=256, channels=3),
        game=dataclasses.replace(full.game, regularizers=(regularizers.R1(gamma), regularizers.R2(gamma))),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import r3gan

    # Without the augmentation, which takes seconds to trace and has tests of its own.
    full = recipe()
    return dataclasses.replace(
        full,
        model=r3gan.R3GAN(widths=(8, 8, 8, 8, 8, 8, 8), blocks=1, float32_stages=3),
        data=Data(source="bundled", name="fashion_mnist", size=256, channels=3),
        game=dataclasses.replace(full.game, augment=None),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=(),
    )
