"""WGAN-GP on a ring of eight Gaussians.

Networks, steps and batch of gan_ring8; loss, penalty (weight 0.1) and Adam (1e-4, 0.5, 0.9) as in the authors'
script for points, with one step of D for one of G, as the other games here have.

Task: points
Variant: WGAN-GP (lite)
Data: ring of 8 Gaussians (drawn)
Paper: Gulrajani et al. 2017, arXiv 1704.00028, section 2 of its appendix
Command: ganzoo train wgan_gp_ring8
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import losses, regularizers, schedules
    from ganzoo.recipes.points.gan_ring8 import recipe as gan

    plain = gan()
    return dataclasses.replace(
        plain,
        game=dataclasses.replace(
            plain.game,
            d_optimizer=schedules.Adam(learning_rate=1e-4, beta_1=0.5, beta_2=0.9),
            g_optimizer=schedules.Adam(learning_rate=1e-4, beta_1=0.5, beta_2=0.9),
            adversarial=losses.wasserstein,
            regularizers=(regularizers.GradientPenalty(weight=0.1),),
        ),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.points.gan_ring8 import smoke as gan

    plain = gan()
    return dataclasses.replace(recipe(), model=plain.model, train=plain.train, metrics=plain.metrics)
