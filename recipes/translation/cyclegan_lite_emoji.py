"""CycleGAN between Google's and Twitter's emoji at 32x32, on two cores.

Differences from the paper: light networks that say what to change, weight of the cycle, no identity term, batch, rate
and length. The emoji of one half of the code points are shown in Google's drawing, those of the other half in
Twitter's: no pair is. Judged by pairs of emoji that are in neither half.

Task: image-to-image
Variant: CycleGAN (lite)
Data: Google's and Twitter's emoji 32x32 on white, unpaired (npm packages)
Paper: Zhu et al. 2017, arXiv 1703.10593
Command: ganzoo train cyclegan_lite_emoji
"""

import dataclasses

from ganzoo.recipe import Data, Game, Pairs, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.translation import cyclegan, light

    adam = schedules.Adam(learning_rate=schedules.Linear(5e-4, 0.0, begin=8_000, finish=16_000), beta_1=0.5)
    google = Data(source="package", name="google_emoji", split="trainA", size=32, channels=3)
    twitter = dataclasses.replace(google, name="twitter_emoji")
    return Recipe(
        model=cyclegan.CycleGAN(light.Light(), cycle=1.0, identity=0.0),
        data=Pairs(a=google, b=dataclasses.replace(twitter, split="trainB")),
        game=Game(adam, adam, losses.least_squares(), ema=averaging.EMA(halflife=1_000)),
        train=Train(images=16_000, batch=8, tick=1_600, evaluate=8_000, steps_per_execution=10),
        metrics=("perceptual395_lite0", "ssim395_pairs", "psnr395_pairs", "kd395_lite0"),
        test=Pairs(
            a=dataclasses.replace(google, split="test"), b=dataclasses.replace(twitter, split="test"), aligned=True
        ),
    )


def smoke() -> Recipe:
    from ganzoo.models.translation import cyclegan, light

    clothes = Data(source="bundled", name="fashion_mnist", size=32, channels=3, limit=16)
    return dataclasses.replace(
        recipe(),
        model=cyclegan.CycleGAN(light.Light(width=2, d_width=2, blocks=1), pool=4, identity=0.0),
        data=Pairs(a=clothes, b=clothes),
        train=Train(images=16, batch=2, tick=8, evaluate=16),
        metrics=(),
        test=None,
    )
