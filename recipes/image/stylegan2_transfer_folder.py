"""StyleGAN2 on few images of your own, from a run of stylegan2_folder on many: transfer with a frozen D.

Of D the layer that reads the colours and the convolutions of the three finest resolutions, three each, stand still
(Freeze-D, Mo et al.); what D is shown is augmented as much as it needs (ADA). The average has no ramp, for it starts
from one that is worth keeping. train.init_from names the run, or a checkpoint of it, on images of the same size and
channels.

Task: noise-to-image
Variant: StyleGAN2 (transfer)
Data: any folder of images, class subfolders optional
Paper: Karras et al. 2020, arXiv 2006.06676; Mo, Cho & Shin 2020, arXiv 2002.10964
Command: ganzoo train stylegan2_transfer_folder data.path=DIR train.init_from=runs/stylegan2_folder
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import augment, averaging
    from ganzoo.recipes.image.stylegan2_folder import recipe as folder

    full = folder()
    return dataclasses.replace(
        full,
        game=dataclasses.replace(
            full.game,
            augment=augment.ADA(augment.Adaptive(images=100_000)),
            ema=averaging.EMA(halflife=5_000, ramp=0.0),
            freeze_d=10,
        ),
        train=dataclasses.replace(
            full.train, images=1_000_000, tick=4_000, evaluate=40_000, init_from="runs/stylegan2_folder"
        ),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.image.stylegan2_folder import smoke as folder

    full = folder()
    return dataclasses.replace(full, game=dataclasses.replace(recipe().game, regularizers=()))
