"""SinCUT from one photo to one painting by van Gogh, windows of 64x64, on two cores.

Differences from the paper: light networks with crops of one scale, many patches of each crop, length and an average of
weights. Batch, weights of the terms and Adam are the authors'. Pictures of the run show the middle of both images.

Task: image-to-image
Variant: SinCUT (lite)
Data: a photo and a painting of GCompris, windows of 64x64 (Debian package)
Paper: Park et al. 2020, arXiv 2007.15651
Command: ganzoo train sincut_lite_vangogh
"""

import dataclasses

from ganzoo.recipe import Data, Game, Pairs, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, regularizers, schedules
    from ganzoo.models.translation import cut

    rate = schedules.Linear(2e-3, 0.0, begin=8_000, finish=16_000)
    adam = schedules.Adam(learning_rate=rate, beta_1=0.0, beta_2=0.99)
    photo = Data(source="package", name="gcompris_photos", channels=3, window=64, limit=1)
    return Recipe(
        model=cut.SINCUT,
        data=Pairs(a=photo, b=dataclasses.replace(photo, name="gcompris_paintings", split="vangogh")),
        game=Game(adam, adam, losses.non_saturating, (regularizers.R1(gamma=2.0),), ema=averaging.EMA(halflife=1_000)),
        train=Train(images=16_000, batch=16, tick=1_600, evaluate=16_000, steps_per_execution=10),
    )


def smoke() -> Recipe:
    from ganzoo.models.translation import cut, light

    cloth = Data(source="bundled", name="fashion_mnist", size=40, channels=3, window=32, limit=1)
    return dataclasses.replace(
        recipe(),
        model=dataclasses.replace(cut.SINCUT, nets=light.Light(width=2, d_width=2, blocks=1), patches=16, units=8),
        data=Pairs(a=cloth, b=cloth),
        train=Train(images=16, batch=2, tick=8, evaluate=16),
    )
