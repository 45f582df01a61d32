"""RelGAN on an oracle of 500 tokens, on two cores.

Differences from the paper: a memory of 2 heads of 32 numbers, 8 views, 64 filters of each width, 2 updates of D for one
of the writer, 10 epochs of likelihood before; the sharpness grows to 20 over the whole game.

Task: text
Variant: RelGAN (lite)
Data: oracle of 500 tokens, drawn by this project
Paper: Nie et al. 2019, RelGAN (ICLR 2019)
Command: ganzoo train relgan_lite_oracle
"""

import dataclasses

from ganzoo.recipe import Game, Recipe, Train

LEARNING, PLAYED = 780 * 128, 500 * 128


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.text import relgan
    from ganzoo.recipes.text.mle_lite_oracle import recipe as mle

    adam = schedules.Clipped(schedules.Adam(1e-4, beta_1=0.9), 5.0)
    critic = relgan.Views(embedding=32, views=8, filters=64)
    return dataclasses.replace(
        mle(),
        model=relgan.RelGAN(relgan.Memory(heads=2, size=32), critic, sharpness=20.0, growth=PLAYED, learning=LEARNING),
        game=Game(adam, adam, losses.relativistic, d_steps=2),
        train=Train(images=LEARNING + PLAYED, batch=64, tick=12_800, evaluate=0),
    )


def smoke() -> Recipe:
    from ganzoo.models.text import relgan
    from ganzoo.recipes.text.mle_oracle import smoke as mle

    model = relgan.RelGAN(relgan.Memory(4, 2, 2), relgan.Views(4, 2, (2, 3), 3, 4), 5.0, growth=64, learning=32)
    return dataclasses.replace(
        mle(), model=model, game=recipe().game, train=Train(images=96, batch=8, tick=32, evaluate=96)
    )
