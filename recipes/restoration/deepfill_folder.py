"""DeepFill v2 on your own images, in windows of 256x256.

Widths, masks, weights and rates of the paper, batch 16. A million images; photos smaller than a tile are left out.
Judged by the tiles of 4 images that are kept from training.

Task: restoration
Variant: DeepFill v2
Data: any folder of images
Paper: Yu et al. 2018, arXiv 1806.03589
Command: ganzoo train deepfill_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.degradations import Inpaint
    from ganzoo.degradations.masks import DEEPFILL
    from ganzoo.models.restoration import deepfill, inpainting

    adam = schedules.Adam(1e-4, beta_1=0.5)
    return Recipe(
        model=inpainting.Inpainter(
            generator=deepfill.TwoStages(),
            discriminator=deepfill.PatchGAN(),
            degradation=Inpaint(DEEPFILL),
            known=1.0,
            coarse=1.0,
            adversary=1.0,
        ),
        data=Data(source="folder", channels=3, classes=0, tile=512, window=256, flip=True, held_out=4),
        game=Game(adam, adam, losses.hinge, ema=averaging.EMA(halflife=11_000)),
        train=Train(images=1_000_000, batch=16, tick=32_000, evaluate=160_000),
        metrics=("patches24_hole", "psnr24_hole"),
    )


def smoke() -> Recipe:
    from ganzoo.models.restoration import deepfill

    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(
            full.model, generator=deepfill.TwoStages(width=2), discriminator=deepfill.PatchGAN(width=2)
        ),
        data=Data(source="bundled", name="fashion_mnist", channels=3, classes=0, size=72, limit=24, held_out=8),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=("psnr8_hole",),
    )
