"""GCompris' paintings: 29 old masters, RGB, of 300 to 702 pixels a side, 21 of them put together from jigsaws.

Styles are splits: `ukiyoe` (Hokusai, Hiroshige) and `vangogh` without the two paintings each in `ukiyoe_test` and
`vangogh_test`; `train` and `test` are all 23 and 6, two of `test` by others. Sizes differ: state `tile`, or `size`.
"""

import io
import pathlib
import re

from ganzoo.data import gcompris

# Of the activity `details`; of the jigsaws the painters stand in their titles.
VAN_GOGH = (
    "Eglise_dAuvers-sur-Oise",
    "Gogh4",
    "PortraitOfPereTanguy",
    "Van_Gogh_The_Night_Cafe",
    "VincentVanGogh0012",
    "VincentVanGogh0013",
    "VincentVanGogh0019",
    "VincentVanGoghBridge",
)
STYLES = {"ukiyoe": ("hokusa", "hiroshige"), "vangogh": ("van gogh",)}
SCULPTURE = "Michelangelo"
# Boards 11 (Hokusai's poppies), 9 (Hiroshige's horse-mackerel), 2 (Arcimboldo's Spring), 18 (Renoir's piano).
HELD_OUT = ("board11_0", "board9_0", "board2_0", "board18_0", "PortraitOfPereTanguy", "VincentVanGoghBridge")


def pick(activity: str, files: dict[str, bytes]) -> dict[str, bytes]:
    """The paintings of an activity, each named by its style and its file."""
    found = {}
    for path, content in files.items():
        file = pathlib.PurePosixPath(path)
        if activity == "details" and file.stem.removesuffix("_background") in VAN_GOGH and file.suffix == ".webp":
            found[f"vangogh {file.stem.removesuffix('_background')}.webp"] = content
        elif activity == "paintings" and file.parent.name == "board":
            board = content.decode()
            title = re.search(r'qsTr\("(.*?)"\)', board)[1]
            if SCULPTURE not in title:
                found[f"{_style(title)} {file.stem}.png"] = _png(gcompris.stitch(board, files))
    return found


def choose(name: str, split: str) -> bool:
    """Whether a painting of that name, as `pick` gives it, is in that split."""
    style, _, painting = name.partition(" ")
    of, _, held = split.rpartition("_") if split.endswith("_test") else (split, "", "")
    if split in ("train", "test"):
        of, held = style, split.removeprefix("train")
    return style == of and (painting in HELD_OUT) == (held == "test")


def _style(title: str) -> str:
    for style, painters in STYLES.items():
        if any(painter in title.lower() for painter in painters):
            return style
    return "other"


def _png(image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


SET = gcompris.gcompris_set(
    "gcompris_paintings",
    ("details", "paintings"),
    pick,
    choose,
    splits={"train": 23, "test": 6, "ukiyoe": 7, "ukiyoe_test": 2, "vangogh": 7, "vangogh_test": 2},
    licence="works in the public domain by age; files GPL-3.0 or public domain (see the set's `licences`)",
)
