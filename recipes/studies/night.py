"""Do translators that see no pairs turn day to night better than colour transfer does?

Photos by day and at synthetic night, which is made pixel by pixel, so that the pairs are known and are shown to nobody
but the metrics. In one protocol day and night are windows of the same photos of GCompris', in the other the night's are
of other photos, Endless Sky's; both are judged on parts of scikit-image's photos, which are in neither. What a sceptic
tries first is fitted on the same images: between sets of the same photos it knows nearly all there is to know, between
others it mistakes what is in them for the light. Without the adversary is CUT with the weight 0 of D's opinion.

The ways there are the light networks, whose finest maps keep the image's size: the papers' did not get there in the
minutes that two cores have.

Command: ganzoo study night --jobs 2
"""

import operator

from ganzoo.study import Arm, Study, classical, held

OTHERS = ("data.b.name=endless_sky",)
SUFFIX = ", other photos"
METHODS = ("identity", "mean_deviation", "histogram")


def study() -> Study:
    return Study(
        arms=(
            *classical("cyclegan_lite_night", *METHODS),
            Arm("cyclegan", "cyclegan_lite_night"),
            Arm("cut", "cut_lite_night"),
            Arm("no adversary", "cut_lite_night", ("model.gan=0.0",)),
            *classical("cyclegan_lite_night", *METHODS, overrides=OTHERS, suffix=SUFFIX),
            Arm(f"cyclegan{SUFFIX}", "cyclegan_lite_night", OTHERS),
            Arm(f"cut{SUFFIX}", "cut_lite_night", OTHERS),
        ),
        columns=("psnr24_pairs", "ssim24_pairs", "patches24_pairs"),
        seeds=1,
        protocol="24 parts of 192x192 of five photos of scikit-image by day, none trained on, against the same at "
        "synthetic night; PSNR in dB, patches is the sliced Wasserstein distance of 7x7 patches (lower is better).",
        claims=(
            held(
                "CycleGAN has 1 dB more than histogram matching, day and night of the same photos",
                lambda ours, theirs: ours >= theirs + 1.0,
                ("cyclegan", "psnr24_pairs"),
                ("histogram", "psnr24_pairs"),
            ),
            held(
                "and 2 dB more where they are of others",
                lambda ours, theirs: ours >= theirs + 2.0,
                (f"cyclegan{SUFFIX}", "psnr24_pairs"),
                (f"histogram{SUFFIX}", "psnr24_pairs"),
            ),
            held(
                "and no less SSIM there",
                operator.ge,
                (f"cyclegan{SUFFIX}", "ssim24_pairs"),
                (f"histogram{SUFFIX}", "ssim24_pairs"),
            ),
            held(
                "without the adversary CUT learns nothing: within 1 dB of the images as they are",
                lambda ablated, nothing: abs(ablated - nothing) <= 1.0,
                ("no adversary", "psnr24_pairs"),
                ("identity", "psnr24_pairs"),
            ),
        ),
    )
