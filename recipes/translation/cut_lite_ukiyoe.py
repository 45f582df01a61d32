"""CUT from photos to Japanese woodblock prints at 64x64, on two cores.

Differences from the paper: light networks, batch, length and an average of weights. Windows of 64x64 pixels, of
photos of 256x256 and of tiles of seven prints by Hokusai and Hiroshige; what is learned is applied to whole photos.
Judged on tiles of scikit-image's photos and of two prints that are not trained on.

Task: image-to-image
Variant: CUT (lite)
Data: GCompris' photos and ukiyo-e prints, windows of 64x64, unpaired; judged on others (packages)
Paper: Park et al. 2020, arXiv 2007.15651
Command: ganzoo train cut_lite_ukiyoe
"""

import dataclasses

from ganzoo.recipe import Data, Game, Pairs, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, schedules
    from ganzoo.models.translation import cut, light

    adam = schedules.Adam(learning_rate=schedules.Linear(2e-4, 0.0, begin=3_200, finish=6_400), beta_1=0.5)
    photos = Data(source="package", name="gcompris_photos", size=256, channels=3, window=64, flip=True)
    test = Data(source="package", name="skimage_photos", split="test", channels=3, tile=64)
    return Recipe(
        model=cut.CUT(light.Light()),
        data=Pairs(
            a=photos,
            b=dataclasses.replace(photos, name="gcompris_paintings", split="ukiyoe", size=None, tile=96),
        ),
        game=Game(adam, adam, losses.least_squares(), ema=averaging.EMA(halflife=1_000)),
        train=Train(images=6_400, batch=8, tick=640, evaluate=3_200, steps_per_execution=10),
        metrics=("kd140_lite0", "ssimy140_input"),
        test=Pairs(a=test, b=dataclasses.replace(test, name="gcompris_paintings", split="ukiyoe_test")),
    )


def smoke() -> Recipe:
    from ganzoo.models.translation import cut, light

    clothes = Data(source="bundled", name="fashion_mnist", size=40, channels=3, window=32, flip=True, limit=16)
    return dataclasses.replace(
        recipe(),
        model=cut.CUT(light.Light(width=2, d_width=2, blocks=1), patches=16, units=8),
        data=Pairs(a=clothes, b=clothes),
        train=Train(images=16, batch=2, tick=8, evaluate=16),
        metrics=(),
        test=None,
    )
