"""LaMa on photos at 64x64, on two cores.

Differences from the paper: width, halvings and blocks; holes are filled from their surroundings and the network changes
that; it learns the pixels of holes first and then plays against Real-ESRGAN's discriminator; random feature maps in
place of a trained network's; weights of terms, batch, rates and length, an average of the weights. Masks as the
paper's, at a quarter of their size.

Task: restoration
Variant: LaMa (lite)
Data: GCompris' photos in windows of 64x64 (Debian package); judged on scikit-image's photos
Paper: Suvorov et al. 2021, arXiv 2109.07161
Command: ganzoo train lama_lite_photos
"""

import dataclasses

from ganzoo.recipe import Data, Recipe, Train

WARMUP = 4_000
METRICS = ("pooledpsnr280_hole", "patches280_hole", "psnr280_hole", "psnr280_alpha0", "ssim280_pairs")


def recipe() -> Recipe:
    from ganzoo.degradations import Inpaint
    from ganzoo.models.restoration import inpainting, lama, real_esrgan
    from ganzoo.perceptual import Perceptual
    from ganzoo.recipes.restoration.srgan_lite_photos import recipe as srgan

    return dataclasses.replace(
        srgan(),
        model=inpainting.Inpainter(
            generator=lama.FourierNet(width=12, downs=2, blocks=3, share=0.5, adds=True),
            discriminator=real_esrgan.UNet(width=16),
            degradation=Inpaint(fill="surroundings"),
            adversary=3.0,
            perceptual=Perceptual("random", weight=0.1),
            warmup=WARMUP,
            masked=True,
        ),
        train=Train(images=36_000, batch=8, tick=4_000, evaluate=4_000, steps_per_execution=20),
        metrics=METRICS,
        test=Data(source="package", name="skimage_photos", split="test", channels=3, tile=64),
    )


def smoke() -> Recipe:
    from ganzoo.models.restoration import lama, real_esrgan
    from ganzoo.recipes.restoration.srgan_lite_photos import smoke as srgan

    small = srgan()
    return dataclasses.replace(
        recipe(),
        model=dataclasses.replace(
            recipe().model,
            generator=lama.FourierNet(width=2, downs=2, blocks=1, share=0.5, adds=True),
            discriminator=real_esrgan.UNet(width=2),
            warmup=8,
        ),
        data=small.data,
        train=small.train,
        metrics=("psnr8_hole",),
        test=small.test,
    )
