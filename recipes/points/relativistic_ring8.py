"""The relativistic game with R1 and R2 on a ring of eight Gaussians: R3GAN's loss.

Networks, optimizer, steps and batch of gan_ring8; gamma 0.1, chosen before any run.

Task: points
Variant: RpGAN + R1 + R2 (lite)
Data: ring of 8 Gaussians (drawn)
Paper: Huang et al. 2025, arXiv 2501.05441, section 2
Command: ganzoo train relativistic_ring8
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import losses, regularizers
    from ganzoo.recipes.points.gan_ring8 import recipe as gan

    plain = gan()
    return dataclasses.replace(
        plain,
        game=dataclasses.replace(
            plain.game,
            adversarial=losses.relativistic,
            regularizers=(regularizers.R1(gamma=0.1), regularizers.R2(gamma=0.1)),
        ),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.points.gan_ring8 import smoke as gan

    plain = gan()
    return dataclasses.replace(recipe(), model=plain.model, train=plain.train, metrics=plain.metrics)
