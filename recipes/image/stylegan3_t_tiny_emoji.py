"""StyleGAN3-T on 3,786 emoji, narrow enough for two cores. Slow, and the length is an estimate.

Differences from stylegan3_t_folder: widths, gamma, half-life and length, which are those of stylegan2_tiny_emoji but
for half of its channels and images. All fourteen layers are there.

Task: noise-to-image
Variant: StyleGAN3-T (tiny)
Data: Google's emoji 32x32, transparent (npm package, `ganzoo data prepare google_emoji`)
Paper: Karras et al. 2021, arXiv 2106.12423
Command: ganzoo train stylegan3_t_tiny_emoji
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, regularizers
    from ganzoo.models.image import stylegan3
    from ganzoo.recipes.image.stylegan3_t_folder import recipe as folder

    full = folder()
    return dataclasses.replace(
        full,
        model=stylegan3.StyleGAN3(cbase=1024, cmax=64, z_dim=64, w_dim=64),
        data=Data(source="package", name="google_emoji", size=32, channels=4),
        game=dataclasses.replace(
            full.game,
            regularizers=(regularizers.R1(gamma=0.1, interval=16),),
            ema=averaging.EMA(halflife=5_000),
        ),
        train=Train(images=32_000, batch=32, tick=3_200, evaluate=16_000, steps_per_execution=10),
    )


def smoke() -> Recipe:
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, cbase=64, cmax=8, z_dim=8, w_dim=8, layers=6),
        data=Data(source="bundled", name="fashion_mnist", size=32, channels=4),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=(),
    )
