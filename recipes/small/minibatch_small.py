"""Minibatch discrimination on the common small backbone: D sees how close the samples of a batch are.

Task: noise-to-image
Variant: Minibatch discrimination (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Salimans et al. 2016, arXiv 1606.03498, section 3.2
Command: ganzoo train minibatch_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models.image import small
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        model=small.Small(width=16, kernels=32),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
