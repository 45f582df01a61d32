"""LaMa on your own images, in windows of 256x256.

The widths, blocks and masks of the paper, Real-ESRGAN's discriminator; no matching of D's feature maps and no trained
network's, see `ganzoo.models.restoration.lama`. Batch 10, a million images; photos smaller than a tile are left out.
Judged by the tiles of 4 images that are kept from training.

Task: restoration
Variant: LaMa
Data: any folder of images
Paper: Suvorov et al. 2021, arXiv 2109.07161
Command: ganzoo train lama_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.degradations import Inpaint
    from ganzoo.models.restoration import inpainting, lama, real_esrgan
    from ganzoo.perceptual import Perceptual

    return Recipe(
        model=inpainting.Inpainter(
            generator=lama.FourierNet(),
            discriminator=real_esrgan.UNet(),
            degradation=Inpaint(),
            pixel=0.0,
            known=10.0,
            adversary=10.0,
            perceptual=Perceptual("random", weight=30.0),
            masked=True,
        ),
        data=Data(source="folder", channels=3, classes=0, tile=512, window=256, flip=True, held_out=4),
        game=Game(
            d_optimizer=schedules.Adam(1e-4),
            g_optimizer=schedules.Adam(1e-3),
            adversarial=losses.non_saturating,
            ema=averaging.EMA(halflife=7_000),
        ),
        train=Train(images=1_000_000, batch=10, tick=20_000, evaluate=200_000),
        metrics=("patches24_hole", "psnr24_hole"),
    )


def smoke() -> Recipe:
    from ganzoo.models.restoration import lama, real_esrgan

    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(
            full.model,
            generator=lama.FourierNet(width=2, downs=3, blocks=1),
            discriminator=real_esrgan.UNet(width=2),
        ),
        data=Data(source="bundled", name="fashion_mnist", channels=3, classes=0, size=32, limit=24, held_out=8),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=("psnr8_hole",),
    )
