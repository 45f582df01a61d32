"""CUT from Google's to Twitter's emoji at 32x32, on two cores.

As cyclegan_lite_emoji in data, batch, rate and length, and in its networks.

Task: image-to-image
Variant: CUT (lite)
Data: Google's and Twitter's emoji 32x32 on white, unpaired (npm packages)
Paper: Park et al. 2020, arXiv 2007.15651
Command: ganzoo train cut_lite_emoji
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models.translation import cut, light
    from ganzoo.recipes.translation.cyclegan_lite_emoji import recipe as emoji

    return dataclasses.replace(emoji(), model=cut.CUT(light.Light()))


def smoke() -> Recipe:
    from ganzoo.models.translation import cut, light
    from ganzoo.recipes.translation.cyclegan_lite_emoji import smoke as emoji

    model = cut.CUT(light.Light(width=2, d_width=2, blocks=1), patches=16, units=8)
    return dataclasses.replace(emoji(), model=model)
