"""R3GAN on a folder of 64x64 images, the preset of the paper for FFHQ.

Images are cropped to their centre and resized; the augmentation grows to p = 0.3. Differences from the paper: those of
augment.py's ADA; one device takes the batch of 256 that theirs spread over eight (train.replicas); the length, where
theirs is until nothing improves. 22.4 million parameters in each network.

Task: noise-to-image
Variant: R3GAN
Data: any folder of images, such as FFHQ's
Paper: Huang et al. 2025, arXiv 2501.05441
Command: ganzoo train r3gan_ffhq64_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, regularizers, schedules
    from ganzoo.models.image import r3gan
    from ganzoo.recipes.image.r3gan_cifar10 import recipe as cifar10

    full, decay = cifar10(), 20_000_000
    gamma = schedules.Cosine(2.0, 0.2, decay)
    return dataclasses.replace(
        full,
        model=r3gan.R3GAN(widths=(768, 768, 768, 768, 384)),
        data=Data(source="folder", size=64, channels=3),
        game=dataclasses.replace(
            full.game,
            regularizers=(regularizers.R1(gamma), regularizers.R2(gamma)),
            augment=dataclasses.replace(full.game.augment, p=schedules.Cosine(0.0, 0.3, decay)),
            ema=averaging.EMA(halflife=schedules.Cosine(0.0, 500_000, decay), ramp=0.0),
        ),
        train=Train(images=102_400_000, batch=256, tick=51_200, evaluate=1_024_000, steps_per_execution=10),
        metrics=("kd1k_lite0",),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import r3gan

    # Without the augmentation, which takes seconds to trace and has tests of its own.
    full = recipe()
    return dataclasses.replace(
        full,
        model=r3gan.R3GAN(widths=(8, 8, 8, 8, 8), blocks=1),
        data=Data(source="bundled", name="fashion_mnist", size=64, channels=3),
        game=dataclasses.replace(full.game, augment=None),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=(),
    )
