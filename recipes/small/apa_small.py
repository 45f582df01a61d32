"""APA on the common small backbone: the surer D is of the reals, the more fakes it is shown as such.

Task: noise-to-image
Variant: APA (small)
Data: Fashion-MNIST 28x28, its 10,000-image split (bundled)
Paper: Jiang et al. 2021, arXiv 2111.06849
Command: ganzoo train apa_small
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.models import apa
    from ganzoo.recipes.small.dcgan_small import recipe as dcgan

    plain = dcgan()
    return dataclasses.replace(
        plain,
        model=apa.APA(plain.model),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.small.dcgan_small import smoke as dcgan

    plain = dcgan()
    return dataclasses.replace(recipe(), train=plain.train, metrics=plain.metrics)
