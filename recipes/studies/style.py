"""Do photos become woodblock prints by a translator rather than by their colours alone?

Photos to ukiyo-e, light networks on windows of 64x64 pixels; judged on parts of scikit-image's photos and of two prints
by Hokusai and Hiroshige that are not trained on. A distance to prints can be had by painting over the photo, so that it
counts only together with the content that is kept.

Command: ganzoo study style --jobs 2
"""

import operator

from ganzoo.study import Arm, Study, classical, held

METHODS = ("identity", "mean_deviation", "histogram")
TRANSLATORS = ("cyclegan", "cut", "animegan")
DISTANCE, KEPT = "kd140_lite0", "ssimy140_input"


def study() -> Study:
    return Study(
        arms=(
            *classical("cut_lite_ukiyoe", *METHODS),
            Arm("cyclegan", "cyclegan_lite_ukiyoe"),
            Arm("cut", "cut_lite_ukiyoe"),
            Arm("animegan", "animegan_lite_ukiyoe"),
        ),
        columns=(DISTANCE, KEPT),
        seeds=1,
        protocol="140 parts of 64x64 pixels of five photos of scikit-image, against 140 of two prints; kd is the "
        "kernel distance to the prints (lower is better), ssimy the SSIM of Y between input and output.",
        claims=(
            *(
                held(
                    f"{name} comes nearer to the prints than {method}",
                    operator.lt,
                    (name, DISTANCE),
                    (method, DISTANCE),
                )
                for name in TRANSLATORS
                for method in METHODS[1:]
            ),
            *(held(f"{name} keeps 0.6 of SSIM of Y", lambda kept: kept >= 0.6, (name, KEPT)) for name in TRANSLATORS),
        ),
    )
