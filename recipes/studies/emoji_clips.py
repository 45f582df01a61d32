"""Do generated emoji move as animated ones do?

Microsoft's Fluent emoji that move, 32x32 on white, twelve frames: most turn, nod or shake in place, and in 32 pixels
many hardly move at all. What is asked is whether the pictures keep together while they move, and whether they move as
much as the real ones.

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
        "framekd that of frames in 8x8 pixels (both lower is better), speed is of the centre of what is shown in "
        "pixels a frame, frozen the share of clips that stand still. The results file has the same of real clips, "
        "shuffled, static and independent frames beside each value.",
        claims=(
            Claim(
                "the clips are nearer to real ones than frames of different clips are",
                lambda arms: _compared(arms, COLUMNS[0], "independent", lambda made, rows: made < rows),
            ),
            Claim(
                "and than real first frames that stand still",
                lambda arms: _compared(arms, COLUMNS[0], "static", lambda made, rows: made < rows),
            ),
            Claim(
                "their speed is within 15 % of the real",
                lambda arms: _compared(arms, COLUMNS[2], "real", lambda made, rows: abs(made / rows - 1) <= 0.15),
            ),
            Claim(
                "as many of them stand still as of real ones, within a tenth of all",
                lambda arms: _compared(arms, COLUMNS[3], "real", lambda made, rows: abs(made - rows) <= 0.1),
            ),
        ),
    )


def _compared(arms, column: str, row: str, holds) -> bool | None:
    rows = arms["stylegan_v"]
    if not (found := values(rows, column)):
        return None
    return holds(statistics.fmean(found), statistics.fmean(each["final"][column]["rows"][row] for each in rows))
