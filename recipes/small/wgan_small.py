"""WGAN on the common small backbone: a clipped critic.

RMSprop at 5e-5 and five steps of the critic to one as in the paper: at an equal number of reals G moves a fifth as
often as in the other games.

Task: noise-to-image
Variant: WGAN (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Arjovsky, Chintala & Bottou 2017, arXiv 1701.07875
Command: ganzoo train wgan_small
"""

import dataclasses

from ganzoo.recipe import Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.image import wgan
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        model=wgan.WGAN(width=16),
        game=dataclasses.replace(
            plain.game,
            d_optimizer=schedules.RMSprop(learning_rate=5e-5),
            g_optimizer=schedules.RMSprop(learning_rate=5e-5),
            adversarial=losses.wasserstein,
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
