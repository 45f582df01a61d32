"""OpenMoji: 4,495 emoji and icons, drawn from SVG as RGBA pictures of 256x256 pixels, in twelve groups.

Drawing needs resvg-py, the extra `openmoji`, and takes a minute, once.
"""

import concurrent.futures
import json
import os
import pathlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from ganzoo.data import archives, sets
from ganzoo.errors import BadInput

if TYPE_CHECKING:
    from ganzoo.data.source import Source

SIDE = 256
GROUPS = (
    "activities",
    "animals-nature",
    "component",
    "extras-openmoji",
    "extras-unicode",
    "flags",
    "food-drink",
    "objects",
    "people-body",
    "smileys-emotion",
    "symbols",
    "travel-places",
)


def build(folder: pathlib.Path, report: Callable[[str], None]) -> None:
    """Draw every SVG file as a PNG file beside it. Raises BadInput without resvg-py."""
    draw(sorted((folder / "package" / "color" / "svg").glob("*.svg")), report)


def draw(files: list[pathlib.Path], report: Callable[[str], None]) -> None:
    """Draw these SVG files as PNG files beside them, which replace them. Raises BadInput without resvg-py."""
    try:
        import resvg_py
    except ImportError as error:
        raise BadInput("openmoji: drawing SVG files needs resvg-py; pip install 'ganzoo[openmoji]'") from error

    def one(file: pathlib.Path) -> None:
        drawn = resvg_py.svg_to_bytes(svg_string=file.read_text(encoding="utf-8"), width=SIDE, height=SIDE)
        file.with_suffix(".png").write_bytes(bytes(drawn))
        file.unlink()

    report(f"drawing {len(files)} pictures of {SIDE}x{SIDE}")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(one, files))


def read(folder: pathlib.Path, split: str) -> "Source":
    """The drawings sorted by code point."""
    from ganzoo.data.source import Item, Source

    entries = json.loads((folder / "package" / "data" / "openmoji.json").read_text(encoding="utf-8"))
    groups = {entry["hexcode"]: GROUPS.index(entry["group"]) for entry in entries}
    files = sorted((folder / "package" / "color" / "svg").glob("*.png"))
    items = [Item(f"openmoji/{file.name}", file, groups[file.stem]) for file in files]
    return Source("openmoji", len(items), items, None, GROUPS, SET.licence, SET.citation)


SET = sets.PackageSet(
    name="openmoji",
    archive=archives.Archive(
        kind="npm",
        package="openmoji",
        version="17.0.0",
        file="openmoji-17.0.0.tgz",
        sha256="55ee7d13485dec86e9f38c1f3a645a13382d33ff97c0cd845ee824b0aef45e68",
    ),
    members=r"package/(color/svg/.*\.svg|data/openmoji\.json|LICENSE\.txt)",
    read=read,
    build=build,
    splits={"train": 4_495},
    size=(SIDE, SIDE),
    channels=4,
    class_names=GROUPS,
    licence="CC-BY-SA-4.0",
    citation="Benedikt Groß, Daniel Utz, the OpenMoji contributors. OpenMoji, https://openmoji.org, 2018.",
)
