"""BigGAN-deep at 128x128 on a folder with a subfolder for each class, such as ImageNet's.

Images are cropped to their centre and resized to data.size; data.channels may be 1, 3 or 4. Everything but the networks
is biggan_imagenet128_folder's, with its differences from the paper.

Task: noise-to-image
Variant: BigGAN-deep
Data: any folder of images with a subfolder for each class
Paper: Brock, Donahue & Simonyan 2019, arXiv 1809.11096, appendix B
Command: ganzoo train biggan_deep_imagenet128_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models.image import biggan_deep
    from ganzoo.recipes.image.biggan_imagenet128_folder import recipe as biggan

    return dataclasses.replace(biggan(), model=biggan_deep.BigGANDeep(orthogonal=1e-4))


def smoke() -> Recipe:
    from ganzoo.recipes.image.biggan_imagenet128_folder import smoke as biggan

    small = dataclasses.replace(recipe().model, width=1, z_dim=6, embedding=4, standing=1)
    return dataclasses.replace(biggan(), model=small)
