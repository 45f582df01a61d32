"""zCR on the common small backbone: D judges neighbours in z alike, and G makes them differ.

Task: noise-to-image
Variant: zCR (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Zhao et al. 2020, arXiv 2002.04724
Command: ganzoo train zcr_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models import zcr
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        model=zcr.ZCR(plain.model),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
