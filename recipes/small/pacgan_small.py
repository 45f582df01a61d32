"""PacGAN on the common small backbone: D judges two images at once.

A batch of 128 reals is 64 packs: at an equal number of reals both players move half as often as in the other games.

Task: noise-to-image
Variant: PacGAN (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Lin et al. 2018, arXiv 1712.04086
Command: ganzoo train pacgan_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models import pacgan
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        model=pacgan.PacGAN(plain.model, m=2),
        train=dataclasses.replace(plain.train, batch=64, steps_per_execution=5),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
