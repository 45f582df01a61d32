"""Context Encoder on your own images, the centre of 128x128, the paper's setting.

The hole is the middle 56 pixels of 128; of the 64 that are made, a band of 4 is known. Batch 64, G at ten times D's
rate. A million images. Judged by 8 images that are kept from training.

Task: restoration
Variant: Context Encoder
Data: any folder of images, 128x128
Paper: Pathak et al. 2016, arXiv 1604.07379
Command: ganzoo train context_encoder_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.degradations import Inpaint
    from ganzoo.degradations.masks import Box
    from ganzoo.models.restoration import context_encoder

    return Recipe(
        model=context_encoder.ContextEncoder(
            generator=context_encoder.Encoder(),
            discriminator=context_encoder.CentreD(),
            degradation=Inpaint(Box(112, 112, centred=True), fill="mean"),
        ),
        data=Data(source="folder", size=128, channels=3, classes=0, flip=True, held_out=8),
        game=Game(
            d_optimizer=schedules.Adam(2e-4, beta_1=0.5),
            g_optimizer=schedules.Adam(2e-3, beta_1=0.5),
            adversarial=losses.non_saturating,
        ),
        train=Train(images=1_024_000, batch=64, tick=25_600, evaluate=102_400),
        metrics=("psnr8_hole",),
    )


def smoke() -> Recipe:
    from ganzoo.models.restoration import context_encoder

    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(
            full.model,
            generator=context_encoder.Encoder(width=2, middle=8),
            discriminator=context_encoder.CentreD(width=2),
        ),
        data=Data(source="bundled", name="fashion_mnist", channels=3, classes=0, size=128, limit=24, held_out=8),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
    )
