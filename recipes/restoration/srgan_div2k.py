"""SRGAN x4 on DIV2K, in the setting that later work compares with.

128x128 windows, batch 16, a million steps of fidelity and 400,000 with the adversary. G's rate falls from 2e-4 to 1e-4
along the first part and stays, D's is 1e-4; published runs restart or halve theirs. Needs the file of VGG19, see
`ganzoo.perceptual`.

Task: restoration
Variant: SRGAN
Data: DIV2K in windows of 128x128 (TFDS div2k); judged on its validation images
Paper: Ledig et al. 2017, arXiv 1609.04802
Command: ganzoo train srgan_div2k
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train

WARMUP = 16_000_000
VIEWS = ("pairs", "alpha50", "alpha0")


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.degradations import Bicubic
    from ganzoo.models.restoration import restorer, srgan
    from ganzoo.perceptual import Perceptual

    photos = Data(source="tfds", name="div2k/bicubic_x4#hr", channels=3, tile=480)
    return Recipe(
        model=restorer.Restorer(
            generator=srgan.SRResNet(),
            discriminator=srgan.VGG(),
            degradation=Bicubic(4),
            pixel=0.01,
            adversary=0.005,
            perceptual=Perceptual("vgg19"),
            warmup=WARMUP,
        ),
        data=dataclasses.replace(photos, window=128, flip=True),
        game=Game(
            d_optimizer=schedules.Adam(1e-4, 0.9, 0.99),
            g_optimizer=schedules.Adam(schedules.Linear(2e-4, 1e-4, finish=WARMUP), 0.9, 0.99),
            adversarial=losses.non_saturating,
            ema=averaging.EMA(halflife=11_000),
        ),
        train=Train(images=22_400_000, batch=16, tick=160_000, evaluate=1_600_000),
        metrics=tuple(f"{kind}100_{view}" for view in VIEWS for kind in ("psnry", "ssimy", "patches")),
        test=dataclasses.replace(photos, split="validation"),
    )


def smoke() -> Recipe:
    from ganzoo.models.restoration import srgan
    from ganzoo.perceptual import Perceptual

    clothes = Data(source="bundled", name="fashion_mnist", channels=3, size=32, limit=16)
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(
            full.model,
            generator=srgan.SRResNet(width=4, blocks=1),
            discriminator=srgan.VGG(width=2, dense=4),
            perceptual=Perceptual("random"),
            warmup=8,
        ),
        data=clothes,
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=("psnry8_pairs", "psnry8_alpha0"),
        test=dataclasses.replace(clothes, limit=8),
    )
