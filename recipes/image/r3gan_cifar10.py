"""R3GAN on CIFAR-10, the preset of the paper.

Every schedule ends after 20 Mimg; images are mirrored, as in the published run; the augmentation grows to p = 0.55,
half as often in colour. Differences from the paper: those of augment.py's ADA; one device takes the batch of 512 that
theirs spread over eight (train.replicas). 20.8 million parameters in G and 21.3 in D.

Task: noise-to-image
Variant: R3GAN
Data: CIFAR-10 32x32 (TFDS)
Paper: Huang et al. 2025, arXiv 2501.05441
Command: ganzoo train r3gan_cifar10
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import augment, averaging, losses, regularizers, schedules
    from ganzoo.models.image import r3gan

    decay = 20_000_000
    gamma = schedules.Cosine(0.05, 0.005, decay)
    adam = schedules.Adam(
        learning_rate=schedules.Cosine(2e-4, 5e-5, decay), beta_1=0.0, beta_2=schedules.Cosine(0.9, 0.99, decay)
    )
    return Recipe(
        model=r3gan.R3GAN(widths=(768, 768, 768, 768), conditional=True),
        data=Data(source="tfds", name="cifar10", size=32, channels=3, classes=10, flip=True, on_device=True),
        game=Game(
            d_optimizer=adam,
            g_optimizer=adam,
            adversarial=losses.relativistic,
            regularizers=(regularizers.R1(gamma), regularizers.R2(gamma)),
            augment=augment.ADA(
                p=schedules.Cosine(0.0, 0.55, decay),
                brightness=0.5,
                contrast=0.5,
                luma_flip=0.5,
                hue=0.5,
                saturation=0.5,
                cutout=1.0,
            ),
            ema=averaging.EMA(halflife=schedules.Cosine(0.0, 5_000_000, decay), ramp=0.0),
        ),
        train=Train(images=250_009_600, batch=512, tick=51_200, evaluate=1_024_000, steps_per_execution=10),
        metrics=("fd10k_lite0", "kd10k_lite0"),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import r3gan

    # Without the augmentation, which takes seconds to trace and has tests of its own.
    full = recipe()
    return dataclasses.replace(
        full,
        model=r3gan.R3GAN(widths=(8, 8, 8, 8), blocks=1, conditional=True),
        data=Data(source="bundled", name="fashion_mnist", size=32, channels=3, classes=10, on_device=True),
        game=dataclasses.replace(full.game, augment=None),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=(),
    )
