"""BigGAN-deep on Fashion-MNIST, narrow enough for two cores.

Everything but the networks is biggan_lite_fashion_mnist's.

Task: noise-to-image
Variant: BigGAN-deep (lite)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Brock, Donahue & Simonyan 2019, arXiv 1809.11096, appendix B
Command: ganzoo train biggan_deep_lite_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models.image import biggan_deep
    from ganzoo.recipes.image.biggan_lite_fashion_mnist import recipe as biggan

    return dataclasses.replace(
        biggan(), model=biggan_deep.BigGANDeep(width=16, z_dim=64, embedding=32, orthogonal=1e-4)
    )


def smoke() -> Recipe:
    from ganzoo.recipes.image.biggan_lite_fashion_mnist import smoke as biggan

    small = dataclasses.replace(recipe().model, width=1, z_dim=6, embedding=4, standing=1)
    return dataclasses.replace(biggan(), model=small)
