"""InfoGAN on Fashion-MNIST: a category and two continuous codes that nobody labelled.

Networks, codes, rates, batch and length of the paper's MNIST experiment. A column of pictures for each category is made
as the head of ganzoo/models/image/infogan.py says.

Task: noise-to-image
Variant: InfoGAN
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Chen et al. 2016, arXiv 1606.03657
Command: ganzoo train infogan_fashion_mnist
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.image import infogan

    return Recipe(
        model=infogan.InfoGAN(),
        data=Data(source="bundled", name="fashion_mnist", size=28, channels=1, classes=10),
        game=Game(
            d_optimizer=schedules.Adam(learning_rate=2e-4, beta_1=0.5),
            g_optimizer=schedules.Adam(learning_rate=1e-3, beta_1=0.5),
            adversarial=losses.non_saturating,
            ema=averaging.EMA(halflife=10_000),
        ),
        train=Train(images=640_000, batch=128, tick=25_600, evaluate=128_000, steps_per_execution=10),
        metrics=("fd10k_lenet", "kd10k_lenet"),
    )


def smoke() -> Recipe:
    from ganzoo.models.image import infogan

    return dataclasses.replace(
        recipe(),
        model=infogan.InfoGAN(width=4, dense=16, q_dense=8),
        train=Train(images=64, batch=8, tick=32, evaluate=64),
        metrics=("fd64_lenet",),
    )
