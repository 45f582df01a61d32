"""BigGAN on CIFAR-10: the settings of the CIFAR-10 script of Brock's BigGAN-PyTorch.

Neither hierarchical z nor a shared vector of the class nor attention; kernels start as N(0, 0.02). Differences from the
script: its average of the weights starts at step 1,000 (here its half-life ramps up from zero); batch norm's moments
are taken anew for sampling.

Task: noise-to-image
Variant: BigGAN
Data: CIFAR-10 32x32 (TFDS)
Paper: Brock, Donahue & Simonyan 2019, arXiv 1809.11096
Command: ganzoo train biggan_cifar10
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    import functools

    import keras

    from ganzoo import averaging, losses, schedules
    from ganzoo.models.image import biggan

    adam = schedules.Adam(learning_rate=2e-4, beta_1=0.0, beta_2=0.999)
    return Recipe(
        model=biggan.BigGAN(
            width=64,
            z_dim=128,
            attention=0,
            hierarchical=False,
            embedding=0,
            initializer=functools.partial(keras.initializers.RandomNormal, stddev=0.02),
        ),
        data=Data(source="tfds", name="cifar10", size=32, channels=3, classes=10, on_device=True),
        game=Game(
            d_optimizer=adam,
            g_optimizer=adam,
            adversarial=losses.hinge,
            ema=averaging.EMA(halflife=1_386_000),  # 0.9999 a step of 200 images
            d_steps=4,
        ),
        train=Train(images=25_000_000, batch=50, tick=100_000, evaluate=1_000_000, steps_per_execution=10),
        metrics=("fd10k_lite0", "kd10k_lite0"),
    )


def smoke() -> Recipe:
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, width=2, standing=1),
        data=Data(source="bundled", name="fashion_mnist", size=32, channels=3, classes=10, on_device=True),
        game=dataclasses.replace(full.game, d_steps=2),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=(),
    )
