"""Denoising at sigma 25 with an adversary, on photos and two cores.

There is no paper of this game: a plain stack of convolutions that adds its correction to what it is given, taught the
mean absolute difference first and then also to look right to Real-ESRGAN's discriminator. `alpha` chooses between both.

Task: restoration
Variant: Denoiser (lite)
Data: GCompris' photos in windows of 64x64 (Debian package), Gaussian noise; judged on scikit-image's photos
Paper: Wang et al. 2021, arXiv 2107.10833 (networks)
Command: ganzoo train denoise_lite_photos
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train

WARMUP = 64_000
VIEWS = ("pairs", "alpha50", "alpha0")


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.degradations import GaussianNoise
    from ganzoo.models.restoration import real_esrgan, restorer
    from ganzoo.perceptual import Perceptual

    adam = schedules.Adam(learning_rate=schedules.Linear(1e-3, 1e-4, begin=0, finish=WARMUP), beta_1=0.9, beta_2=0.99)
    return Recipe(
        model=restorer.Restorer(
            generator=real_esrgan.Compact(width=32, depth=8),
            discriminator=real_esrgan.UNet(width=16),
            degradation=GaussianNoise(25, 25),
            adversary=0.01,
            perceptual=Perceptual("random", weight=0.5),
            warmup=WARMUP,
        ),
        data=Data(source="package", name="gcompris_photos", channels=3, tile=128, window=64, flip=True),
        game=Game(adam, adam, losses.non_saturating, ema=averaging.EMA(halflife=1_000)),
        train=Train(images=80_000, batch=8, tick=8_000, evaluate=16_000, steps_per_execution=20),
        metrics=tuple(f"{kind}24_{view}" for view in VIEWS for kind in ("psnr", "ssim", "patches")),
        test=Data(source="package", name="skimage_photos", split="test", channels=3, tile=192),
    )


def smoke() -> Recipe:
    from ganzoo.models.restoration import real_esrgan

    clothes = Data(source="bundled", name="fashion_mnist", size=32, channels=3, limit=16)
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(
            full.model,
            generator=real_esrgan.Compact(width=4, depth=1),
            discriminator=real_esrgan.UNet(width=2),
            warmup=8,
        ),
        data=clothes,
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=("psnr8_pairs", "psnr8_alpha0"),
        test=dataclasses.replace(clothes, limit=8),
    )
