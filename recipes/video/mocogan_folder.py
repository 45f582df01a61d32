"""MoCoGAN over a folder of clips at 64x64.

The paper's widths, latents and rates for 16 frames of one's own clips, see `ganzoo.data.video`; without categories, and
with R1 on both judges in place of batch norm and noise in them.

Task: video
Variant: MoCoGAN
Data: a folder of clips 64x64
Paper: Tulyakov et al. 2018, arXiv 1707.04993
Command: ganzoo train mocogan_folder data.path=clips
"""

import dataclasses

from ganzoo.recipe import Game, Recipe, Train, Video


def recipe() -> Recipe:
    from ganzoo import losses, regularizers, schedules
    from ganzoo.models.video import mocogan

    adam = schedules.Adam(2e-4, beta_1=0.5, weight_decay=1e-5)
    return Recipe(
        model=mocogan.MoCoGAN(),
        data=Video(path="clips", size=64, frames=16, stride=2),
        game=Game(adam, adam, losses.non_saturating, regularizers=(regularizers.R1(gamma=1.0, interval=4),)),
        train=Train(images=3_200_000, batch=32, tick=32_000, evaluate=320_000),
        metrics=("speed500_track", "jerk500_track", "frozen500_track", "framekd500_pixels"),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.video.mocogan_lite_moving_digits import smoke as lite

    small = lite()
    return dataclasses.replace(
        recipe(), model=small.model, data=small.data, train=small.train, metrics=("speed8_track",)
    )
