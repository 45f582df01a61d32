"""ReACGAN on the common small backbone, spectrally normalised and with the hinge loss, as the paper plays it.

One step of D to one of G and the rates of the other games.

Task: noise-to-image
Variant: ReACGAN (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Kang et al. 2021, arXiv 2111.01118
Command: ganzoo train reacgan_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models.image import small
    from ganzoo.recipes.small.sngan_small import recipe as sngan

    return dataclasses.replace(sngan(), model=small.Comparing(width=16, norm="spectral"))


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
