"""bCR: D is held to judge a mirrored, shifted image as it judges the image, real or made, on the common small backbone.

Task: noise-to-image
Variant: bCR (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Zhao et al. 2020, arXiv 2002.04724
Command: ganzoo train bcr_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import regularizers
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    penalty = regularizers.Consistency(weight_real=10.0, weight_fake=10.0)
    return dataclasses.replace(plain, game=dataclasses.replace(plain.game, regularizers=(penalty,)))


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
