"""LeCam on the common small backbone: D is kept near the running means of its own logits.

The weight is the authors' for BigGAN on CIFAR-10.

Task: noise-to-image
Variant: LeCam (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Tseng et al. 2021, arXiv 2104.03310
Command: ganzoo train lecam_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import regularizers
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        game=dataclasses.replace(
            plain.game,
            regularizers=(regularizers.LeCam(weight=0.3),),
        ),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
