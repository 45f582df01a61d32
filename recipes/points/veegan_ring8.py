"""VEEGAN on a ring of eight Gaussians: D judges a point with its latent, and a reconstructor ties the two.

Widths, optimizer, steps and batch of gan_ring8; the reconstructor has the generator's layers.

Task: points
Variant: VEEGAN (lite)
Data: ring of 8 Gaussians (drawn)
Paper: Srivastava et al. 2017, arXiv 1705.07761, section 4.1
Command: ganzoo train veegan_ring8
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import losses
    from ganzoo.models.points import veegan
    from ganzoo.recipes.points.gan_ring8 import recipe as gan

    plain = gan()
    return dataclasses.replace(
        plain,
        model=veegan.VEEGAN(plain.model),
        game=dataclasses.replace(plain.game, adversarial=losses.log_ratio),
    )


def smoke() -> Recipe:
    from ganzoo.models.points import veegan
    from ganzoo.recipes.points.gan_ring8 import smoke as gan

    plain = gan()
    return dataclasses.replace(recipe(), model=veegan.VEEGAN(plain.model), train=plain.train, metrics=plain.metrics)
