"""R3GAN on emoji with transparency, narrow enough for two cores.

Differences from the paper's networks and schedules: widths, one block a resolution, length, and no augmentation; gamma
goes from 1 to 0.1 (chosen before any run). Categories are not told.

Task: noise-to-image
Variant: R3GAN (lite)
Data: Google's emoji 32x32x4 (package)
Paper: Huang et al. 2025, arXiv 2501.05441
Command: ganzoo train r3gan_lite_emoji
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo.models.image import r3gan
    from ganzoo.recipes.image.r3gan_lite_fashion_mnist import recipe as fashion_mnist

    return dataclasses.replace(
        fashion_mnist(),
        model=r3gan.R3GAN(widths=(128, 64, 32, 16), blocks=1),
        data=Data(source="package", name="google_emoji", size=32, channels=4, classes=0, on_device=True),
        metrics=("kd1k_lite0",),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import r3gan

    return dataclasses.replace(
        recipe(),
        model=r3gan.R3GAN(widths=(8, 8, 8, 8), blocks=1),
        data=Data(source="bundled", name="fashion_mnist", size=32, channels=4, classes=0, on_device=True),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=(),
    )
