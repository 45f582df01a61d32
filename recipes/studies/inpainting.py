"""Does a network fill holes better than Telea's method does, on photos and on drawings?

LaMa (lite) at 64x64: on photos, where what is in a hole cannot be known and realism counts, and on drawings, whose
lines and areas go on into it. Holes are LaMa's wide ones. Beside it what a sceptic would try first, by the same code on
the same images.

Command: ganzoo study inpainting --jobs 2
"""

import operator

from ganzoo.study import Arm, Study, classical, held

PHOTOS, DRAWINGS = "lama_lite_photos", "lama_lite_openmoji"
METHODS = ("mean", "surroundings", "telea", "biharmonic")


def study() -> Study:
    return Study(
        arms=(
            *classical(PHOTOS, *METHODS, suffix=", photos"),
            Arm("lama, photos", PHOTOS),
            *classical(DRAWINGS, *METHODS, suffix=", drawings"),
            Arm("lama, drawings", DRAWINGS),
        ),
        columns=("pooledpsnr280_hole", "patches280_hole", "ssim280_pairs"),
        seeds=1,
        protocol="280 parts of 64x64 of five photos of scikit-image, and 280 of OpenMoji's drawings at 64x64 of line "
        "art that is not trained on; pooledpsnr is PSNR of the mean squared error over all holes (dB), patches the "
        "sliced Wasserstein distance of 7x7 patches in the holes (lower is better), SSIM is of whole images.",
        claims=(
            held(
                "on photos patches in the hole are nearer to the true ones than Telea's",
                operator.lt,
                ("lama, photos", "patches280_hole"),
                ("telea, photos", "patches280_hole"),
            ),
            held(
                "with a PSNR in the hole of 1 dB less at most",
                lambda ours, telea: ours >= telea - 1.0,
                ("lama, photos", "pooledpsnr280_hole"),
                ("telea, photos", "pooledpsnr280_hole"),
            ),
            held(
                "on drawings PSNR in the hole is 2 dB above Telea's",
                lambda ours, telea: ours >= telea + 2.0,
                ("lama, drawings", "pooledpsnr280_hole"),
                ("telea, drawings", "pooledpsnr280_hole"),
            ),
        ),
    )
