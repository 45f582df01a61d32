"""A run of seconds for the tests of the command line.

Task: test
Variant: DCGAN
Data: Fashion-MNIST (bundled)
Paper: none
Command: ganzoo train tests/toy_recipe.py
"""

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.image import dcgan

    return Recipe(
        model=dcgan.DCGAN(width=2, z_dim=4),
        data=Data(source="bundled", name="fashion_mnist"),
        game=Game(schedules.Adam(), schedules.Adam(), losses.non_saturating, ema=averaging.EMA(halflife=100)),
        train=Train(images=32, batch=8, tick=16, evaluate=32),
        metrics=("fd64_lenet",),
    )


smoke = recipe
