"""Real-ESRGAN x4 on photos, on two cores.

Differences from the paper: the compact generator, width, depth, random feature maps in place of VGG19's, weights of
terms, targets that are not sharpened, batch, rates and length.

Task: restoration
Variant: Real-ESRGAN (lite)
Data: GCompris' photos in windows of 64x64 (Debian package), spoilt in two rounds; judged on scikit-image's photos
Paper: Wang et al. 2021, arXiv 2107.10833
Command: ganzoo train real_esrgan_lite_photos
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.degradations import SecondOrder
    from ganzoo.models.restoration import real_esrgan
    from ganzoo.recipes.restoration.srgan_lite_photos import recipe as srgan

    full = srgan()
    model = dataclasses.replace(
        full.model, generator=real_esrgan.Compact(width=32, depth=8), degradation=SecondOrder(4)
    )
    return dataclasses.replace(full, model=model)


def smoke() -> Recipe:
    from ganzoo.degradations import SecondOrder
    from ganzoo.models.restoration import real_esrgan
    from ganzoo.recipes.restoration.srgan_lite_photos import smoke as srgan

    small = srgan()
    model = dataclasses.replace(
        small.model, generator=real_esrgan.Compact(width=4, depth=1), degradation=SecondOrder(4)
    )
    return dataclasses.replace(small, model=model)
