"""The U-Net of pix2pix_lite_openmoji without a discriminator: what the distance of pixels alone learns.

The same G, data, rate and length; the weight of D's opinion is 0, and there is no D.

Task: image-to-image
Variant: U-Net by L1 alone (lite)
Data: OpenMoji's lines and colours 32x32 on white, pairs (npm package); judged on lines that are not trained on
Paper: Isola et al. 2017, arXiv 1611.07004
Command: ganzoo train pix2pix_l1_lite_openmoji
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.recipes.translation.pix2pix_lite_openmoji import recipe as openmoji

    full = openmoji()
    return dataclasses.replace(full, model=dataclasses.replace(full.model, adversary=0.0))


def smoke() -> Recipe:
    from ganzoo.recipes.translation.pix2pix_lite_openmoji import smoke as openmoji

    small = openmoji()
    return dataclasses.replace(small, model=dataclasses.replace(small.model, adversary=0.0))
