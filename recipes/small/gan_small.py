"""The GAN of 2014, two perceptrons of about the small backbone's size, in the study `fashion`.

Task: noise-to-image
Variant: GAN (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Goodfellow et al. 2014, arXiv 1406.2661
Command: ganzoo train gan_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models.image import vanilla
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        model=vanilla.Vanilla(g_width=256, d_width=48),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
