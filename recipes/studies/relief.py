"""What does an adversary give maps made from satellite pictures, beside the same U-Net by pixels alone?

Blue Marble to shaded relief in windows of 64x64, judged on tiles of longitudes that are not trained on. The relief
cannot be read off the colours of a satellite picture everywhere, and where it cannot the distance of pixels is best
served by a plain.

Command: ganzoo study relief --jobs 2
"""

import operator

from ganzoo.study import Arm, Study, held


def study() -> Study:
    return Study(
        arms=(Arm("l1", "pix2pix_l1_lite_relief"), Arm("pix2pix", "pix2pix_lite_relief")),
        columns=("patches29_pairs", "psnr29_pairs", "ssim29_pairs"),
        seeds=3,
        protocol="29 tiles of 128x128 from 60 W - 30 W and 100 E - 130 E; patches is the sliced Wasserstein distance "
        "of 7x7 patches to the true tiles', lower is better; PSNR in dB.",
        claims=(
            held(
                "patches are nearer to the true ones with an adversary than by pixels alone",
                operator.lt,
                ("pix2pix", "patches29_pairs"),
                ("l1", "patches29_pairs"),
            ),
            held(
                "which costs 1 dB at most",
                lambda with_it, without: with_it >= without - 1.0,
                ("pix2pix", "psnr29_pairs"),
                ("l1", "psnr29_pairs"),
            ),
        ),
    )
