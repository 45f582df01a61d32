"""Top-k training on the common small backbone: G learns from the best-judged fakes of a batch.

The share shrinks by 0.99 for each 9,000 images, one pass over the data, down to a half.

Task: noise-to-image
Variant: Top-k (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Sinha et al. 2020, arXiv 2002.06224
Command: ganzoo train top_k_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import schedules
    from ganzoo.models import top_k
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        model=top_k.TopK(plain.model, share=schedules.Exponential(1.0, 0.99, every=9_000, floor=0.5)),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
