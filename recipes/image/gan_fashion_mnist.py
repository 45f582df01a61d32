"""The GAN of 2014, two perceptrons, on Fashion-MNIST.

Difference from the paper: Adam in place of gradient descent with a rising momentum, which needs hundreds of epochs.

Task: noise-to-image
Variant: GAN
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Goodfellow et al. 2014, arXiv 1406.2661
Command: ganzoo train gan_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.image import vanilla

    return Recipe(
        model=vanilla.Vanilla(),
        data=Data(source="bundled", name="fashion_mnist", size=28, channels=1, classes=10),
        game=Game(
            d_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.5),
            g_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.5),
            adversarial=losses.non_saturating,
        ),
        train=Train(images=2_000_000, batch=100, tick=50_000, evaluate=500_000, steps_per_execution=10),
        metrics=("fd10k_lenet", "kd10k_lenet"),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import vanilla

    return dataclasses.replace(
        recipe(),
        model=vanilla.Vanilla(g_width=16, d_width=8, pieces=2),
        train=Train(images=64, batch=8, tick=32, evaluate=64),
        metrics=("fd64_lenet",),
    )
