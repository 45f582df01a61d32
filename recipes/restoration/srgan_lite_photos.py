"""SRGAN x4 on photos, on two cores.

Differences from the paper: width, depth, a discriminator of patches with spectral norm in place of VGG's of whole
images, random feature maps in place of VGG19's, weights of terms, batch, rates and length, an average of the weights.

Task: restoration
Variant: SRGAN (lite)
Data: GCompris' photos in windows of 64x64 (Debian package); judged on scikit-image's photos
Paper: Ledig et al. 2017, arXiv 1609.04802
Command: ganzoo train srgan_lite_photos
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train

WARMUP = 48_000
VIEWS = ("pairs", "alpha50", "alpha0")


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.degradations import Bicubic
    from ganzoo.models.restoration import real_esrgan, restorer, srgan
    from ganzoo.perceptual import Perceptual

    adam = schedules.Adam(learning_rate=schedules.Linear(5e-4, 1e-4, begin=0, finish=WARMUP), beta_1=0.9, beta_2=0.99)
    return Recipe(
        model=restorer.Restorer(
            generator=srgan.SRResNet(width=32, blocks=6),
            discriminator=real_esrgan.UNet(width=16),
            degradation=Bicubic(4),
            adversary=0.01,
            perceptual=Perceptual("random", weight=0.5),
            warmup=WARMUP,
        ),
        data=Data(source="package", name="gcompris_photos", channels=3, tile=128, window=64, flip=True),
        game=Game(adam, adam, losses.non_saturating, ema=averaging.EMA(halflife=1_000)),
        train=Train(images=64_000, batch=8, tick=8_000, evaluate=16_000, steps_per_execution=20),
        metrics=tuple(f"{kind}24_{view}" for view in VIEWS for kind in ("psnry", "ssimy", "patches")),
        test=Data(source="package", name="skimage_photos", split="test", channels=3, tile=192),
    )


def smoke() -> Recipe:
    from ganzoo.models.restoration import real_esrgan, srgan

    clothes = Data(source="bundled", name="fashion_mnist", channels=3, tile=24, limit=16)
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(
            full.model,
            generator=srgan.SRResNet(width=4, blocks=1),
            discriminator=real_esrgan.UNet(width=2),
            warmup=8,
        ),
        data=clothes,
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=("psnr8_pairs", "psnr8_alpha0"),
        test=dataclasses.replace(clothes, limit=8),
    )
