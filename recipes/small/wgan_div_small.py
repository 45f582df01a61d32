"""WGAN-div on the common small backbone.

Everything but the penalty is that of wgan_gp_small, so that the two differ in one thing.

Task: noise-to-image
Variant: WGAN-div (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Wu et al. 2018, arXiv 1712.01026
Command: ganzoo train wgan_div_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import regularizers
    from ganzoo.recipes.small.wgan_gp_small import recipe as wgan_gp

    plain = wgan_gp()
    return dataclasses.replace(plain, game=dataclasses.replace(plain.game, regularizers=(regularizers.WGANDiv(),)))


def smoke() -> Recipe:
    from ganzoo.recipes.small.wgan_gp_small import smoke as wgan_gp

    plain, full = wgan_gp(), recipe()
    return dataclasses.replace(plain, game=dataclasses.replace(plain.game, regularizers=full.game.regularizers))
