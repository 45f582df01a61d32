"""Blind denoising, learned from your own clean photos: noise of every strength up to 50 levels, few photons, and JPEG.

There is no paper of this game, see denoise_lite_photos. 128x128 windows of tiles of 256x256, photos smaller than a tile
are left out; batch 16, 200,000 steps of fidelity and 100,000 with the adversary. Gaussian noise of deviation 0 to 50
for all images, that of few photons for half of them and JPEG of quality 30 to 95 for half. Judged by the tiles of 4
photos that are kept from training. `alpha` chooses between fidelity and looks.

Task: restoration
Variant: Denoiser
Data: any folder of clean photos
Paper: Wang et al. 2021, arXiv 2107.10833 (networks)
Command: ganzoo train denoise_blind_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train

WARMUP = 3_200_000


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.degradations import JPEG, Chain, GaussianNoise, PoissonNoise
    from ganzoo.models.restoration import real_esrgan, restorer
    from ganzoo.perceptual import Perceptual

    noise = (GaussianNoise(0.0, 50.0, grey=0.2), PoissonNoise(0.05, 2.0), JPEG(30, 95))
    return Recipe(
        model=restorer.Restorer(
            generator=real_esrgan.Compact(),
            discriminator=real_esrgan.UNet(),
            degradation=Chain(noise, (1.0, 0.5, 0.5)),
            adversary=0.01,
            perceptual=Perceptual("random", weight=0.5),
            warmup=WARMUP,
        ),
        data=Data(source="folder", channels=3, classes=0, tile=256, window=128, flip=True, held_out=4),
        game=Game(
            d_optimizer=schedules.Adam(1e-4, 0.9, 0.99),
            g_optimizer=schedules.Adam(schedules.Linear(2e-4, 1e-4, finish=WARMUP), 0.9, 0.99),
            adversarial=losses.non_saturating,
            ema=averaging.EMA(halflife=11_000),
        ),
        train=Train(images=4_800_000, batch=16, tick=80_000, evaluate=800_000),
        metrics=tuple(f"{kind}24_{view}" for view in ("pairs", "alpha0") for kind in ("psnr", "ssim", "patches")),
    )


def smoke() -> Recipe:
    from ganzoo.models.restoration import real_esrgan

    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(
            full.model,
            generator=real_esrgan.Compact(width=4, depth=1),
            discriminator=real_esrgan.UNet(width=2),
            warmup=8,
        ),
        data=Data(source="bundled", name="fashion_mnist", channels=3, classes=0, tile=24, limit=24, held_out=8),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=("psnr8_pairs", "psnr8_alpha0"),
    )
