"""ACGAN on the common small backbone: D also names the class.

Task: noise-to-image
Variant: ACGAN (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Odena, Olah & Shlens 2017, arXiv 1610.09585
Command: ganzoo train acgan_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models.image import small
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        model=small.Auxiliary(width=16),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
