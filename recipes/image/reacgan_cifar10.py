"""ReACGAN on CIFAR-10: the CIFAR-10 settings of PyTorch-StudioGAN, the library of the paper's authors.

Differences from those settings: the average of the weights starts at once, with a half-life that ramps up (theirs at
step 1,000), D is as wide as G, and batch norm's moments are taken anew for sampling.

Task: noise-to-image
Variant: ReACGAN
Data: CIFAR-10 32x32 (TFDS)
Paper: Kang et al. 2021, arXiv 2111.01118
Command: ganzoo train reacgan_cifar10
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.image import biggan, reacgan

    adam = schedules.Adam(learning_rate=2.8284271e-4, beta_1=0.5, beta_2=0.999)
    return Recipe(
        model=reacgan.ReACGAN(reacgan.Residual(biggan.BigGAN(width=96, z_dim=80, embedding=128))),
        data=Data(source="tfds", name="cifar10", size=32, channels=3, classes=10, flip=True, on_device=True),
        game=Game(
            d_optimizer=adam,
            g_optimizer=adam,
            adversarial=losses.hinge,
            ema=averaging.EMA(halflife=4_436_000),  # 0.9999 a step of 640 images
            d_steps=5,
        ),
        train=Train(images=64_000_000, batch=128, tick=128_000, evaluate=1_280_000, steps_per_execution=10),
        metrics=("fd10k_lite0", "kd10k_lite0"),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import biggan, reacgan

    full = recipe()
    return dataclasses.replace(
        full,
        model=reacgan.ReACGAN(
            reacgan.Residual(biggan.BigGAN(width=2, z_dim=8, embedding=4, standing=1), length=8),
        ),
        data=Data(source="bundled", name="fashion_mnist", size=32, channels=3, classes=10, flip=True, on_device=True),
        game=dataclasses.replace(full.game, d_steps=2),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=(),
    )
