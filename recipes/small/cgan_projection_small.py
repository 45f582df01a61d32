"""The projecting cGAN on the common small backbone, with spectral normalisation and the hinge loss.

Task: noise-to-image
Variant: cGAN (projection) (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Miyato & Koyama 2018, arXiv 1802.05637
Command: ganzoo train cgan_projection_small
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
        model=small.Projecting(width=16, norm="spectral"),
        game=dataclasses.replace(
            plain.game,
            adversarial=losses.hinge,
        ),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
