"""Spectral normalisation on a ring of eight Gaussians: D's weights divided by their largest singular value.

Networks, optimizer, steps and batch of gan_ring8; hinge loss.

Task: points
Variant: SNGAN (lite)
Data: ring of 8 Gaussians (drawn)
Paper: Miyato et al. 2018, arXiv 1802.05957
Command: ganzoo train sngan_ring8
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import losses
    from ganzoo.models.points import maxout
    from ganzoo.recipes.points.gan_ring8 import recipe as gan

    plain = gan()
    return dataclasses.replace(
        plain,
        model=maxout.Maxout(g_width=100, d_width=50, spectral=True),
        game=dataclasses.replace(plain.game, adversarial=losses.hinge),
    )


def smoke() -> Recipe:
    from ganzoo.models.points import maxout
    from ganzoo.recipes.points.gan_ring8 import smoke as gan

    plain = gan()
    return dataclasses.replace(
        recipe(),
        model=maxout.Maxout(g_width=16, d_width=8, pieces=2, spectral=True),
        train=plain.train,
        metrics=plain.metrics,
    )
