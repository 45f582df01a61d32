"""ReACGAN on Fashion-MNIST, narrow enough for two cores.

Networks, rates, batch and length are those of biggan_lite_fashion_mnist, without its orthogonal regularisation.

Task: noise-to-image
Variant: ReACGAN (lite)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Kang et al. 2021, arXiv 2111.01118
Command: ganzoo train reacgan_lite_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models.image import biggan, reacgan
    from ganzoo.recipes.image.biggan_lite_fashion_mnist import recipe as lite

    nets = reacgan.Residual(biggan.BigGAN(width=8, z_dim=60, embedding=32), length=128)
    return dataclasses.replace(lite(), model=reacgan.ReACGAN(nets))


def smoke() -> Recipe:
    from ganzoo.models.image import biggan, reacgan
    from ganzoo.recipes.image.biggan_lite_fashion_mnist import smoke as lite

    nets = reacgan.Residual(biggan.BigGAN(width=2, z_dim=6, embedding=4, standing=1), length=8)
    return dataclasses.replace(lite(), model=reacgan.ReACGAN(nets))
