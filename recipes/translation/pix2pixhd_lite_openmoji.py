"""pix2pixHD from OpenMoji's line art to its colours at 32x32, on two cores.

The data and the measure of pix2pix_lite_openmoji. Differences from the paper beside those of the model: width, depth,
resized maps in place of transposed convolutions, patches of 16x16, batch, rate and length, an average of the weights.

Task: image-to-image
Variant: pix2pixHD (lite)
Data: OpenMoji's lines and colours 32x32 on white, pairs (npm package); judged on lines that are not trained on
Paper: Wang et al. 2018, arXiv 1711.11585
Command: ganzoo train pix2pixhd_lite_openmoji
"""

import dataclasses

from ganzoo.recipe import Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.translation import pix2pixhd
    from ganzoo.recipes.translation.pix2pix_lite_openmoji import recipe as openmoji

    adam = schedules.Adam(learning_rate=schedules.Linear(5e-4, 0.0, begin=16_000, finish=32_000), beta_1=0.5)
    full = openmoji()
    return dataclasses.replace(
        full,
        model=pix2pixhd.Pix2PixHD(width=16, d_width=16, downs=2, blocks=3, up="resize", stages=1),
        game=dataclasses.replace(full.game, d_optimizer=adam, g_optimizer=adam, adversarial=losses.least_squares()),
        train=Train(images=32_000, batch=8, tick=3_200, evaluate=16_000, steps_per_execution=10),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.translation.pix2pix_lite_openmoji import smoke as openmoji

    full, small = recipe(), openmoji()
    model = dataclasses.replace(full.model, width=2, d_width=2, blocks=1)
    return dataclasses.replace(full, model=model, data=small.data, train=small.train, metrics=small.metrics, test=None)
