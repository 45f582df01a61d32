"""The unrolled GAN on the common small backbone: G looks five steps of D ahead.

Task: noise-to-image
Variant: Unrolled GAN (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Metz et al. 2017, arXiv 1611.02163
Command: ganzoo train unrolled_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models import unrolled
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        model=unrolled.Unrolled(plain.model, k=5),
    )


def smoke() -> Recipe:
    from ganzoo.models import unrolled
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(
        recipe(),
        model=unrolled.Unrolled(plain.model, k=1),
        train=plain.train,
        metrics=plain.metrics,
    )
