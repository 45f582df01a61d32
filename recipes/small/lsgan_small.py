"""LSGAN on the common small backbone.

Task: noise-to-image
Variant: LSGAN (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Mao et al. 2017, arXiv 1611.04076
Command: ganzoo train lsgan_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import losses
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        game=dataclasses.replace(
            plain.game,
            adversarial=losses.least_squares(a=0.0, b=1.0, c=1.0),
        ),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
