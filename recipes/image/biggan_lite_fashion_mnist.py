"""BigGAN on Fashion-MNIST, narrow enough for two cores: hierarchical z, attention at 14x14, orthogonal regularisation.

Differences from biggan_imagenet128_folder: width, batch, one step of D to one of G with the rates of SAGAN, length, a
shorter average of the weights.

Task: noise-to-image
Variant: BigGAN (lite)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Brock, Donahue & Simonyan 2019, arXiv 1809.11096
Command: ganzoo train biggan_lite_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.image import biggan

    return Recipe(
        model=biggan.BigGAN(width=8, z_dim=60, embedding=32, orthogonal=1e-4),
        data=Data(source="bundled", name="fashion_mnist", size=28, channels=1, classes=10),
        game=Game(
            d_optimizer=schedules.Adam(learning_rate=4e-4, beta_1=0.0, beta_2=0.999),
            g_optimizer=schedules.Adam(learning_rate=1e-4, beta_1=0.0, beta_2=0.999),
            adversarial=losses.hinge,
            ema=averaging.EMA(halflife=50_000),
        ),
        train=Train(images=640_000, batch=64, tick=16_000, evaluate=160_000, steps_per_execution=10),
        metrics=("fd10k_lenet", "kd10k_lenet"),
    )


def smoke() -> Recipe:
    full = recipe()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, width=2, z_dim=6, embedding=4, standing=1),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=("fd64_lenet",),
    )
