"""ScratchGAN on WordNet's example sentences, on two cores, without a phase of likelihood.

Differences from the paper: width, batch 256, rates, length; see the model.

Task: text
Variant: ScratchGAN (lite)
Data: example sentences of WordNet 3.0 (Debian package)
Paper: de Masson d'Autume et al. 2019, arXiv 1905.09922
Command: ganzoo train scratchgan_lite_wordnet
"""

import dataclasses

from ganzoo.recipe import Recipe, Train


def recipe() -> Recipe:
    from ganzoo.recipes.text.mle_wordnet import recipe as mle
    from ganzoo.recipes.text.scratchgan_lite_oracle import recipe as oracle

    made = oracle()
    return dataclasses.replace(
        mle(),
        model=made.model,
        game=made.game,
        train=Train(images=1_000 * 256, batch=256, tick=25_600, evaluate=0),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.text.mle_wordnet import smoke as mle
    from ganzoo.recipes.text.scratchgan_lite_oracle import smoke as oracle

    small = oracle()
    return dataclasses.replace(mle(), model=small.model, game=small.game, train=small.train)
