"""What does an adversary give the colouring of line art, beside the same U-Net by pixels alone?

OpenMoji's drawings at 32x32, split by line art. A drawing's colours cannot be known from its lines (nine line arts of
sixty have five colourings or more), so the distance of pixels alone is best served by the mean of all that are
possible, greyish; an adversary is to choose one. These networks draw nothing at random: of one line art they make one
colouring, and their diversity is nil.

Command: ganzoo study line_art --jobs 2
"""

import operator

from ganzoo.study import Arm, Study, held

COLUMNS = ("perceptual476_lite0", "kd476_lite0", "patches476_pairs", "ssim476_pairs", "psnr476_pairs")


def study() -> Study:
    return Study(
        arms=(
            Arm("l1", "pix2pix_l1_lite_openmoji"),
            Arm("pix2pix", "pix2pix_lite_openmoji"),
            Arm("pix2pixhd", "pix2pixhd_lite_openmoji"),
        ),
        columns=COLUMNS,
        seeds=3,
        protocol="476 drawings of 213 line arts that are not trained on; perceptual is the distance of feature maps "
        "from the true colouring, kd the kernel distance of all outputs to all true ones, patches the sliced "
        "Wasserstein distance of 7x7 patches. All are lower for better colourings, SSIM and PSNR (dB) are higher.",
        claims=(
            held(
                "an adversary brings colourings nearer to the true ones in features than pixels alone",
                operator.lt,
                ("pix2pix", "perceptual476_lite0"),
                ("l1", "perceptual476_lite0"),
            ),
            held(
                "and all of them nearer to all true ones",
                operator.lt,
                ("pix2pix", "kd476_lite0"),
                ("l1", "kd476_lite0"),
            ),
            held(
                "and costs 0.05 of SSIM at most",
                lambda with_it, without: with_it >= without - 0.05,
                ("pix2pix", "ssim476_pairs"),
                ("l1", "ssim476_pairs"),
            ),
        ),
    )
