"""GCompris' photos of animals, monuments and castles: 119, RGB, of 270 to 1920 pixels a side.

They are of several sizes: state `tile`, or `size`. One photo in six is kept for the split `test`; two photos may be of
one monument.
"""

import pathlib

from ganzoo.data import gcompris, gcompris_paintings, sets

ACTIVITIES = ("details", "erase", "explore_farm_animals", "explore_monuments", "explore_world_animals")
SIXTHS = 6


def pick(activity: str, files: dict[str, bytes]) -> dict[str, bytes]:
    """The photos of an activity; of `details` the whole pictures, those of paintings left out."""
    found = {}
    for path, content in files.items():
        file = pathlib.PurePosixPath(path)
        if file.suffix != ".webp":
            continue
        name = file.stem.removesuffix("_background")
        if activity != "details" or (name != file.stem and name not in gcompris_paintings.VAN_GOGH):
            found[f"{activity}_{name}.webp"] = content
    return found


SET = gcompris.gcompris_set(
    "gcompris_photos",
    ACTIVITIES,
    pick,
    choose=lambda name, split: (sets.part(name, SIXTHS) == 0) == (split == "test"),
    splits={"train": 99, "test": 20},
    licence="CC0, CC-BY, CC-BY-SA, GPL-3.0 or public domain by file (see the set's `licences`)",
)
