"""FastCUT from horses to zebras at 256x256, the paper's setting.

As cut_horse2zebra without the contrast of target images, with mirrored passes, and for 200 epochs of 1,334 images, the
rate constant for three quarters of them.

Task: image-to-image
Variant: FastCUT
Data: horse2zebra 256x256, unpaired (TFDS cycle_gan)
Paper: Park et al. 2020, arXiv 2007.15651
Command: ganzoo train fastcut_horse2zebra
"""

import dataclasses

from ganzoo.recipe import Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.translation import cut
    from ganzoo.recipes.translation.cut_horse2zebra import recipe as horse2zebra

    adam = schedules.Adam(learning_rate=schedules.Linear(2e-4, 0.0, begin=200_100, finish=266_800), beta_1=0.5)
    return dataclasses.replace(
        horse2zebra(),
        model=cut.FASTCUT,
        game=Game(d_optimizer=adam, g_optimizer=adam, adversarial=losses.least_squares()),
        train=Train(images=266_800, batch=1, tick=6_670, evaluate=66_700),
    )


def smoke() -> Recipe:
    from ganzoo.models.translation import cut
    from ganzoo.recipes.translation.cut_horse2zebra import smoke as horse2zebra

    small = horse2zebra()
    model = dataclasses.replace(cut.FASTCUT, nets=small.model.nets, patches=16, units=8)
    return dataclasses.replace(small, model=model)
