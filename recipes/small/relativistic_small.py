"""The relativistic game with R1 and R2 on the common small backbone: R3GAN's loss.

Gamma 1 was chosen before any run; beta as in the paper.

Task: noise-to-image
Variant: RpGAN + R1 + R2 (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Huang et al. 2025, arXiv 2501.05441
Command: ganzoo train relativistic_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import losses, regularizers, schedules
    from ganzoo.models.image import small
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        model=small.Small(width=16, norm="none"),
        game=dataclasses.replace(
            plain.game,
            d_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.0, beta_2=0.99),
            g_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.0, beta_2=0.99),
            adversarial=losses.relativistic,
            regularizers=(regularizers.R1(gamma=1.0), regularizers.R2(gamma=1.0)),
        ),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
