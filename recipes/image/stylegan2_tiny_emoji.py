"""StyleGAN2 on 3,786 emoji, on two cores.

Differences from stylegan2_cifar10: widths, gamma and length for a small machine, the paper's D, and style mixing.

Task: noise-to-image
Variant: StyleGAN2 (tiny)
Data: Google's emoji 32x32, transparent (npm package, `ganzoo data prepare google_emoji`)
Paper: Karras et al. 2020, arXiv 1912.04958
Command: ganzoo train stylegan2_tiny_emoji
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, regularizers
    from ganzoo.models.image import stylegan2
    from ganzoo.recipes.image.stylegan2_cifar10 import recipe as cifar10

    full = cifar10()
    return dataclasses.replace(
        full,
        model=stylegan2.StyleGAN2(cbase=1024, cmax=128, z_dim=128, w_dim=128, depth=2, path_length=0.0),
        data=Data(source="package", name="google_emoji", size=32, channels=4),
        game=dataclasses.replace(
            full.game,
            regularizers=(regularizers.R1(gamma=0.1, interval=16),),
            ema=averaging.EMA(halflife=5_000),
        ),
        train=Train(images=256_000, batch=32, tick=6_400, evaluate=32_000, steps_per_execution=10),
        metrics=("kd1k_lite0",),
    )


def smoke() -> Recipe:
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, cbase=64, cmax=8, z_dim=8, w_dim=8),
        data=Data(source="bundled", name="fashion_mnist", size=32, channels=4),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=(),
    )
