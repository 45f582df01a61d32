"""CycleGAN between photos and Japanese woodblock prints at 64x64, on two cores.

As cut_lite_ukiyoe in data, networks, batch and length; a lighter cycle and no identity term: the
paper's weights hold light networks at the identity that they begin with.

Task: image-to-image
Variant: CycleGAN (lite)
Data: GCompris' photos and ukiyo-e prints, windows of 64x64, unpaired; judged on others (packages)
Paper: Zhu et al. 2017, arXiv 1703.10593
Command: ganzoo train cyclegan_lite_ukiyoe
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models.translation import cyclegan, light
    from ganzoo.recipes.translation.cut_lite_ukiyoe import recipe as ukiyoe

    return dataclasses.replace(ukiyoe(), model=cyclegan.CycleGAN(light.Light(), cycle=1.0, identity=0.0))


def smoke() -> Recipe:
    from ganzoo.models.translation import cyclegan, light
    from ganzoo.recipes.translation.cut_lite_ukiyoe import smoke as ukiyoe

    model = cyclegan.CycleGAN(nets=light.Light(width=2, d_width=2, blocks=1), pool=4)
    return dataclasses.replace(ukiyoe(), model=model)
