"""The emoji of the npm packages emoji-datasource-*: one PNG of 64x64 pixels for each, its category the class.

File names are the same for all vendors, so that any split of two sets is pairs, `recipe.Pairs(aligned=True)` over both.
For unpaired translation whose true pairs are kept for scoring, `train`, which is all of them, is parted into `trainA`,
`trainB` and `test`: an emoji is in one of the three with all its skin tones.
"""

import functools
import json
import pathlib
from typing import TYPE_CHECKING

from ganzoo.data import archives, sets

if TYPE_CHECKING:
    from ganzoo.data.source import Source

VERSION = "16.0.0"
NINTHS = 9
CATEGORIES = (
    "Activities",
    "Animals & Nature",
    "Component",
    "Flags",
    "Food & Drink",
    "Objects",
    "People & Body",
    "Smileys & Emotion",
    "Symbols",
    "Travel & Places",
)


def emoji_set(vendor: str, sha256: str, licence: str, citation: str) -> sets.PackageSet:
    """The set of one vendor's drawings; file names are the same in all of them."""
    package = f"emoji-datasource-{vendor}"
    return sets.PackageSet(
        name=f"{vendor}_emoji",
        archive=archives.Archive("npm", package, VERSION, f"{package}-{VERSION}.tgz", sha256),
        members=rf"package/(emoji\.json|img/{vendor}/64/.*\.png)",
        read=functools.partial(_read, vendor, licence, citation),
        splits={"train": 3_786, "trainA": 1_652, "trainB": 1_739, "test": 395},
        size=(64, 64),
        channels=4,
        class_names=CATEGORIES,
        licence=licence,
        citation=citation,
    )


def _read(vendor: str, licence: str, citation: str, folder: pathlib.Path, split: str) -> "Source":
    from ganzoo.data.source import Item, Source

    category, part = {}, {}
    for emoji in json.loads((folder / "package" / "emoji.json").read_text(encoding="utf-8")):
        for drawn in (emoji, *emoji.get("skin_variations", {}).values()):
            category[drawn["image"]] = CATEGORIES.index(emoji["category"])
            part[drawn["image"]] = _split(emoji["image"])
    files = sorted((folder / "package" / "img" / vendor / "64").glob("*.png"))
    files = [file for file in files if split in ("train", part[file.name])]
    items = [Item(f"{vendor}_emoji/{file.name}", file, category[file.name]) for file in files]
    return Source(f"{vendor}_emoji", len(items), items, None, CATEGORIES, licence, citation)


def _split(name: str) -> str:
    part = sets.part(name, NINTHS)
    return "test" if part == 0 else "trainA" if part % 2 else "trainB"
