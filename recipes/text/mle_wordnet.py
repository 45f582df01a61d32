"""Maximum likelihood on WordNet's example sentences.

Sentences of at most 16 tokens all of whose words are among the 3,000 most frequent ones.

Task: text
Variant: MLE
Data: example sentences of WordNet 3.0 (Debian package)
Paper: Caccia et al. 2020, arXiv 1811.02549
Command: ganzoo train mle_wordnet
"""

import dataclasses

from ganzoo.recipe import Game, Recipe, Text, Train

SWEEP = ("n3t80", "n3", "n3t120")
METRICS = (
    "nlltest1k_t100",
    *(f"{kind}500_{view}" for view in SWEEP for kind in ("bleu", "selfbleu")),
    "bleu500_n2",
    "selfbleu500_n2",
    "copied500_t100",
)


def data() -> Text:
    return Text(source="package", name="wordnet_examples", vocabulary=3_000, length=16, known=True, held_out=1_000)


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.text import lstm, mle

    adam = schedules.Clipped(schedules.Adam(schedules.Linear(3e-3, 3e-4, finish=384_000), beta_1=0.9), 5.0)
    return Recipe(
        model=mle.MLE(lstm.LSTM(embedding=64, units=128)),
        data=data(),
        game=Game(adam, adam, losses.non_saturating),
        train=Train(images=384_000, batch=64, tick=19_200, evaluate=96_000),
        metrics=METRICS,
    )


def smoke() -> Recipe:
    from ganzoo.models.text import lstm, mle

    return dataclasses.replace(
        recipe(),
        model=mle.MLE(lstm.LSTM(embedding=4, units=4)),
        data=Text(source="grammar", vocabulary=50, length=8, held_out=32, limit=64),
        train=Train(images=64, batch=16, tick=32, evaluate=64),
        metrics=("nlltest32_t100", "valid32_t100", "bleu16_n2", "bleu16_n2t80", "selfbleu16_n2", "selfbleu16_n2t80"),
    )
