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

from ganzoo.recipe import Recipe, Train

WARMUP = 28_000


def recipe() -> Recipe:
    from ganzoo import schedules
    from ganzoo.degradations import GaussianNoise
    from ganzoo.models.restoration import real_esrgan
    from ganzoo.recipes.restoration.srgan_lite_photos import VIEWS
    from ganzoo.recipes.restoration.srgan_lite_photos import recipe as srgan

    adam = schedules.Adam(learning_rate=schedules.Linear(1e-3, 1e-4, begin=0, finish=WARMUP), beta_1=0.9, beta_2=0.99)
    full = srgan()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(
            full.model,
            generator=real_esrgan.Compact(width=32, depth=8),
            degradation=GaussianNoise(25, 25),
            warmup=WARMUP,
        ),
        game=dataclasses.replace(full.game, d_optimizer=adam, g_optimizer=adam),
        train=Train(images=36_000, batch=8, tick=4_000, evaluate=12_000, steps_per_execution=20),
        metrics=tuple(f"{kind}24_{view}" for view in VIEWS for kind in ("psnr", "ssim", "patches")),
    )


def smoke() -> Recipe:
    from ganzoo.models.restoration import real_esrgan
    from ganzoo.recipes.restoration.srgan_lite_photos import smoke as srgan

    small = srgan()
    return dataclasses.replace(
        recipe(),
        model=dataclasses.replace(
            small.model, generator=real_esrgan.Compact(width=4, depth=1), degradation=recipe().model.degradation
        ),
        data=small.data,
        train=small.train,
        metrics=small.metrics,
        test=small.test,
    )
