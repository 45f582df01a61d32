"""cGAN (projection) on your own images.

Images are cropped to their centre and resized to data.size; data.channels may be 1, 3 or 4. Each subfolder is a
class.

Task: noise-to-image
Variant: cGAN (projection)
Data: any folder of images, class subfolders optional
Paper: Miyato & Koyama 2018, arXiv 1802.05637
Command: ganzoo train cgan_projection_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo.recipes.image.cgan_projection_cifar10 import recipe as cifar10

    return dataclasses.replace(
        cifar10(),
        data=Data(source="folder", size=64, channels=3),
        metrics=("kd1k_lite0",),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import cgan

    full = recipe()
    return dataclasses.replace(
        full,
        model=cgan.Projection(g_width=8, d_width=8),
        data=Data(source="bundled", name="fashion_mnist", size=64, channels=3),
        game=dataclasses.replace(full.game, d_steps=2),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=(),
    )
