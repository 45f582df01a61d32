"""What does an adversary give super-resolution x4 on photos, and what does it cost?

The network is trained on GCompris' photos, first on the mean absolute difference alone and then against a
discriminator; it is judged on parts of scikit-image's photos, which no training set holds. alpha0 is the network as it
was when the adversary came, alpha50 half-way from there to the final one. Beside it what a sceptic would try first, by
the same code on the same images.

Command: ganzoo study super_resolution
"""

import itertools
import operator

from ganzoo.study import Arm, Study, classical, held

PATH = ("alpha0", "alpha50", "pairs")


def study() -> Study:
    return Study(
        arms=(
            *classical("srgan_lite_photos", "nearest", "bicubic", "lanczos"),
            Arm("gan", "srgan_lite_photos"),
        ),
        columns=tuple(f"{kind}24_{view}" for view in reversed(PATH) for kind in ("psnry", "patches")),
        seeds=2,
        protocol="x4 after MATLAB's bicubic; 24 parts of 192x192 of five photos of scikit-image, none trained on; "
        "psnry is PSNR of Y in dB without 4 pixels at each border, patches the sliced Wasserstein distance of 7x7 "
        "patches to the true images' (nearest neighbours do well at it, which is why both are asked for).",
        claims=(
            held(
                "the network of fidelity (alpha0) has 1.0 dB more than bicubic",
                lambda ours, bicubic: ours - bicubic >= 1.0,
                ("gan", "psnry24_alpha0"),
                ("bicubic", "psnry24_pairs"),
            ),
            held(
                "the final network has no less than bicubic",
                operator.ge,
                ("gan", "psnry24_pairs"),
                ("bicubic", "psnry24_pairs"),
            ),
            held(
                "and its patches are at 0.65 of bicubic's distance or less",
                lambda ours, bicubic: ours <= 0.65 * bicubic,
                ("gan", "patches24_pairs"),
                ("bicubic", "patches24_pairs"),
            ),
            held("alpha trades PSNR away step by step", _falling, *(("gan", f"psnry24_{view}") for view in PATH)),
            held("and brings patches nearer step by step", _falling, *(("gan", f"patches24_{view}") for view in PATH)),
        ),
    )


def _falling(*steps: float) -> bool:
    return all(later <= earlier for earlier, later in itertools.pairwise(steps))
