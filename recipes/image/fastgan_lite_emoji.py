"""FastGAN on 500 emoji with transparency, narrow enough for two cores.

Differences from fastgan_folder: width, batch, length, no mirror images, and a reach of 2 doublings in place of 4, so
that an image of 32 pixels has excitations: 4x4 of 16x16 and 8x8 of 32x32.

Task: noise-to-image
Variant: FastGAN (lite)
Data: 500 of Google's emoji, 32x32x4 (npm package, `ganzoo data prepare google_emoji`)
Paper: Liu et al. 2021, arXiv 2101.04775
Command: ganzoo train fastgan_lite_emoji
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo.models.image import fastgan
    from ganzoo.recipes.image.fastgan_folder import recipe as folder

    return dataclasses.replace(
        folder(),
        model=fastgan.FastGAN(g_width=16, d_width=8, z_dim=128, reach=2),
        data=Data(source="package", name="google_emoji", size=32, channels=4, classes=0, limit=500),
        train=Train(images=64_000, batch=16, tick=6_400, evaluate=32_000, steps_per_execution=10),
        metrics=("kd1k_lite0",),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import fastgan

    return dataclasses.replace(
        recipe(),
        model=fastgan.FastGAN(g_width=2, d_width=2, z_dim=8, reach=2),
        data=Data(source="bundled", name="fashion_mnist", size=32, channels=4, classes=0, limit=64),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=(),
    )
