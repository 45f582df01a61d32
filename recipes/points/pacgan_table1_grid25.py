"""Table 1 of PacGAN exactly, on the grid: pacgan_table1_ring8 with other data. For a GPU.

Task: points
Variant: PacGAN (ten trials)
Data: grid of 25 Gaussians (drawn)
Paper: Lin et al. 2018, arXiv 1712.04086, table 1
Command: ganzoo train pacgan_table1_grid25
"""

import dataclasses

from ganzoo.recipe import Data, Recipe


def recipe() -> Recipe:
    from ganzoo.recipes.points.pacgan_table1_ring8 import recipe as ring

    return dataclasses.replace(ring(), data=Data(source="mixture", name="grid25", on_device=True))


def smoke() -> Recipe:
    from ganzoo.recipes.points.pacgan_table1_ring8 import smoke as ring

    return dataclasses.replace(ring(), data=Data(source="mixture", name="grid25", on_device=True))
