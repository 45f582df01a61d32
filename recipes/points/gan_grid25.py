"""The plain GAN on a grid of 25 Gaussians: gan_ring8 with other data.

Differences from PacGAN's experiment: as in gan_ring8.

Task: points
Variant: GAN (lite)
Data: grid of 25 Gaussians (drawn)
Paper: Lin et al. 2018, arXiv 1712.04086, table 1
Command: ganzoo train gan_grid25
"""

import dataclasses

from ganzoo.recipe import Data, Recipe


def recipe() -> Recipe:
    from ganzoo.recipes.points.gan_ring8 import recipe as ring

    return dataclasses.replace(
        ring(),
        data=Data(source="mixture", name="grid25"),
        metrics=("modes2500_grid25", "hq2500_grid25", "rkl2500_grid25"),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.points.gan_ring8 import smoke as ring

    return dataclasses.replace(ring(), data=Data(source="mixture", name="grid25"), metrics=("modes64_grid25",))
