"""CycleGAN between Yosemite in summer and in winter at 256x256.

As cyclegan_horse2zebra, for 200 epochs of 1,231 images.

Task: image-to-image
Variant: CycleGAN
Data: summer2winter_yosemite 256x256, unpaired (TFDS cycle_gan)
Paper: Zhu et al. 2017, arXiv 1703.10593
Command: ganzoo train cyclegan_summer2winter
"""

import dataclasses

from ganzoo.recipe import Pairs, Recipe


def recipe() -> Recipe:
    from ganzoo.recipes.translation.cyclegan_horse2zebra import recipe as horse2zebra

    full = horse2zebra()
    summer = dataclasses.replace(full.data.a, name="cycle_gan/summer2winter_yosemite")
    return dataclasses.replace(full, data=Pairs(a=summer, b=dataclasses.replace(summer, split="trainB")))


def smoke() -> Recipe:
    from ganzoo.recipes.translation.cyclegan_horse2zebra import smoke as horse2zebra

    return horse2zebra()
