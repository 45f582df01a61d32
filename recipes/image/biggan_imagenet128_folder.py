"""BigGAN at 128x128 on a folder with a subfolder for each class, such as ImageNet's.

Images are cropped to their centre and resized to data.size; data.channels may be 1, 3 or 4. Differences from the paper:
batch 256 where it has 2,048 (train.batch=2048 train.accumulate=8, with other lengths in train); the average of the
weights has its half-life in steps of G.

Task: noise-to-image
Variant: BigGAN
Data: any folder of images with a subfolder for each class
Paper: Brock, Donahue & Simonyan 2019, arXiv 1809.11096
Command: ganzoo train biggan_imagenet128_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.image import biggan

    return Recipe(
        model=biggan.BigGAN(orthogonal=1e-4),
        data=Data(source="folder", size=128, channels=3),
        game=Game(
            d_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.0, beta_2=0.999, epsilon=1e-6),
            g_optimizer=schedules.Adam(learning_rate=5e-5, beta_1=0.0, beta_2=0.999, epsilon=1e-6),
            adversarial=losses.hinge,
            ema=averaging.EMA(halflife=3_549_000),  # 0.9999 a step of 512 images
            d_steps=2,
        ),
        train=Train(images=76_800_000, batch=256, tick=256_000, evaluate=2_560_000),
        metrics=("kd1k_lite0",),
    )


def smoke() -> Recipe:
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, width=1, z_dim=6, embedding=4, standing=1),
        data=Data(source="bundled", name="fashion_mnist", size=128, channels=3, classes=10),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=(),
    )
