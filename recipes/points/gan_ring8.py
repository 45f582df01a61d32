"""The plain GAN on a ring of eight Gaussians, narrow enough for two cores: how many modes does it find?

Differences from PacGAN's experiment: networks of a quarter of its widths, 40,000 of its 400,000 steps, and D and G take
turns where its code moves both at once.

Task: points
Variant: GAN (lite)
Data: ring of 8 Gaussians (drawn)
Paper: Lin et al. 2018, arXiv 1712.04086, table 1
Command: ganzoo train gan_ring8
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.points import maxout

    adam = schedules.Adam(learning_rate=1e-4, beta_1=0.8, beta_2=0.999)
    return Recipe(
        model=maxout.Maxout(g_width=100, d_width=50),
        data=Data(source="mixture", name="ring8"),
        game=Game(d_optimizer=adam, g_optimizer=adam, adversarial=losses.non_saturating),
        train=Train(images=4_000_000, batch=100, tick=200_000, evaluate=400_000, steps_per_execution=100, xla="on"),
        metrics=("modes2500_ring8", "hq2500_ring8", "rkl2500_ring8"),
    )


def smoke() -> Recipe:
    from ganzoo.models.points import maxout

    return dataclasses.replace(
        recipe(),
        model=maxout.Maxout(g_width=16, d_width=8, pieces=2),
        train=Train(images=64, batch=8, tick=32, evaluate=64),
        metrics=("modes64_ring8",),
    )
