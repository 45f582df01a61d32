"""SeqGAN on the synthetic oracle, on two cores.

Differences from the paper: 4 roll-outs, filters of 2 to 5 tokens, fewer updates of D (10 for one of the writer), and 20
epochs of likelihood and 500 updates of D before; the oracle's weights are this project's.

Task: text
Variant: SeqGAN (lite)
Data: oracle of 5,000 tokens, drawn by this project
Paper: Yu et al. 2017, arXiv 1609.05473
Command: ganzoo train seqgan_oracle
"""

import dataclasses

from ganzoo.recipe import Game, Recipe, Train

# Steps of 10 x 64 sentences: 20 epochs of likelihood, 500 updates of D, 40 updates of the writer.
LEARNING, JUDGING, PLAYED = 312 * 640, 50 * 640, 40 * 640


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.text import critics, seqgan
    from ganzoo.recipes.text.mle_oracle import METRICS
    from ganzoo.recipes.text.mle_oracle import recipe as mle

    critic = critics.TextCNN(widths=(2, 3, 4, 5), filters=(100, 100, 100, 100))
    return Recipe(
        model=seqgan.SeqGAN(critic=critic, rollouts=4, learning=LEARNING, judging=JUDGING),
        data=mle().data,
        game=Game(
            schedules.Adam(2e-4, beta_1=0.9),
            # The authors' 5 is of the sum over a batch.
            schedules.Clipped(schedules.Adam(1e-2, beta_1=0.9), 5.0 / 64),
            losses.non_saturating,
            d_steps=10,
        ),
        train=Train(images=LEARNING + JUDGING + PLAYED, batch=64, tick=6_400, evaluate=0),
        metrics=METRICS,
    )


def smoke() -> Recipe:
    from ganzoo.models.text import critics, lstm, seqgan
    from ganzoo.recipes.text.mle_oracle import smoke as mle

    small = mle()
    critic = critics.TextCNN(4, (1, 2), (3, 3))
    model = seqgan.SeqGAN(lstm.LSTM(4, 4), critic, rollouts=2, learning=32, judging=32)
    made = recipe()
    return dataclasses.replace(
        small,
        model=model,
        game=dataclasses.replace(made.game, d_steps=2),
        train=Train(images=128, batch=8, tick=32, evaluate=128),
    )
