"""LaMa on OpenMoji at 64x64, on two cores: holes in drawings, whose lines and areas go on.

As lama_lite_photos, but what is in a hole can be known: the network learns pixels for most of its time.

Task: restoration
Variant: LaMa (lite)
Data: OpenMoji 64x64 on white (npm package); judged on drawings of line art that is not trained on
Paper: Suvorov et al. 2021, arXiv 2109.07161
Command: ganzoo train lama_lite_openmoji
"""

import dataclasses

from ganzoo.recipe import Data, Recipe

WARMUP = 72_000


def recipe() -> Recipe:
    from ganzoo import schedules
    from ganzoo.recipes.restoration.lama_lite_photos import recipe as photos

    drawings = Data(source="package", name="openmoji_colours", size=64, channels=3, classes=0)
    adam = schedules.Adam(schedules.Linear(1e-3, 1e-4, begin=0, finish=WARMUP), beta_1=0.9, beta_2=0.99)
    full = photos()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, adversary=0.3, warmup=WARMUP),
        game=dataclasses.replace(full.game, d_optimizer=adam, g_optimizer=adam),
        train=dataclasses.replace(full.train, images=76_000, evaluate=8_000),
        data=dataclasses.replace(drawings, flip=True),
        test=dataclasses.replace(drawings, split="test"),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.restoration.lama_lite_photos import smoke as photos

    return photos()
