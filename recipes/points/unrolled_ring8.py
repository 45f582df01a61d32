"""The unrolled GAN on a ring of eight Gaussians: G looks five steps of D ahead.

Networks, optimizer, steps and batch of gan_ring8.

Task: points
Variant: Unrolled GAN (lite)
Data: ring of 8 Gaussians (drawn)
Paper: Metz et al. 2017, arXiv 1611.02163, section 3.1
Command: ganzoo train unrolled_ring8
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models import unrolled
    from ganzoo.recipes.points.gan_ring8 import recipe as gan

    plain = gan()
    return dataclasses.replace(plain, model=unrolled.Unrolled(plain.model, k=5))


def smoke() -> Recipe:
    from ganzoo.models import unrolled
    from ganzoo.recipes.points.gan_ring8 import smoke as gan

    plain = gan()
    return dataclasses.replace(
        recipe(), model=unrolled.Unrolled(plain.model, k=2), train=plain.train, metrics=plain.metrics
    )
