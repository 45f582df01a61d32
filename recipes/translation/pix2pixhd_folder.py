"""pix2pixHD over a folder of pairs at 512x1024, the paper's size of the global generator.

The authors' command over colours instead of label numbers: 100 epochs at a rate of 2e-4 and 100 more in which it falls
to 0, batch 1, mirrored; the lengths are those of Cityscapes' 2,975 images. What is told lies in `trainA` and its
partners, by the same names, in `trainB`. Other images: `data.a.size=`, `data.b.size=` and `train.images=`. The model
says what is left out of the paper.

Task: image-to-image
Variant: pix2pixHD (lite)
Data: a folder of pairs 512x1024
Paper: Wang et al. 2018, arXiv 1711.11585
Command: ganzoo train pix2pixhd_folder data.path=cityscapes
"""

import dataclasses

from ganzoo.recipe import Data, Game, Pairs, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.translation import pix2pixhd

    adam = schedules.Adam(learning_rate=schedules.Linear(2e-4, 0.0, begin=297_500, finish=595_000), beta_1=0.5)
    images = Data(size=(512, 1024), channels=3, flip=True)
    return Recipe(
        model=pix2pixhd.Pix2PixHD(),
        data=Pairs(a=images, b=images, aligned=True, path="cityscapes"),
        game=Game(d_optimizer=adam, g_optimizer=adam, adversarial=losses.least_squares()),
        train=Train(images=595_000, batch=1, tick=11_900, evaluate=119_000),
        metrics=("kd500_lite0",),
    )


def smoke() -> Recipe:
    from ganzoo.models.translation import pix2pixhd

    clothes = Data(source="bundled", name="fashion_mnist", size=(32, 64), channels=3, flip=True, limit=16)
    return dataclasses.replace(
        recipe(),
        model=pix2pixhd.Pix2PixHD(width=2, d_width=2, downs=2, blocks=1, stages=2),
        data=Pairs(a=clothes, b=clothes, aligned=True),
        train=Train(images=16, batch=1, tick=8, evaluate=16),
        metrics=(),
    )
