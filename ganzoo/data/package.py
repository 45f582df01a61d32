"""Data sets that packages of Debian, npm and PyPI carry."""

import sys
from typing import TYPE_CHECKING

from ganzoo.data import (
    blue_marble,
    endless_sky,
    etopo1,
    fashion_mnist,
    fluent_emoji,
    gcompris_paintings,
    gcompris_photos,
    google_emoji,
    kai_glyphs,
    ming_glyphs,
    mnist,
    openmoji,
    openmoji_colours,
    openmoji_lines,
    shaded_relief,
    skimage_photos,
    twitter_emoji,
    wesnoth,
)
from ganzoo.data.sets import PackageSet
from ganzoo.errors import BadInput
from ganzoo.recipe import Data

if TYPE_CHECKING:
    from ganzoo.data.source import Source

SETS: dict[str, PackageSet] = {
    module.SET.name: module.SET
    for module in (
        fashion_mnist,
        mnist,
        google_emoji,
        twitter_emoji,
        openmoji,
        openmoji_lines,
        openmoji_colours,
        kai_glyphs,
        ming_glyphs,
        blue_marble,
        etopo1,
        shaded_relief,
        wesnoth,
        endless_sky,
        gcompris_photos,
        gcompris_paintings,
        skimage_photos,
    )
}

CLIPS: dict[str, PackageSet] = {fluent_emoji.SET.name: fluent_emoji.SET}


def find(name: str) -> PackageSet:
    """The package set of that name. Raises BadInput."""
    if name not in SETS:
        raise BadInput(f"data.name: no package set {name!r}; allowed: {', '.join(SETS)}")
    return SETS[name]


def open(data: Data) -> "Source":
    """A split of the package set of that name, fetched first where it is not in the cache."""
    from ganzoo.data.source import check_split

    found = find(data.name)
    check_split(data, found.splits)
    # To stderr: what a command prints on stdout may be one JSON document.
    found.prepare(report=lambda line: print(line, file=sys.stderr))
    return found.read(found.folder, data.split)
