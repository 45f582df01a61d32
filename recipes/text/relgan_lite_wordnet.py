"""RelGAN on WordNet's example sentences, on two cores.

Differences from the paper: a memory of 2 heads of 32 numbers, 8 views, 64 filters of each width, 2 updates of D for one
of the writer, rates, length; the sharpness grows to 20 over the whole game.

Task: text
Variant: RelGAN (lite)
Data: example sentences of WordNet 3.0 (Debian package)
Paper: Nie et al. 2019, RelGAN (ICLR 2019)
Command: ganzoo train relgan_lite_wordnet
"""

import dataclasses

from ganzoo.recipe import Recipe, Train

LEARNING, PLAYED = 600 * 128, 600 * 128


def recipe() -> Recipe:
    from ganzoo import schedules
    from ganzoo.recipes.text.mle_wordnet import recipe as mle
    from ganzoo.recipes.text.relgan_lite_oracle import recipe as oracle

    learner = schedules.Clipped(schedules.Adam(3e-3, beta_1=0.9), 5.0)
    lite = oracle()
    return dataclasses.replace(
        mle(),
        model=dataclasses.replace(lite.model, growth=PLAYED, learning=LEARNING, learner=learner),
        game=lite.game,
        train=Train(images=LEARNING + PLAYED, batch=64, tick=9_600, evaluate=0),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.text.mle_wordnet import smoke as mle
    from ganzoo.recipes.text.relgan_lite_oracle import smoke as oracle

    small = oracle()
    return dataclasses.replace(mle(), model=small.model, game=small.game, train=small.train)
