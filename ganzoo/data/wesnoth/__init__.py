"""Battle for Wesnoth: RGBA sprites of fighting units, most of 72x72 pixels, in 20 races; from Debian's package.

Kept are unique frames with sides of 60 to 128 pixels of which more than 5 % are opaque: the rest is sparks and
shadows. Frames of one movement are near duplicates.
"""

import hashlib
import pathlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from ganzoo.data import archives, sets

if TYPE_CHECKING:
    from ganzoo.data.source import Source

UNITS = pathlib.PurePath("usr", "share", "games", "wesnoth", "1.16", "data", "core", "images", "units")
RACES = (
    "drakes",
    "dunefolk",
    "dwarves",
    "elves-wood",
    "goblins",
    "human-loyalists",
    "human-magi",
    "human-outlaws",
    "human-peasants",
    "merfolk",
    "monsters",
    "nagas",
    "ogres",
    "orcs",
    "saurians",
    "trolls",
    "undead",
    "undead-necromancers",
    "undead-skeletal",
    "woses",
)


def build(folder: pathlib.Path, report: Callable[[str], None]) -> None:
    """Delete the frames that are not kept."""
    import numpy as np

    from ganzoo.data import pixels

    seen, files = set(), _files(folder)
    for file in files:
        image = pixels.fit(pixels.decode(file), None, channels=4)
        digest = hashlib.sha256(image).digest()
        sides = image.shape[:2]
        if not 60 <= min(sides) <= max(sides) <= 128 or np.mean(image[..., 3] > 127) <= 0.05 or digest in seen:
            file.unlink()
        seen.add(digest)
    report(f"kept {len(_files(folder))} of {len(files)} frames")


def read(folder: pathlib.Path, split: str) -> "Source":
    """The frames sorted by race and name."""
    from ganzoo.data.source import Item, Source

    items = []
    for file in _files(folder):
        name = file.relative_to(folder / UNITS)
        items.append(Item(f"wesnoth/{name}", file, RACES.index(name.parts[0])))
    return Source("wesnoth", len(items), items, None, RACES, SET.licence, SET.citation)


def _files(folder: pathlib.Path) -> list[pathlib.Path]:
    return sorted((folder / UNITS).rglob("*.png"))


SET = sets.PackageSet(
    name="wesnoth",
    archive=archives.Archive(
        kind="deb",
        package="wesnoth-1.16-data",
        version="1:1.16.9-1",
        file="wesnoth-1.16-data_1%3a1.16.9-1_all.deb",
        sha256="1012b964bd412a6770685e3324ae3b61e176caff7846192d1ee63d55cd621e26",
    ),
    members=rf"{UNITS.as_posix()}/({'|'.join(RACES)})/.*\.png|usr/share/doc/wesnoth-1\.16-data/copyright",
    read=read,
    build=build,
    splits={"train": 5_507},
    size=None,
    channels=4,
    class_names=RACES,
    licence="GPL-2.0-or-later",
    citation="The Battle for Wesnoth project, https://www.wesnoth.org, version 1.16.",
)
