"""ProGAN on your own images, from 4x4 to 128x128.

The batch of 16 is the paper's for 128x128 on one GPU. Images are cropped to their centre and resized; data.channels may
be 1, 3 or 4. With model.conditional=true each subfolder is a class.

Task: noise-to-image
Variant: ProGAN
Data: any folder of images, class subfolders optional
Paper: Karras et al. 2018, arXiv 1710.10196
Command: ganzoo train progan_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging
    from ganzoo.recipes.image.progan_cifar10 import recipe as cifar10

    full = cifar10()
    return dataclasses.replace(
        full,
        data=Data(source="folder", size=128, channels=3),
        game=dataclasses.replace(full.game, ema=averaging.EMA(halflife=11_088, ramp=0.0)),
        train=dataclasses.replace(full.train, batch=16),
        metrics=("kd1k_lite0",),
    )


def smoke() -> Recipe:
    # Without the terms that are differentiated twice: tracing them costs most, and smaller recipes have them.
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, cbase=128, cmax=4, z_dim=8, fade=2, stable=0),
        game=dataclasses.replace(full.game, regularizers=()),
        data=Data(source="bundled", name="fashion_mnist", size=128, channels=3, limit=64),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=(),
    )
