"""WGAN-GP on the common small backbone.

Adam and five steps of the critic to one as in the paper: at an equal number of reals G moves a fifth as often as in the
other games.

Task: noise-to-image
Variant: WGAN-GP (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Gulrajani et al. 2017, arXiv 1704.00028
Command: ganzoo train wgan_gp_small
"""

import dataclasses

from ganzoo.recipe import Recipe, Train


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
            d_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.0, beta_2=0.9),
            g_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.0, beta_2=0.9),
            adversarial=losses.wasserstein,
            regularizers=(regularizers.GradientPenalty(),),
            d_steps=5,
        ),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    full = recipe()
    return dataclasses.replace(
        full,
        game=dataclasses.replace(full.game, d_steps=2),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=plain.metrics,
    )
