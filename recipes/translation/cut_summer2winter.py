"""CUT from summer to winter in Yosemite at 256x256.

As cut_horse2zebra, from whose length it takes over the number of images.

Task: image-to-image
Variant: CUT
Data: summer2winter_yosemite 256x256, unpaired (TFDS cycle_gan)
Paper: Park et al. 2020, arXiv 2007.15651
Command: ganzoo train cut_summer2winter
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.recipes.translation.cut_horse2zebra import recipe as horse2zebra
    from ganzoo.recipes.translation.cyclegan_summer2winter import recipe as summer2winter

    return dataclasses.replace(horse2zebra(), data=summer2winter().data)


def smoke() -> Recipe:
    from ganzoo.recipes.translation.cut_horse2zebra import smoke as horse2zebra

    return horse2zebra()
