"""StarGAN v2 between the peoples of Battle for Wesnoth at 64x64: an elf's sprite as an orc's, one of twenty.

Differences from the paper: widths and stages, lengths of hidden layers and styles, batch, rate and length. Sprites
stand on white; frames of one movement are near duplicates, so references often are of the same unit. No metric: some
peoples have too few images.

Task: image-to-image
Variant: StarGAN v2 (lite)
Data: sprites of Battle for Wesnoth 64x64 on white, in 20 races (Debian package)
Paper: Choi et al. 2020, arXiv 1912.01865
Command: ganzoo train stargan2_lite_wesnoth
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import schedules
    from ganzoo.models.translation import stargan2
    from ganzoo.recipes.translation.stargan2_lite_fashion_mnist import recipe as fashion

    return dataclasses.replace(
        fashion(),
        model=stargan2.StarGAN2(
            width=16,
            max_width=128,
            stages=3,
            hidden=128,
            style_dim=32,
            diversity=schedules.Linear(1.0, 0.0, finish=192_000),
        ),
        data=Data(source="package", name="wesnoth", size=64, channels=3, flip=True),
        train=Train(images=192_000, batch=16, tick=9_600, steps_per_execution=10),
        metrics=(),
    )


def smoke() -> Recipe:
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, width=2, max_width=4, blocks=1, hidden=8, style_dim=4),
        data=Data(source="bundled", name="fashion_mnist", size=64, channels=3, flip=True, limit=64),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
    )
