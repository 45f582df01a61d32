"""Mode seeking on a ring of eight Gaussians: G is also paid for points as far apart as their latents.

Networks, optimizer, steps and batch of gan_ring8.

Task: points
Variant: Mode seeking (lite)
Data: ring of 8 Gaussians (drawn)
Paper: Mao et al. 2019, arXiv 1903.05628
Command: ganzoo train mode_seeking_ring8
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models import mode_seeking
    from ganzoo.recipes.points.gan_ring8 import recipe as gan

    plain = gan()
    return dataclasses.replace(plain, model=mode_seeking.ModeSeeking(plain.model, weight=1.0))


def smoke() -> Recipe:
    from ganzoo.models import mode_seeking
    from ganzoo.recipes.points.gan_ring8 import smoke as gan

    plain = gan()
    return dataclasses.replace(
        recipe(), model=mode_seeking.ModeSeeking(plain.model), train=plain.train, metrics=plain.metrics
    )
