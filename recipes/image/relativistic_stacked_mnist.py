"""The relativistic game with R1 and R2 on Stacked-MNIST: R3GAN's loss on the tiny networks.

Differences from R3GAN's experiment: networks and length are those of dcgan_stacked_mnist, D without batch norm, gamma 1
(chosen before any run).

Task: noise-to-image
Variant: RpGAN + R1 + R2 (tiny)
Data: Stacked-MNIST 28x28x3, from MNIST's 60,000 training digits (package)
Paper: Huang et al. 2025, arXiv 2501.05441
Command: ganzoo train relativistic_stacked_mnist
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import losses, regularizers
    from ganzoo.models.image import tiny
    from ganzoo.recipes.image.dcgan_stacked_mnist import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        model=tiny.Tiny(d_width=2, norm=False),
        game=dataclasses.replace(
            plain.game,
            adversarial=losses.relativistic,
            regularizers=(regularizers.R1(gamma=1.0), regularizers.R2(gamma=1.0)),
        ),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.image.dcgan_stacked_mnist import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
