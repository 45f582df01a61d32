"""CUT from Monet's paintings to photos at 256x256.

As cut_horse2zebra, from whose length it takes over the number of images.

Task: image-to-image
Variant: CUT
Data: monet2photo 256x256, unpaired (TFDS cycle_gan)
Paper: Park et al. 2020, arXiv 2007.15651
Command: ganzoo train cut_monet2photo
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.recipes.translation.cut_horse2zebra import recipe as horse2zebra
    from ganzoo.recipes.translation.cyclegan_monet2photo import recipe as monet2photo

    return dataclasses.replace(horse2zebra(), data=monet2photo().data)


def smoke() -> Recipe:
    from ganzoo.recipes.translation.cut_horse2zebra import smoke as horse2zebra

    return horse2zebra()
