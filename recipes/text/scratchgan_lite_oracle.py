"""ScratchGAN on an oracle of 500 tokens, on two cores, without a phase of likelihood.

Differences from the paper: width, batch 256, rates, length; see the model.

Task: text
Variant: ScratchGAN (lite)
Data: oracle of 500 tokens, drawn by this project
Paper: de Masson d'Autume et al. 2019, arXiv 1905.09922
Command: ganzoo train scratchgan_lite_oracle
"""

import dataclasses

from ganzoo.recipe import Game, Recipe, Train

PLAYED = 2_000 * 256


def recipe() -> Recipe:
    from ganzoo import losses, schedules
    from ganzoo.models.text import scratchgan
    from ganzoo.recipes.text.mle_lite_oracle import recipe as mle

    return dataclasses.replace(
        mle(),
        model=scratchgan.ScratchGAN(),
        game=Game(schedules.Adam(3e-3, beta_1=0.5), schedules.Adam(1e-3, beta_1=0.5), losses.non_saturating),
        train=Train(images=PLAYED, batch=256, tick=25_600, evaluate=0),
    )


def smoke() -> Recipe:
    from ganzoo.models.text import lstm, scratchgan
    from ganzoo.recipes.text.mle_oracle import smoke as mle

    model = scratchgan.ScratchGAN(lstm.LSTM(4, 4), scratchgan.Prefixes(4, 4))
    return dataclasses.replace(
        mle(), model=model, game=recipe().game, train=Train(images=64, batch=16, tick=32, evaluate=64)
    )
