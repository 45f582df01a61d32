"""Maximum likelihood on an oracle of 500 tokens: what the light games of text are compared with.

Task: text
Variant: MLE (lite)
Data: oracle of 500 tokens, drawn by this project
Paper: Caccia et al. 2020, arXiv 1811.02549
Command: ganzoo train mle_lite_oracle
"""

import dataclasses

from ganzoo.recipe import Recipe, Train


def recipe() -> Recipe:
    from ganzoo.recipes.text.mle_oracle import EPOCH
    from ganzoo.recipes.text.mle_oracle import recipe as mle

    made = mle()
    return dataclasses.replace(
        made,
        data=dataclasses.replace(made.data, vocabulary=500),
        train=Train(images=20 * EPOCH, batch=64, tick=2 * EPOCH, evaluate=10 * EPOCH),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.text.mle_oracle import smoke as mle

    return mle()
