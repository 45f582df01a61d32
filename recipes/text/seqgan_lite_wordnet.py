"""SeqGAN on WordNet's example sentences, on two cores.

The writer of mle_wordnet learns the likelihood as there, for a third of the sentences, before it plays. Differences
from the paper: width, 4 roll-outs, filters of 2 to 5 tokens, 5 updates of D for one of the writer, rates, length.

Task: text
Variant: SeqGAN (lite)
Data: example sentences of WordNet 3.0 (Debian package)
Paper: Yu et al. 2017, arXiv 1609.05473
Command: ganzoo train seqgan_lite_wordnet
"""

import dataclasses

from ganzoo.recipe import Game, Recipe, Train

# Steps of 5 x 64 sentences: of likelihood, of D alone, of the game.
LEARNING, JUDGING, PLAYED = 430 * 320, 60 * 320, 120 * 320


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.text import critics, lstm, seqgan
    from ganzoo.recipes.text.mle_wordnet import recipe as mle

    learner = schedules.Clipped(schedules.Adam(schedules.Linear(3e-3, 3e-4, finish=LEARNING), beta_1=0.9), 5.0)
    return dataclasses.replace(
        mle(),
        model=seqgan.SeqGAN(
            lstm.LSTM(embedding=64, units=128),
            critics.TextCNN(widths=(2, 3, 4, 5), filters=(64, 64, 64, 64)),
            rollouts=4,
            learning=LEARNING,
            judging=JUDGING,
            learner=learner,
        ),
        game=Game(
            schedules.Adam(2e-4, beta_1=0.9),
            # The authors' 5 is of the sum over a batch.
            schedules.Clipped(schedules.Adam(1e-3, beta_1=0.9), 5.0 / 64),
            losses.non_saturating,
            d_steps=5,
        ),
        train=Train(images=LEARNING + JUDGING + PLAYED, batch=64, tick=9_600, evaluate=0),
    )


def smoke() -> Recipe:
    from ganzoo.models.text import critics, lstm, seqgan
    from ganzoo.recipes.text.mle_wordnet import smoke as mle

    critic = critics.TextCNN(4, (1, 2), (3, 3))
    model = seqgan.SeqGAN(lstm.LSTM(4, 4), critic, rollouts=2, learning=32, judging=32)
    game = dataclasses.replace(recipe().game, d_steps=2)
    return dataclasses.replace(mle(), model=model, game=game, train=Train(images=128, batch=8, tick=32, evaluate=128))
