"""AnimeGAN from photos to Japanese woodblock prints at 64x64, on two cores.

Differences from the paper: light networks, random feature maps in place of VGG19's, weights of terms, batch,
length and an average of weights. Data and test as cut_lite_ukiyoe.

Task: image-to-image
Variant: AnimeGAN (lite)
Data: GCompris' photos and ukiyo-e prints, windows of 64x64, unpaired; judged on others (packages)
Paper: Chen, Liu & Chen 2019, AnimeGAN (ISICA, CCIS 1205)
Command: ganzoo train animegan_lite_ukiyoe
"""

import dataclasses

from ganzoo.recipe import Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.translation import animegan, light
    from ganzoo.perceptual import Perceptual
    from ganzoo.recipes.translation.cut_lite_ukiyoe import recipe as cut

    adam = schedules.Adam(learning_rate=schedules.Linear(2e-4, 0.0, begin=3_200, finish=6_400), beta_1=0.5)
    return dataclasses.replace(
        cut(),
        model=animegan.AnimeGAN(
            light.Light(),
            adversary=2.0,
            content=Perceptual("random", weight=1.0),
            style=2.5,
            colour=2.0,
            variation=0.1,
            warmup=640,
        ),
        game=Game(adam, adam, losses.least_squares(), ema=averaging.EMA(halflife=1_000)),
        train=Train(images=6_400, batch=8, tick=640, evaluate=3_200, steps_per_execution=10),
    )


def smoke() -> Recipe:
    from ganzoo.models.translation import light
    from ganzoo.recipes.translation.cut_lite_ukiyoe import smoke as cut

    small = cut()
    return dataclasses.replace(
        recipe(),
        model=dataclasses.replace(recipe().model, nets=light.Light(width=2, d_width=2, blocks=1), warmup=8),
        data=small.data,
        train=small.train,
        metrics=(),
        test=None,
    )
