"""Table 1 of PacGAN exactly: full width, 400,000 simultaneous steps, ten trials at once. For a GPU.

A sample is a point of each trial, so that no metric of the zoo is defined on it; `SimultaneousGAN.points` gives them
trial by trial. A batch is 100 packs of m points for each of ten trials: with model.m=2 also give train.batch=2000
train.images=800_000_000. The study ring_grid plays the same games alone, at a tenth of the length.

Task: points
Variant: PacGAN (ten trials)
Data: ring of 8 Gaussians (drawn)
Paper: Lin et al. 2018, arXiv 1712.04086, table 1
Command: ganzoo train pacgan_table1_ring8
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.points import trials

    adam = schedules.Adam(learning_rate=1e-4, beta_1=0.8, beta_2=0.999)
    return Recipe(
        model=trials.Trials(m=1, trials=10),
        data=Data(source="mixture", name="ring8", on_device=True),
        game=Game(d_optimizer=adam, g_optimizer=adam, adversarial=losses.non_saturating),
        train=Train(
            images=400_000_000, batch=1000, tick=40_000_000, precision="float32", steps_per_execution=1000, xla="on"
        ),
    )


def smoke() -> Recipe:
    from ganzoo.models.points import trials

    return dataclasses.replace(
        recipe(),
        model=trials.Trials(m=2, trials=2, g_width=8, d_width=4, pieces=2),
        train=Train(images=160, batch=16, tick=80),
    )
