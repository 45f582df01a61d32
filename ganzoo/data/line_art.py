"""OpenMoji's line art and the coloured drawings over the same lines: pixel-aligned pairs for edges -> colour.

Flags are left out: 254 of them share one empty frame. Skin tones share one line art, 4,225 drawings have 2,056, and 309
of these are coloured in five ways or more. The split is by line art, so that `test` has none that `train` has; the
line arts of one kind of person still look alike.
"""

import functools
import json
import pathlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from ganzoo.data import openmoji, sets

if TYPE_CHECKING:
    from ganzoo.data.source import Source

TENTHS = 10  # one line art of ten is in the split `test`


def line_art_set(name: str, kind: str) -> sets.PackageSet:
    """The drawings of one kind, "black" or "color", in the same order and splits."""
    return sets.PackageSet(
        name=name,
        archive=openmoji.SET.archive,
        members=rf"package/((black|{kind})/svg/.*\.svg|data/openmoji\.json|LICENSE\.txt)",
        read=functools.partial(read, name, kind),
        build=functools.partial(build, kind),
        splits={"train": 3_749, "test": 476},
        size=openmoji.SET.size,
        channels=openmoji.SET.channels,
        class_names=openmoji.GROUPS,
        licence=openmoji.SET.licence,
        citation=openmoji.SET.citation,
    )


def build(kind: str, folder: pathlib.Path, report: Callable[[str], None]) -> None:
    """Draw every SVG file of that kind as a PNG file, and note each one's split. Raises BadInput without resvg-py."""
    lines = sorted((folder / "package" / "black" / "svg").glob("*.svg"))
    part = {file.stem: "train" if sets.part(file.read_bytes(), TENTHS) else "test" for file in lines}
    (folder / "splits.json").write_text(json.dumps(part))
    openmoji.draw(sorted((folder / "package" / kind / "svg").glob("*.svg")), report)


def read(name: str, kind: str, folder: pathlib.Path, split: str) -> "Source":
    """The drawings of a split, sorted by code point, flags left out."""
    from ganzoo.data.source import Item, Source

    entries = json.loads((folder / "package" / "data" / "openmoji.json").read_text(encoding="utf-8"))
    group = {entry["hexcode"]: openmoji.GROUPS.index(entry["group"]) for entry in entries if entry["group"] != "flags"}
    part = json.loads((folder / "splits.json").read_text())
    files = sorted((folder / "package" / kind / "svg").glob("*.png"))
    files = [file for file in files if file.stem in group and part[file.stem] == split]
    items = [Item(f"{name}/{file.name}", file, group[file.stem]) for file in files]
    return Source(name, len(items), items, None, openmoji.GROUPS, openmoji.SET.licence, openmoji.SET.citation)
