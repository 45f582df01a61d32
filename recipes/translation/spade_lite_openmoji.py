"""SPADE from OpenMoji's line art to its colours at 32x32, on two cores.

The data and the measure of pix2pix_lite_openmoji: lines in place of labels, which say where something is and not what.
Differences from the paper beside those of the model: width, depth, instance norm, patches of 16x16, batch, rates and
length, an average of the weights.

Task: image-to-image
Variant: SPADE (lite)
Data: OpenMoji's lines and colours 32x32 on white, pairs (npm package); judged on lines that are not trained on
Paper: Park et al. 2019, arXiv 1903.07291
Command: ganzoo train spade_lite_openmoji
"""

import dataclasses

from ganzoo.recipe import Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.translation import spade
    from ganzoo.recipes.translation.pix2pix_lite_openmoji import recipe as openmoji

    adam = schedules.Adam(schedules.Linear(4e-4, 0.0, begin=16_000, finish=32_000), beta_1=0.0, beta_2=0.9)
    faster = dataclasses.replace(adam, learning_rate=schedules.Linear(8e-4, 0.0, begin=16_000, finish=32_000))
    full = openmoji()
    return dataclasses.replace(
        full,
        model=spade.Spade(width=8, d_width=16, ups=3, hidden=16, norm="instance", stages=1),
        game=dataclasses.replace(full.game, d_optimizer=faster, g_optimizer=adam, adversarial=losses.hinge),
        train=Train(images=32_000, batch=8, tick=3_200, evaluate=16_000, steps_per_execution=10),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.translation.pix2pix_lite_openmoji import smoke as openmoji

    full, small = recipe(), openmoji()
    model = dataclasses.replace(full.model, width=2, d_width=2, hidden=3)
    return dataclasses.replace(full, model=model, data=small.data, train=small.train, metrics=small.metrics, test=None)
