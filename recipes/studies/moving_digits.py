"""Do generated digits move as real ones do, and do they stay the digit that they are?

MNIST's digits moving in 16x16, eight frames. MoCoGAN has a content code beside every motion code; in StyleGAN-V the
content modulates every layer, and the code of the moment only moves the Fourier features of the coarsest map. How
things move is learned in minutes; that a clip's frames show one digit is the harder part, for which frames that have
nothing to do with each other give the floor.

Command: ganzoo study moving_digits --jobs 2
"""

import statistics

from ganzoo.study import Arm, Claim, Study, held, values

COLUMNS = (
    "identity500_digits",
    "variety500_digits",
    "speed500_track",
    "jerk500_track",
    "frozen500_track",
    "framekd500_pixels",
)
ARMS = {"mocogan": "mocogan_lite_moving_digits", "stylegan_v": "stylegan_v_lite_moving_digits"}


def study() -> Study:
    return Study(
        arms=tuple(Arm(name, recipe) for name, recipe in ARMS.items()),
        columns=COLUMNS,
        seeds=1,
        protocol="500 clips of 8 frames each; identity is the mean share of a clip's frames in which a LeNet of "
        "MNIST's digits sees the clip's commonest digit, variety how many digits there are among clips (exp of the "
        "entropy), speed and jerk are of the centre of what is shown in pixels a frame, frozen is the share of clips "
        "that stand still, framekd the kernel distance of frames in 8x8 pixels. The results file has the same of real "
        "clips, shuffled, static and independent frames beside each value.",
        claims=(
            *(
                Claim(
                    f"the digits of {name} move within 15 % of the real speed",
                    lambda arms, name=name: _speed(arms[name]),
                )
                for name in ARMS
            ),
            *(
                held(
                    f"and less than 2 % of those of {name} stand still",
                    lambda share: share < 0.02,
                    (name, "frozen500_track"),
                )
                for name in ARMS
            ),
            held(
                "a digit stays itself in 0.6 of the frames of StyleGAN-V",
                lambda share: share >= 0.6,
                ("stylegan_v", COLUMNS[0]),
            ),
            held(
                "and it draws five digits at least",
                lambda digits: digits >= 5,
                ("stylegan_v", "variety500_digits"),
            ),
        ),
    )


def _speed(rows: list[dict]) -> bool | None:
    found = values(rows, "speed500_track")
    if not found:
        return None
    real = statistics.fmean(row["final"]["speed500_track"]["floor"] for row in rows)
    return abs(statistics.fmean(found) / real - 1) <= 0.15
