"""Real-ESRGAN x4 on DIV2K, spoilt in two rounds.

256x256 windows, batch 48, a million steps of fidelity and 400,000 with the adversary. G's rate falls from 2e-4 to 1e-4
along the first part and stays, D's is 1e-4. The paper also trains on Flickr2K and OutdoorSceneTraining. Needs the file
of VGG19, see `ganzoo.perceptual`.

Task: restoration
Variant: Real-ESRGAN
Data: DIV2K in windows of 256x256 (TFDS div2k); judged on its validation images
Paper: Wang et al. 2021, arXiv 2107.10833
Command: ganzoo train real_esrgan_x4_div2k
"""

import dataclasses

from ganzoo.recipe import Recipe, Train

WARMUP = 48_000_000


def recipe() -> Recipe:
    from ganzoo import averaging, schedules
    from ganzoo.degradations import SecondOrder
    from ganzoo.models.restoration import esrgan, real_esrgan
    from ganzoo.perceptual import Perceptual
    from ganzoo.recipes.restoration.srgan_div2k import recipe as srgan

    full = srgan()
    layers = ("block1_conv2", "block2_conv2", "block3_conv4", "block4_conv4", "block5_conv4")
    return dataclasses.replace(
        full,
        model=dataclasses.replace(
            full.model,
            generator=esrgan.RRDB(),
            discriminator=real_esrgan.UNet(),
            degradation=SecondOrder(4),
            pixel=1.0,
            adversary=0.1,
            perceptual=Perceptual("vgg19", layers, weights=(0.1, 0.1, 1.0, 1.0, 1.0)),
            warmup=WARMUP,
            target=real_esrgan.Sharpened(),
        ),
        data=dataclasses.replace(full.data, tile=400, window=256),
        game=dataclasses.replace(
            full.game,
            g_optimizer=schedules.Adam(schedules.Linear(2e-4, 1e-4, finish=WARMUP), 0.9, 0.99),
            ema=averaging.EMA(halflife=33_000),
        ),
        train=Train(images=67_200_000, batch=48, tick=480_000, evaluate=4_800_000),
    )


def smoke() -> Recipe:
    from ganzoo.models.restoration import esrgan, real_esrgan
    from ganzoo.recipes.restoration.srgan_div2k import smoke as srgan

    small, full = srgan(), recipe()
    return dataclasses.replace(
        small,
        model=dataclasses.replace(
            full.model,
            generator=esrgan.RRDB(width=4, growth=1, blocks=1),
            discriminator=real_esrgan.UNet(width=2),
            perceptual=small.model.perceptual,
            warmup=8,
        ),
        game=full.game,
    )
