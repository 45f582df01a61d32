"""Chinese characters drawn with a font: pairs between two scripts, the task of zi2zi (Tian 2017).

The 3,755 characters of GB 2312's first level, the most frequent ones, which both of Arphic's fonts have; black on
white, the em square centred. One in ten is in the split `test`; with `limit` a set has the first by pronunciation,
which is the standard's order.
"""

import functools
import pathlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from ganzoo.data import archives, sets
from ganzoo.errors import BadInput

if TYPE_CHECKING:
    from ganzoo.data.source import Source

SIDE, EM = 128, 112  # pixels of an image and of the font's em square
TENTHS = 10
FONTS = pathlib.PurePath("usr", "share", "fonts", "truetype", "arphic")
CITATION = "Arphic Technology and the CJK-Unifonts project: AR PL UKai and AR PL UMing."


def glyph_set(name: str, font: str, archive: archives.Archive) -> sets.PackageSet:
    """The set of one font. font: its file in the package; the first face of a collection is taken."""
    licence = "Arphic Public License"
    return sets.PackageSet(
        name=name,
        archive=archive,
        members=rf"{FONTS.as_posix()}/{font}|usr/share/doc/{archive.package}/(copyright|license/english/.*)",
        read=functools.partial(_read, name, licence),
        build=functools.partial(_build, font),
        splits={"train": 3_384, "test": 371},
        size=(SIDE, SIDE),
        channels=1,
        class_names=(),
        licence=licence,
        citation=CITATION,
    )


def characters(split: str) -> list[str]:
    """The characters of a split, in the standard's order: its rows 16 to 55, of 94 places, the last of 89."""
    every = bytes(byte for row in range(0xB0, 0xD8) for place in range(0xA1, 0xFF) for byte in (row, place))
    return [each for each in every[:-10].decode("gb2312") if (sets.part(each, TENTHS) == 0) == (split == "test")]


def _build(font: str, folder: pathlib.Path, report: Callable[[str], None]) -> None:
    import numpy as np
    import PIL.features
    import PIL.Image
    import PIL.ImageDraw
    import PIL.ImageFont

    if not PIL.features.check("freetype2"):
        raise BadInput("glyphs: this Pillow cannot draw with fonts; install one with FreeType")
    face = PIL.ImageFont.truetype(folder / FONTS / font, EM)

    def drawn(character: str) -> np.ndarray:
        image = PIL.Image.new("L", (SIDE, SIDE), "white")
        PIL.ImageDraw.Draw(image).text((SIDE // 2, SIDE // 2), character, "black", face, anchor="mm")
        return np.asarray(image)

    report(f"drawing glyphs of {SIDE}x{SIDE} with {font}")
    glyphs = {split: np.stack([drawn(each) for each in characters(split)])[..., None] for split in ("train", "test")}
    np.savez_compressed(folder / "glyphs.npz", **glyphs)


def _read(name: str, licence: str, folder: pathlib.Path, split: str) -> "Source":
    import numpy as np

    from ganzoo.data.source import Source

    with np.load(folder / "glyphs.npz") as arrays:
        images = arrays[split]
    return Source(name, len(images), images, licence=licence, citation=CITATION)
