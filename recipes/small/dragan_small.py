"""DRAGAN on the common small backbone.

Task: noise-to-image
Variant: DRAGAN (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Kodali et al. 2017, arXiv 1705.07215
Command: ganzoo train dragan_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import regularizers
    from ganzoo.models.image import small
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        model=small.Small(width=16, norm="none"),
        game=dataclasses.replace(
            plain.game,
            regularizers=(regularizers.Dragan(),),
        ),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
