"""CUT from Google's to Twitter's emoji at 32x32, on two cores.

As cyclegan_lite_emoji in data, batch, rate and length, and in the width and blocks of its networks.

Task: image-to-image
Variant: CUT (lite)
Data: Google's and Twitter's emoji 32x32 on white, unpaired (npm packages)
Paper: Park et al. 2020, arXiv 2007.15651
Command: ganzoo train cut_lite_emoji
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models.translation import cut
    from ganzoo.recipes.translation.cyclegan_lite_emoji import recipe as emoji

    return dataclasses.replace(emoji(), model=cut.CUT(cut.ResNet(width=16, d_width=16, blocks=3)))


def smoke() -> Recipe:
    from ganzoo.models.translation import cut
    from ganzoo.recipes.translation.cyclegan_lite_emoji import smoke as emoji

    return dataclasses.replace(emoji(), model=cut.CUT(cut.ResNet(width=2, d_width=2, blocks=1), patches=16, units=8))
