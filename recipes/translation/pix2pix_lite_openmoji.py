"""pix2pix from OpenMoji's line art to its colours at 32x32, on two cores.

Differences from the paper: width, depth, resized maps in place of transposed convolutions, no dropout, patches of
34x34, batch, rate and length, an average of the weights.

Task: image-to-image
Variant: pix2pix (lite)
Data: OpenMoji's lines and colours 32x32 on white, pairs (npm package); judged on lines that are not trained on
Paper: Isola et al. 2017, arXiv 1611.07004
Command: ganzoo train pix2pix_lite_openmoji
"""

import dataclasses

from ganzoo.recipe import Data, Game, Pairs, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.translation import pix2pix

    adam = schedules.Adam(learning_rate=schedules.Linear(1e-3, 0.0, begin=40_000, finish=80_000), beta_1=0.5)
    lines = Data(source="package", name="openmoji_lines", size=32, channels=3)
    colours = dataclasses.replace(lines, name="openmoji_colours")
    return Recipe(
        model=pix2pix.Pix2Pix(width=16, d_width=16, downs=4, dropout=0.0, up="resize", stages=2),
        data=Pairs(a=dataclasses.replace(lines, flip=True), b=dataclasses.replace(colours, flip=True), aligned=True),
        game=Game(adam, adam, losses.non_saturating, ema=averaging.EMA(halflife=1_000)),
        train=Train(images=80_000, batch=16, tick=8_000, evaluate=40_000, steps_per_execution=10),
        metrics=("perceptual476_lite0", "psnr476_pairs", "ssim476_pairs", "patches476_pairs", "kd476_lite0"),
        test=Pairs(
            a=dataclasses.replace(lines, split="test"), b=dataclasses.replace(colours, split="test"), aligned=True
        ),
    )


def smoke() -> Recipe:
    clothes = Data(source="bundled", name="fashion_mnist", size=32, channels=3, flip=True, limit=16)
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, width=2, d_width=2),
        data=Pairs(a=clothes, b=clothes, aligned=True),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=("psnr8_pairs",),
        test=None,
    )
