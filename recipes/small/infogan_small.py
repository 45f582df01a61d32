"""InfoGAN on the common small backbone: a part of the noise is a code that D must read off the picture.

Task: noise-to-image
Variant: InfoGAN (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Chen et al. 2016, arXiv 1606.03657
Command: ganzoo train infogan_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models.image import small
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        model=small.Informative(width=16),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
