"""SeqGAN's game alone on the synthetic oracle, to start from a network that learned the likelihood.

As seqgan_oracle without its first phase; `train.init_from=` says where the writer comes from, its D begins anew.

Task: text
Variant: SeqGAN (lite)
Data: oracle of 5,000 tokens, drawn by this project
Paper: Yu et al. 2017, arXiv 1609.05473
Command: ganzoo train seqgan_from_mle_oracle train.init_from=runs/mle_oracle train.init_partial=true
"""

import dataclasses

from ganzoo.recipe import Recipe, Train


def recipe() -> Recipe:
    from ganzoo.recipes.text import seqgan_oracle

    whole = seqgan_oracle.recipe()
    return dataclasses.replace(
        whole,
        model=dataclasses.replace(whole.model, learning=0),
        train=Train(images=seqgan_oracle.JUDGING + seqgan_oracle.PLAYED, batch=64, tick=6_400, evaluate=0),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.text import seqgan_oracle

    whole = seqgan_oracle.smoke()
    return dataclasses.replace(
        whole,
        model=dataclasses.replace(whole.model, learning=0),
        train=Train(images=96, batch=8, tick=32, evaluate=96),
    )
