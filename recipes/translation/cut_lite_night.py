"""CUT from photos by day to synthetic night at 32x32, on two cores.

As cyclegan_lite_night in data, networks, batch, rate and length; `model.gan=0` takes the adversary away.

Task: image-to-image
Variant: CUT (lite)
Data: GCompris' photos by day and at synthetic night 32x32, unpaired; judged on pairs of scikit-image's (packages)
Paper: Park et al. 2020, arXiv 2007.15651
Command: ganzoo train cut_lite_night
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models.translation import cut, light
    from ganzoo.recipes.translation.cyclegan_lite_night import recipe as night

    return dataclasses.replace(night(), model=cut.CUT(light.Light()))


def smoke() -> Recipe:
    from ganzoo.models.translation import cut, light
    from ganzoo.recipes.translation.cyclegan_lite_night import smoke as night

    model = cut.CUT(light.Light(width=2, d_width=2, blocks=1), patches=16, units=8)
    return dataclasses.replace(night(), model=model)
