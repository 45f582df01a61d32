"""SPADE from the outlines of pets to photos at 256x256.

Domain a is the map of each photo's pet, border and background of Oxford-IIIT Pet, in three colours, domain b the photo:
256x256 windows of images of 286x286, mirrored. Where a map is resized, borders between its colours are mixed. The rates
are those of the paper, whose batch of 32 lay on eight GPUs; batch 8 here, 50 epochs of 3,680 images.

Task: image-to-image
Variant: SPADE
Data: Oxford-IIIT Pet 256x256, outlines and photos, pairs (TFDS)
Paper: Park et al. 2019, arXiv 1903.07291
Command: ganzoo train spade_pets
"""

import dataclasses

from ganzoo.recipe import Data, Game, Pairs, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.translation import spade

    adam = schedules.Adam(learning_rate=1e-4, beta_1=0.0, beta_2=0.9)
    maps = Data("tfds", "oxford_iiit_pet#segmentation_mask", size=286, channels=3, window=256, flip=True)
    return Recipe(
        model=spade.Spade(),
        data=Pairs(a=maps, b=dataclasses.replace(maps, name="oxford_iiit_pet#image"), aligned=True),
        game=Game(
            d_optimizer=dataclasses.replace(adam, learning_rate=4e-4),
            g_optimizer=adam,
            adversarial=losses.hinge,
        ),
        train=Train(images=184_000, batch=8, tick=9_200, evaluate=46_000),
        metrics=("kd500_lite0",),
    )


def smoke() -> Recipe:
    from ganzoo.models.translation import spade

    clothes = Data(source="bundled", name="fashion_mnist", size=40, channels=3, window=32, flip=True, limit=16)
    return dataclasses.replace(
        recipe(),
        model=spade.Spade(width=2, d_width=2, ups=2, hidden=3, stages=2),
        data=Pairs(a=clothes, b=clothes, aligned=True),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=(),
    )
