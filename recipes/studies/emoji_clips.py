"""Do generated emoji move as animated ones do?

Microsoft's Fluent emoji that move, 32x32 on white, twelve frames: 477 clips, of which most turn, nod or shake in place.
So few are learned by heart rather than as a distribution; what is looked at is whether the pictures keep together while
they move, and whether their movement is as strong as that of the real ones.

Command: ganzoo study emoji_clips
"""

import statistics

from ganzoo.study import Arm, Claim, Study, values

COLUMNS = ("videokd200_transnetv2", "framekd200_pixels", "speed200_track", "frozen200_track")


def study() -> Study:
    return Study(
        arms=(Arm("stylegan_v", "stylegan_v_lite_emoji_clips"),),
        columns=COLUMNS,
        seeds=1,
        protocol="200 clips of 12 frames each; videokd is the kernel distance of clips in the features of TransNet V2, "
        "framekd that of frames in 8x8 pixels (both lower is better), speed is of the centre of what is not background "
        "in pixels a frame, frozen the share of clips that stand still. The results file has the same of real clips, "
        "shuffled, static and independent frames beside each value.",
        claims=(
            Claim("the clips are nearer to real ones than before the first step", lambda arms: _nearer(arms)),
            Claim("their speed is within 15 % of the real", lambda arms: _near(arms, "speed200_track", 0.15)),
            Claim(
                "as many of them stand still as of real ones, within a tenth of all",
                lambda arms: _apart(arms, "frozen200_track", 0.1),
            ),
        ),
    )


def _nearer(arms) -> bool | None:
    rows = arms["stylegan_v"]
    found = values(rows, COLUMNS[0])
    return statistics.fmean(found) < _mean(rows, COLUMNS[0], "ceiling") if found else None


def _near(arms, column: str, share: float) -> bool | None:
    rows = arms["stylegan_v"]
    found = values(rows, column)
    return abs(statistics.fmean(found) / _mean(rows, column, "floor") - 1) <= share if found else None


def _apart(arms, column: str, most: float) -> bool | None:
    rows = arms["stylegan_v"]
    found = values(rows, column)
    return abs(statistics.fmean(found) - _mean(rows, column, "floor")) <= most if found else None


def _mean(rows: list[dict], column: str, level: str) -> float:
    return statistics.fmean(row["final"][column][level] for row in rows)
