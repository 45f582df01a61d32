"""Spectral normalisation on the common small backbone, with the hinge loss.

One step of D to one of G and the rates of the other games; the paper's residual networks take five.

Task: noise-to-image
Variant: SNGAN (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Miyato et al. 2018, arXiv 1802.05957
Command: ganzoo train sngan_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import losses
    from ganzoo.models.image import small
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        model=small.Small(width=16, norm="spectral"),
        game=dataclasses.replace(
            plain.game,
            adversarial=losses.hinge,
        ),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
