"""Photos of scikit-image, kept for tests of restoration: 5 in colour and 6 in grey, of 300 to 600 pixels height.

Read from the package's wheel: scikit-image itself need not be installed. State `channels`, and `size` or `tile`.
"""

import pathlib
from typing import TYPE_CHECKING

from ganzoo.data import archives, sets

if TYPE_CHECKING:
    from ganzoo.data.source import Source

FOLDER = pathlib.PurePath("skimage", "data")
# The right image of the stereo pair and what is drawn, stained or from space are left out.
COLOUR = ("astronaut.png", "chelsea.png", "coffee.png", "motorcycle_left.png", "rocket.jpg")
GREY = ("brick.png", "camera.png", "coins.png", "grass.png", "gravel.png", "moon.png")


def read(folder: pathlib.Path, split: str) -> "Source":
    """The photos: those in colour (`test`) or in grey (`grey`), sorted by name."""
    from ganzoo.data.source import Item, Source

    names = COLOUR if split == "test" else GREY
    items = [Item(f"skimage_photos/{name}", folder / FOLDER / name) for name in names]
    return Source("skimage_photos", len(items), items, licence=SET.licence, citation=SET.citation)


SET = sets.PackageSet(
    name="skimage_photos",
    archive=archives.Archive(
        kind="wheel",
        package="scikit-image",
        version="0.26.0",
        file="scikit_image-0.26.0-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl",
        sha256="74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
    ),
    members=rf"{FOLDER.as_posix()}/({'|'.join((*COLOUR, *GREY))})|.*/LICENSE\.txt",
    read=read,
    splits={"test": len(COLOUR), "grey": len(GREY)},
    size=None,
    channels=None,
    class_names=(),
    licence="BSD-3-Clause, public domain or CC0 by image (see skimage.data's documentation)",
    citation="S. van der Walt et al. scikit-image: image processing in Python. PeerJ 2:e453, 2014.",
)
