"""CycleGAN between Monet's paintings and photos at 256x256.

As cyclegan_horse2zebra, from whose length it takes over the number of images.

Task: image-to-image
Variant: CycleGAN
Data: monet2photo 256x256, unpaired (TFDS cycle_gan)
Paper: Zhu et al. 2017, arXiv 1703.10593
Command: ganzoo train cyclegan_monet2photo
"""

import dataclasses

from ganzoo.recipe import Pairs, Recipe


def recipe() -> Recipe:
    from ganzoo.recipes.translation.cyclegan_horse2zebra import recipe as horse2zebra

    full = horse2zebra()
    monet = dataclasses.replace(full.data.a, name="cycle_gan/monet2photo")
    return dataclasses.replace(full, data=Pairs(a=monet, b=dataclasses.replace(monet, split="trainB")))


def smoke() -> Recipe:
    from ganzoo.recipes.translation.cyclegan_horse2zebra import smoke as horse2zebra

    return horse2zebra()
