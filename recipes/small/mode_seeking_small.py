"""Mode seeking on the common small backbone: G is also paid for samples as far apart as their latents.

Task: noise-to-image
Variant: Mode seeking (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Mao et al. 2019, arXiv 1903.05628
Command: ganzoo train mode_seeking_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models import mode_seeking
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        model=mode_seeking.ModeSeeking(plain.model, weight=1.0),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
