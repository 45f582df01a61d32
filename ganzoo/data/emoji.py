"""The emoji of the npm packages emoji-datasource-*: one PNG of 64x64 pixels for each, its category the class."""

import functools
import json
import pathlib
from typing import TYPE_CHECKING

from ganzoo.data import archives, sets

if TYPE_CHECKING:
    from ganzoo.data.source import Source

VERSION = "16.0.0"
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
        splits={"train": 3_786},
        size=(64, 64),
        channels=4,
        class_names=CATEGORIES,
        licence=licence,
        citation=citation,
    )


def _read(vendor: str, licence: str, citation: str, folder: pathlib.Path, split: str) -> "Source":
    from ganzoo.data.source import Item, Source

    category = {}
    for emoji in json.loads((folder / "package" / "emoji.json").read_text(encoding="utf-8")):
        for drawn in (emoji, *emoji.get("skin_variations", {}).values()):
            category[drawn["image"]] = CATEGORIES.index(emoji["category"])
    files = sorted((folder / "package" / "img" / vendor / "64").glob("*.png"))
    items = [Item(f"{vendor}_emoji/{file.name}", file, category[file.name]) for file in files]
    return Source(f"{vendor}_emoji", len(items), items, None, CATEGORIES, licence, citation)
