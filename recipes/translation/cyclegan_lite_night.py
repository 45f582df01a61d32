"""CycleGAN from photos by day to synthetic night at 32x32, on two cores.

Differences from the paper: light networks, weight of the cycle, no identity term (night is to be darker than what G is
given), batch and length, an average of the weights. Windows of 32x32 pixels, applied to whole photos. Day and
night are windows of the same photos, of which no pair is shown; `data.b.name=endless_sky` takes the night's from other
photos. Night is made pixel by pixel, see `ganzoo.data.night`.

Task: image-to-image
Variant: CycleGAN (lite)
Data: GCompris' photos by day and at synthetic night 32x32, unpaired; judged on pairs of scikit-image's (packages)
Paper: Zhu et al. 2017, arXiv 1703.10593
Command: ganzoo train cyclegan_lite_night
"""

import dataclasses

from ganzoo.recipe import Data, Game, Pairs, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.translation import cyclegan, light

    adam = schedules.Adam(learning_rate=schedules.Linear(2e-4, 0.0, begin=10_000, finish=20_000), beta_1=0.5)
    day = Data(source="package", name="gcompris_photos", channels=3, tile=128, window=32, flip=True)
    test = Data(source="package", name="skimage_photos", split="test", channels=3, tile=192)
    return Recipe(
        model=cyclegan.CycleGAN(light.Light(), cycle=1.0, identity=0.0),
        data=Pairs(a=day, b=dataclasses.replace(day, source="night")),
        game=Game(adam, adam, losses.least_squares(), ema=averaging.EMA(halflife=1_000)),
        train=Train(images=20_000, batch=8, tick=2_000, evaluate=10_000, steps_per_execution=10),
        metrics=("psnr24_pairs", "ssim24_pairs", "patches24_pairs"),
        test=Pairs(a=test, b=dataclasses.replace(test, source="night"), aligned=True),
    )


def smoke() -> Recipe:
    from ganzoo.models.translation import cyclegan, light

    clothes = Data(source="bundled", name="fashion_mnist", size=40, channels=3, window=32, flip=True, limit=16)
    return dataclasses.replace(
        recipe(),
        model=cyclegan.CycleGAN(light.Light(width=2, d_width=2, blocks=1), pool=4),
        data=Pairs(a=clothes, b=clothes),
        train=Train(images=16, batch=2, tick=8, evaluate=16),
        metrics=(),
        test=None,
    )
