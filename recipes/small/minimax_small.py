"""The minimax loss of 2014 on the common small backbone: does its gradient vanish?

Task: noise-to-image
Variant: GAN, minimax loss (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Goodfellow et al. 2014, arXiv 1406.2661, eq. 1
Command: ganzoo train minimax_small
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
            adversarial=losses.minimax,
        ),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
