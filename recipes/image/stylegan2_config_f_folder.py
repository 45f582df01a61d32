"""StyleGAN2 on your own images, in configuration F of its first paper.

Full widths, a mapping of eight layers, gamma = 10, groups of 4 in the minibatch deviation, an average without a ramp.
The paper has 1024x1024, with the batch of 32 over eight GPUs (train.replicas, or train.accumulate=8 on one).

Task: noise-to-image
Variant: StyleGAN2
Data: any folder of images, class subfolders optional
Paper: Karras et al. 2020, arXiv 1912.04958
Command: ganzoo train stylegan2_config_f_folder data.path=DIR data.size=1024
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import averaging, regularizers, schedules
    from ganzoo.models.image import stylegan2
    from ganzoo.recipes.image.stylegan2_paper256_folder import recipe as paper256

    full = paper256()
    adam = schedules.Adam(learning_rate=0.002, beta_1=0.0, beta_2=0.99)
    return dataclasses.replace(
        full,
        model=stylegan2.StyleGAN2(cbase=32768, group=4),
        game=dataclasses.replace(
            full.game,
            d_optimizer=adam,
            g_optimizer=adam,
            regularizers=(regularizers.R1(gamma=10.0, interval=16),),
            ema=averaging.EMA(halflife=10_000, ramp=0.0),
        ),
        train=dataclasses.replace(full.train, batch=32),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.image.stylegan2_paper256_folder import smoke as paper256

    return paper256()
