"""AnimeGAN between the photos and the drawings of a folder, at 256x256.

Photos lie in `trainA`, drawings in `trainB`. The paper's weights of terms for the style of Hayao, by the authors'
second version; its content needs VGG19's weights, which the error message says how to get. Batch 12, G's rate 2e-4 for
content alone and 2e-5 after, D's 4e-5.

Task: image-to-image
Variant: AnimeGAN
Data: your own folder of photos and drawings, unpaired
Paper: Chen, Liu & Chen 2019, AnimeGAN (ISICA, CCIS 1205)
Command: ganzoo train animegan_folder data.path=drawings
"""

import dataclasses

from ganzoo.recipe import Data, Game, Pairs, Recipe, Train

WARMUP = 66_000


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.translation import animegan

    images = Data(size=256, channels=3, flip=True)
    return Recipe(
        model=animegan.AnimeGAN(warmup=WARMUP),
        data=Pairs(a=images, b=images, path="drawings"),
        game=Game(
            schedules.Adam(4e-5, beta_1=0.5),
            schedules.Adam(schedules.Linear(2e-4, 2e-5, begin=WARMUP, finish=WARMUP + 12), beta_1=0.5),
            losses.least_squares(),
        ),
        train=Train(images=666_000, batch=12, tick=6_600, evaluate=66_000),
        metrics=("kd500_lite0",),
    )


def smoke() -> Recipe:
    from ganzoo.models.translation import animegan
    from ganzoo.recipes.translation.animegan_lite_ukiyoe import smoke as lite

    small = lite()
    nets = animegan.Bottlenecks(width=2, d_width=2, blocks=1)
    return dataclasses.replace(
        recipe(),
        model=dataclasses.replace(small.model, nets=nets),
        data=small.data,
        train=small.train,
        metrics=(),
    )
