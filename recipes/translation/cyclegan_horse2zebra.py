"""CycleGAN between horses and zebras at 256x256, the paper's setting.

Mirrored 256x256 windows of images of 286x286, batch 1, 200 epochs of 1,334 images, the rate constant for half of them
and then falling to 0.

Task: image-to-image
Variant: CycleGAN
Data: horse2zebra 256x256, unpaired (TFDS cycle_gan)
Paper: Zhu et al. 2017, arXiv 1703.10593
Command: ganzoo train cyclegan_horse2zebra
"""

import dataclasses

from ganzoo.recipe import Data, Game, Pairs, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.translation import cyclegan

    adam = schedules.Adam(learning_rate=schedules.Linear(2e-4, 0.0, begin=133_400, finish=266_800), beta_1=0.5)
    horses = Data(
        source="tfds", name="cycle_gan/horse2zebra", split="trainA", size=286, channels=3, window=256, flip=True
    )
    return Recipe(
        model=cyclegan.CycleGAN(),
        data=Pairs(a=horses, b=dataclasses.replace(horses, split="trainB")),
        game=Game(d_optimizer=adam, g_optimizer=adam, adversarial=losses.least_squares()),
        train=Train(images=266_800, batch=1, tick=6_670, evaluate=66_700),
        metrics=("kd500_lite0",),
    )


def smoke() -> Recipe:
    from ganzoo.models.translation import cyclegan

    full = recipe()
    clothes = Data(source="bundled", name="fashion_mnist", size=40, channels=3, window=32, flip=True, limit=16)
    return dataclasses.replace(
        full,
        model=cyclegan.CycleGAN(cyclegan.ResNet(width=2, d_width=2, blocks=1), pool=4),
        data=Pairs(a=clothes, b=clothes),
        train=Train(images=16, batch=1, tick=8, evaluate=16),
        metrics=(),
    )
