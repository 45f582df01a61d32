"""Do translators that see no pairs draw Google's emoji as Twitter does?

Both draw the same code points in their own ways; training shows one half of them in Google's drawing and another half
in Twitter's. A third part is kept for scoring, as pairs. Beside the translators what a sceptic tries first: nothing,
and carrying over colours, fitted on the same images; and CUT without the adversary.

Command: ganzoo study emoji --jobs 2
"""

import operator

from ganzoo.study import Arm, Study, classical, held

METHODS = ("identity", "mean_deviation", "histogram")


def study() -> Study:
    return Study(
        arms=(
            *classical("cut_lite_emoji", *METHODS),
            Arm("cyclegan", "cyclegan_lite_emoji"),
            Arm("cut", "cut_lite_emoji"),
            Arm("no adversary", "cut_lite_emoji", ("model.gan=0.0",)),
        ),
        columns=("perceptual395_lite0", "ssim395_pairs", "psnr395_pairs", "kd395_lite0"),
        seeds=1,
        protocol="395 emoji that are not trained on, 32x32 on white, against Twitter's drawing of each; perceptual is "
        "the distance of Lite0's feature maps, kd the kernel distance of all outputs to all of Twitter's (both lower "
        "is better), PSNR in dB.",
        claims=tuple(
            held(
                f"{name} draws nearer to Twitter's emoji than {method} by {what}",
                test,
                (name, column),
                (method, column),
            )
            for name in ("cyclegan", "cut")
            for method in ("identity", "histogram")
            for what, column, test in (
                ("Lite0's distance", "perceptual395_lite0", operator.lt),
                ("SSIM", "ssim395_pairs", operator.gt),
            )
        ),
    )
