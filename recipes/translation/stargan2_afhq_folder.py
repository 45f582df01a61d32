"""StarGAN v2 between the subfolders of a folder at 256x256, the paper's setting for animal faces (AFHQ).

Each subfolder is a domain: of AFHQ `train` with cat, dog and wild. 100,000 iterations of 8 images, of which half are
mirrored; the weight of the diversity term falls from 2 to 0 over all of them; the average keeps 0.999 of itself in an
iteration. A metric is the mean over the domains.

Task: image-to-image
Variant: StarGAN v2
Data: any folder of images with a subfolder for each domain, 256x256
Paper: Choi et al. 2020, arXiv 1912.01865
Command: ganzoo train stargan2_afhq_folder data.path=DIR
"""

import dataclasses

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, regularizers, schedules
    from ganzoo.models.translation import stargan2

    adam = schedules.Adam(learning_rate=1e-4, beta_1=0.0, beta_2=0.99)
    return Recipe(
        model=stargan2.StarGAN2(diversity=schedules.Linear(2.0, 0.0, finish=800_000)),
        data=Data(source="folder", size=256, channels=3, flip=True),
        game=Game(
            adam,
            adam,
            losses.non_saturating,
            regularizers=(regularizers.R1(gamma=1.0),),
            ema=averaging.EMA(halflife=5_542, ramp=0.0),
        ),
        train=Train(images=800_000, batch=8, tick=8_000, evaluate=80_000),
        metrics=("kd500_lite0",),
    )


def smoke() -> Recipe:
    from ganzoo.models.translation import stargan2

    nets = stargan2.StarGAN2(width=2, max_width=4, blocks=1, hidden=8, style_dim=4)
    return dataclasses.replace(
        recipe(),
        model=nets,
        data=Data(source="bundled", name="fashion_mnist", size=256, channels=3, flip=True, limit=64),
        train=Train(images=16, batch=4, tick=8, evaluate=16),
        metrics=(),
    )
