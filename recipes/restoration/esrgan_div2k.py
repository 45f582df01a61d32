"""ESRGAN x4 on DIV2K.

As srgan_div2k, with ESRGAN's generator and loss. The paper also trains on Flickr2K and OutdoorSceneTraining.

Task: restoration
Variant: ESRGAN
Data: DIV2K in windows of 128x128 (TFDS div2k); judged on its validation images
Paper: Wang et al. 2018, arXiv 1809.00219
Command: ganzoo train esrgan_div2k
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo import losses
    from ganzoo.models.restoration import esrgan
    from ganzoo.recipes.restoration.srgan_div2k import recipe as srgan

    full = srgan()
    return dataclasses.replace(
        full,
        model=dataclasses.replace(full.model, generator=esrgan.RRDB()),
        game=dataclasses.replace(full.game, adversarial=losses.relativistic_average),
    )


def smoke() -> Recipe:
    from ganzoo.models.restoration import esrgan
    from ganzoo.recipes.restoration.srgan_div2k import smoke as srgan

    small = srgan()
    model = dataclasses.replace(small.model, generator=esrgan.RRDB(width=4, growth=1, blocks=1))
    return dataclasses.replace(small, model=model, game=recipe().game)
