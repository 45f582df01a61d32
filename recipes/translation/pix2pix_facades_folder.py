"""pix2pix from plans of facades to photos at 256x256, over a folder of pairs.

The folder is as the authors' archive: `train` and `test` hold a photo and its plan side by side in one file, so that
the photo is domain a and the plan domain b. The paper's setting: 256x256 windows of images of 286x286, mirrored, batch
1, 200 epochs of 400 images, a constant rate. Its batch norm at a batch of 1 is instance norm here, see the model;
`model.norm=batch` has the batch norm of the authors' code. Another folder: `data.path=`, its own length of 200 epochs
`train.images=`, and `model.direction=a2b` where the left image is the one that is told.

Task: image-to-image
Variant: pix2pix
Data: a folder of pairs 256x256, such as facades
Paper: Isola et al. 2017, arXiv 1611.07004
Command: ganzoo train pix2pix_facades_folder data.path=facades
"""

import dataclasses

from ganzoo.recipe import Data, Game, Pairs, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.translation import pix2pix

    adam = schedules.Adam(learning_rate=2e-4, beta_1=0.5)
    images = Data(size=286, channels=3, window=256, flip=True)
    return Recipe(
        model=pix2pix.Pix2Pix(direction="b2a"),
        data=Pairs(a=images, b=images, aligned=True, path="facades"),
        game=Game(d_optimizer=adam, g_optimizer=adam, adversarial=losses.non_saturating),
        train=Train(images=80_000, batch=1, tick=4_000, evaluate=20_000),
        metrics=("kd400_lite0",),
    )


def smoke() -> Recipe:
    from ganzoo.models.translation import pix2pix

    clothes = Data(source="bundled", name="fashion_mnist", size=40, channels=3, window=32, flip=True, limit=16)
    return dataclasses.replace(
        recipe(),
        model=pix2pix.Pix2Pix(width=2, d_width=2, downs=4, direction="b2a"),
        data=Pairs(a=clothes, b=clothes, aligned=True),
        train=Train(images=16, batch=1, tick=8, evaluate=16),
        metrics=(),
    )
