"""ProGAN on CIFAR-10, from 4x4 to 32x32.

Networks, rates and lengths are the paper's; the batch is 64 at every resolution, where the paper's shrinks on the way.

Task: noise-to-image
Variant: ProGAN
Data: CIFAR-10 32x32 (TFDS)
Paper: Karras et al. 2018, arXiv 1710.10196
Command: ganzoo train progan_cifar10
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, regularizers, schedules
    from ganzoo.models.image import progan

    adam = schedules.Adam(learning_rate=1e-3, beta_1=0.0, beta_2=0.99, epsilon=1e-8)
    return Recipe(
        model=progan.ProGAN(),
        data=Data(source="tfds", name="cifar10", size=32, channels=3, classes=10, on_device=True),
        game=Game(
            d_optimizer=adam,
            g_optimizer=adam,
            adversarial=losses.wasserstein,
            regularizers=(regularizers.GradientPenalty(), regularizers.Drift()),
            # The paper's 0.999 a step: 0.999 ** 693 = 0.5, and a step is 64 images.
            ema=averaging.EMA(halflife=44_352, ramp=0.0),
        ),
        train=Train(images=12_000_000, batch=64, tick=64_000, evaluate=640_000),
        metrics=("fd10k_lite0", "kd10k_lite0"),
    )


def smoke() -> Recipe:
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, cbase=64, cmax=8, z_dim=8, fade=8, stable=2),
        data=Data(source="bundled", name="fashion_mnist", size=32, channels=3, classes=10, on_device=True),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=(),
    )
