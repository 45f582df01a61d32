"""R3GAN on emoji with transparency, narrow enough for two cores.

Differences from the paper's networks and schedules: widths, batch 16, five times the rate, gamma from 0.3 to 0.03,
length, and no augmentation; chosen by trials of seed 0, in which one block a resolution, in place of the paper's two,
drew shaded blobs whatever the rates. Categories are not told.

Task: noise-to-image
Variant: R3GAN (lite)
Data: Google's emoji 32x32x4 (package)
Paper: Huang et al. 2025, arXiv 2501.05441
Command: ganzoo train r3gan_lite_emoji
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, regularizers, schedules
    from ganzoo.models.image import r3gan

    decay = 64_000
    gamma = schedules.Cosine(0.3, 0.03, decay)
    adam = schedules.Adam(
        learning_rate=schedules.Cosine(1e-3, 2e-4, decay), beta_1=0.0, beta_2=schedules.Cosine(0.9, 0.99, decay)
    )
    return Recipe(
        model=r3gan.R3GAN(widths=(128, 64, 32, 16), blocks=2),
        data=Data(source="package", name="google_emoji", size=32, channels=4, classes=0, on_device=True),
        game=Game(
            d_optimizer=adam,
            g_optimizer=adam,
            adversarial=losses.relativistic,
            regularizers=(regularizers.R1(gamma), regularizers.R2(gamma)),
            ema=averaging.EMA(halflife=schedules.Cosine(0.0, 5_000, decay), ramp=0.0),
        ),
        train=Train(images=64_000, batch=16, tick=6_400, evaluate=32_000, steps_per_execution=10),
        metrics=("kd1k_lite0",),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import r3gan

    return dataclasses.replace(
        recipe(),
        model=r3gan.R3GAN(widths=(8, 8, 8, 8), blocks=1),
        data=Data(source="bundled", name="fashion_mnist", size=32, channels=4, classes=0, on_device=True),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=(),
    )
