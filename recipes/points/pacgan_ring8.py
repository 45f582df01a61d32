"""PacGAN on a ring of eight Gaussians: D judges two points at once.

Differences from the paper: as in gan_ring8. A batch of 200 points is the paper's 100 packs.

Task: points
Variant: PacGAN (lite)
Data: ring of 8 Gaussians (drawn)
Paper: Lin et al. 2018, arXiv 1712.04086, table 1
Command: ganzoo train pacgan_ring8
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models import pacgan
    from ganzoo.models.points import maxout
    from ganzoo.recipes.points.gan_ring8 import recipe as gan

    plain = gan()
    return dataclasses.replace(
        plain,
        model=pacgan.PacGAN(maxout.Maxout(g_width=100, d_width=50), m=2),
        train=dataclasses.replace(plain.train, images=8_000_000, batch=200, tick=400_000, evaluate=800_000),
    )


def smoke() -> Recipe:
    from ganzoo.models import pacgan
    from ganzoo.models.points import maxout
    from ganzoo.recipes.points.gan_ring8 import smoke as gan

    plain = gan()
    return dataclasses.replace(
        recipe(),
        model=pacgan.PacGAN(maxout.Maxout(g_width=16, d_width=8, pieces=2), m=2),
        train=plain.train,
        metrics=plain.metrics,
    )
