"""CR: D is held to judge a mirrored, shifted real as it judges the real, on the common small backbone.

Task: noise-to-image
Variant: CR (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Zhang et al. 2020, arXiv 1910.12027
Command: ganzoo train cr_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import regularizers
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    penalty = regularizers.Consistency()
    return dataclasses.replace(plain, game=dataclasses.replace(plain.game, regularizers=(penalty,)))


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
