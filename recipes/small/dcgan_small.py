"""DCGAN on the common small backbone of the study `fashion`.

Every recipe of this folder trains DCGAN's networks at width 16 on 96,000 reals of the 9,000 images that 1,000 held-out
ones leave, and differs from this one in its game alone. Rates are Radford et al.'s, 2e-4 with beta 0.5, unless a game's
paper has its own; none was tuned.

Task: noise-to-image
Variant: DCGAN (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Radford, Metz & Chintala 2016, arXiv 1511.06434
Command: ganzoo train dcgan_small
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.image import small

    adam = schedules.Adam(learning_rate=2e-4, beta_1=0.5)
    return Recipe(
        model=small.Small(width=16),
        data=Data(source="bundled", name="fashion_mnist", size=28, channels=1, classes=10, held_out=1000),
        game=Game(adam, adam, losses.non_saturating, ema=averaging.EMA(halflife=5_000)),
        train=Train(images=96_000, batch=32, tick=4_800, evaluate=24_000, steps_per_execution=10),
        metrics=("fd10k_lenet", "precision5k_lenet", "recall5k_lenet"),
    )


def smoke() -> Recipe:
    return dataclasses.replace(
        recipe(),
        train=Train(images=64, batch=8, tick=32, evaluate=64),
        metrics=("fd64_lenet",),
    )
