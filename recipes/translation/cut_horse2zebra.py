"""CUT from horses to zebras at 256x256, the paper's setting.

Mirrored 256x256 windows of images of 286x286, batch 1, 400 epochs of 1,334 images, the rate constant for half of them
and then falling to 0.

Task: image-to-image
Variant: CUT
Data: horse2zebra 256x256, unpaired (TFDS cycle_gan)
Paper: Park et al. 2020, arXiv 2007.15651
Command: ganzoo train cut_horse2zebra
"""

import dataclasses

from ganzoo.recipe import Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.translation import cut
    from ganzoo.recipes.translation.cyclegan_horse2zebra import recipe as horse2zebra

    adam = schedules.Adam(learning_rate=schedules.Linear(2e-4, 0.0, begin=266_800, finish=533_600), beta_1=0.5)
    return dataclasses.replace(
        horse2zebra(),
        model=cut.CUT(),
        game=Game(d_optimizer=adam, g_optimizer=adam, adversarial=losses.least_squares()),
        train=Train(images=533_600, batch=1, tick=6_670, evaluate=66_700),
    )


def smoke() -> Recipe:
    from ganzoo.models.translation import cut
    from ganzoo.recipes.translation.cyclegan_horse2zebra import smoke as horse2zebra

    small = horse2zebra()
    return dataclasses.replace(
        recipe(),
        model=cut.CUT(cut.ResNet(width=2, d_width=2, blocks=1), patches=16, units=8),
        data=small.data,
        train=Train(images=16, batch=2, tick=8, evaluate=16),
        metrics=(),
    )
