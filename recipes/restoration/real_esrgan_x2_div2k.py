"""Real-ESRGAN x2 on DIV2K, spoilt in two rounds.

As real_esrgan_x4_div2k. The authors fold 2x2 pixels of the input into channels first, here the network works at the
size of its input.

Task: restoration
Variant: Real-ESRGAN
Data: DIV2K in windows of 256x256 (TFDS div2k); judged on its validation images
Paper: Wang et al. 2021, arXiv 2107.10833
Command: ganzoo train real_esrgan_x2_div2k
"""

import dataclasses

from ganzoo.recipe import Recipe


def recipe() -> Recipe:
    from ganzoo.degradations import SecondOrder
    from ganzoo.recipes.restoration.real_esrgan_x4_div2k import recipe as real_esrgan

    full = real_esrgan()
    return dataclasses.replace(full, model=dataclasses.replace(full.model, degradation=SecondOrder(2)))


def smoke() -> Recipe:
    from ganzoo.degradations import SecondOrder
    from ganzoo.recipes.restoration.real_esrgan_x4_div2k import smoke as real_esrgan

    small = real_esrgan()
    return dataclasses.replace(small, model=dataclasses.replace(small.model, degradation=SecondOrder(2)))
