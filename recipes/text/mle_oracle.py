"""Maximum likelihood on the synthetic oracle: what every GAN of text must be compared with.

The paper's network and data: 10,000 sequences of 20 tokens out of 5,000; the oracle's weights are this project's. After
about five epochs the held-out likelihood is at its best and falls from then on, while the oracle goes on finding the
samples likelier: the network learns the training by heart. Both are told at the temperatures 1, 0.9 and 0.8.

Task: text
Variant: MLE
Data: oracle of 5,000 tokens, drawn by this project
Paper: Caccia et al. 2020, arXiv 1811.02549
Command: ganzoo train mle_oracle
"""

import dataclasses

from ganzoo.recipe import Game, Recipe, Text, Train

EPOCH = 9_984  # sentences of 156 batches, which the papers count in
METRICS = tuple(f"{kind}5k_t{view}" for view in (100, 90, 80) for kind in ("nlltest", "nlloracle"))


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.text import mle

    adam = schedules.Clipped(schedules.Adam(1e-2, beta_1=0.9), 5.0)
    return Recipe(
        model=mle.MLE(),
        data=Text(source="oracle", vocabulary=5_000, length=20, held_out=5_000),
        game=Game(adam, adam, losses.non_saturating),
        train=Train(images=20 * EPOCH, batch=64, tick=EPOCH, evaluate=4 * EPOCH),
        metrics=METRICS,
    )


def smoke() -> Recipe:
    from ganzoo.models.text import lstm, mle

    made = recipe()
    return dataclasses.replace(
        made,
        model=mle.MLE(lstm.LSTM(embedding=4, units=4)),
        data=dataclasses.replace(made.data, vocabulary=50, length=6, held_out=32, limit=64),
        train=Train(images=64, batch=16, tick=32, evaluate=64),
        metrics=("nlltest32_t100", "nlloracle32_t100"),
    )
