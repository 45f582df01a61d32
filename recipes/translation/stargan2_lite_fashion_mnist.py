"""StarGAN v2 between the ten kinds of clothes of Fashion-MNIST, on two cores.

Differences from the paper: widths, stages and blocks, lengths of hidden layers and styles, batch, rate and length. A
metric is the mean over the domains.

Task: image-to-image
Variant: StarGAN v2 (lite)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Choi et al. 2020, arXiv 1912.01865
Command: ganzoo train stargan2_lite_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, regularizers, schedules
    from ganzoo.models.translation import stargan2

    adam = schedules.Adam(learning_rate=5e-4, beta_1=0.0, beta_2=0.99)
    return Recipe(
        model=stargan2.StarGAN2(
            width=16,
            max_width=64,
            stages=2,
            blocks=1,
            hidden=128,
            style_dim=16,
            diversity=schedules.Linear(1.0, 0.0, finish=128_000),
        ),
        data=Data(source="bundled", name="fashion_mnist", size=28, channels=1),
        game=Game(
            adam,
            adam,
            losses.non_saturating,
            regularizers=(regularizers.R1(gamma=1.0),),
            ema=averaging.EMA(halflife=2_000),
        ),
        train=Train(images=128_000, batch=32, tick=6_400, evaluate=64_000, steps_per_execution=10),
        metrics=("kd500_lenet",),
    )


def smoke() -> Recipe:
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, width=4, max_width=8, hidden=8, style_dim=4),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=("fd64_lenet",),
    )
