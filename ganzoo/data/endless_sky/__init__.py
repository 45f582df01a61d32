"""Endless Sky: 273 photos of landscapes, RGB 720x360; from Debian's package.

The kind of landscape stands in the name of the file; photos that are named otherwise are of class "other". One photo in
seven is kept for the split `test`.
"""

import pathlib
import re
from typing import TYPE_CHECKING

from ganzoo.data import archives, sets

if TYPE_CHECKING:
    from ganzoo.data.source import Source

LAND = pathlib.PurePath("usr", "share", "games", "endless-sky", "images", "land")
SEVENTHS = 7
KINDS = (
    "badlands",
    "beach",
    "canyon",
    "city",
    "desert",
    "dune",
    "fields",
    "fog",
    "forest",
    "hills",
    "lava",
    "mountain",
    "sea",
    "sky",
    "snow",
    "space",
    "valley",
    "water",
    "other",
)


def read(folder: pathlib.Path, split: str) -> "Source":
    """The photos of a split, sorted by name."""
    from ganzoo.data.source import Item, Source

    items = []
    for file in sorted((folder / LAND).glob("*.jpg")):
        if (split == "test") != (sets.part(file.name, SEVENTHS) == 0):
            continue
        word = re.match(r"[a-z]+", file.name)[0]
        items.append(Item(f"endless_sky/{file.name}", file, KINDS.index(word if word in KINDS else "other")))
    return Source("endless_sky", len(items), items, None, KINDS, SET.licence, SET.citation)


SET = sets.PackageSet(
    name="endless_sky",
    archive=archives.Archive(
        kind="deb",
        package="endless-sky-data",
        version="0.9.8-1.2",
        file="endless-sky-data_0.9.8-1.2_all.deb",
        sha256="e45835e05a11e84bb1a890a0ded390246a53b8318f21a25925aa70fa54f80c13",
    ),
    members=rf"{LAND.as_posix()}/.*\.jpg|usr/share/doc/endless-sky-data/copyright",
    read=read,
    splits={"train": 239, "test": 34},
    size=(360, 720),
    channels=3,
    class_names=KINDS,
    licence="public domain, CC-BY-SA-3.0 or CC-BY-SA-4.0 by file (see the package's copyright file)",
    citation="The Endless Sky project, https://github.com/endless-sky/endless-sky, version 0.9.8.",
)
