"""StyleGAN2 on CIFAR-10, in the configuration that its authors found for it.

No residual connections in D, no style mixing and no path length term (arXiv 2006.06676); without the adaptive
augmentation that is that paper's subject.

Task: noise-to-image
Variant: StyleGAN2
Data: CIFAR-10 32x32 (TFDS)
Paper: Karras et al. 2020, arXiv 1912.04958 and 2006.06676
Command: ganzoo train stylegan2_cifar10
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, regularizers, schedules
    from ganzoo.models.image import stylegan2

    adam = schedules.Adam(learning_rate=0.0025, beta_1=0.0, beta_2=0.99)
    return Recipe(
        model=stylegan2.StyleGAN2(cbase=32768, depth=2, architecture="orig", group=32, mixing=0.0, path_length=0.0),
        data=Data(source="tfds", name="cifar10", size=32, channels=3, classes=10, on_device=True),
        game=Game(
            d_optimizer=adam,
            g_optimizer=adam,
            adversarial=losses.non_saturating,
            regularizers=(regularizers.R1(gamma=0.01, interval=16),),
            ema=averaging.EMA(halflife=500_000),
        ),
        train=Train(images=100_000_000, batch=64, tick=64_000, evaluate=1_600_000),
        metrics=("fd10k_lite0", "kd10k_lite0"),
    )


def smoke() -> Recipe:
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, cbase=64, cmax=8, z_dim=8, w_dim=8, group=4),
        data=Data(source="bundled", name="fashion_mnist", size=32, channels=3, classes=10, on_device=True),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=(),
    )
