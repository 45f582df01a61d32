"""pix2pix from aerial photos to maps at 256x256, over a folder of pairs.

As pix2pix_facades_folder, for 200 epochs of 1,096 images with the photo at the left (domain a) and the map at the right
(b); `model.direction=b2a` learns the way back. TFDS has `cycle_gan/maps`, but as two sets without their pairs.

Task: image-to-image
Variant: pix2pix
Data: a folder of pairs 256x256, such as maps
Paper: Isola et al. 2017, arXiv 1611.07004
Command: ganzoo train pix2pix_maps data.path=maps
"""

import dataclasses

from ganzoo.recipe import Recipe, Train


def recipe() -> Recipe:
    from ganzoo.models.translation import pix2pix
    from ganzoo.recipes.translation.pix2pix_facades_folder import recipe as facades

    full = facades()
    return dataclasses.replace(
        full,
        model=pix2pix.Pix2Pix(),
        data=dataclasses.replace(full.data, path="maps"),
        train=Train(images=219_200, batch=1, tick=5_480, evaluate=54_800),
        metrics=("kd500_lite0",),
    )


def smoke() -> Recipe:
    from ganzoo.models.translation import pix2pix
    from ganzoo.recipes.translation.pix2pix_facades_folder import smoke as facades

    return dataclasses.replace(facades(), model=pix2pix.Pix2Pix(width=2, d_width=2, downs=4))
