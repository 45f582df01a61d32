"""The masks of images whose holes are to be filled: files beside files, and the crops in which large images go through.

A mask is an image of the size of its own; a hole is what is above 127 in it, in grey. What is transparent in a mask is
no hole.
"""

import pathlib
from collections.abc import Iterator, Sequence

import numpy as np
import PIL.Image
from scipy import ndimage

from ganzoo.data import folder, pixels
from ganzoo.errors import BadInput

ABOVE = 127
SIDE = 1024  # an image with a longer side is filled hole by hole, so that a hole is seen at the scale of training
CONTEXT = 128  # pixels that are seen around a hole then
CELL = 64  # holes that are in neighbouring squares of this side are filled together


def paired(mask: str, files: Sequence[tuple[pathlib.Path, pathlib.Path]]) -> list[pathlib.Path]:
    """The mask of each image. mask: a file, of all images, or a folder with one for each. files: images, and their
    names relative to the folder they were found in, whose suffix the mask's may differ from. Raises BadInput for none.
    """
    root = pathlib.Path(mask)
    if root.is_file():
        return [root] * len(files)
    if not root.is_dir():
        raise BadInput(f"--mask: nothing at {mask}")
    found = []
    for file, name in files:
        named = [root / name, *(root / name.with_suffix(suffix) for suffix in folder.SUFFIXES)]
        known = next((each for each in named if each.is_file()), None)
        if known is None:
            raise BadInput(f"--mask: none for {file}; looked for {root / name} and for other suffixes")
        found.append(known)
    return found


def check(file: pathlib.Path, mask: pathlib.Path):
    """Raise BadInput unless the mask can be read, is of the size of the image and has a hole. An image that cannot be
    read is let pass."""
    holes = read(mask)
    try:
        size = pixels.decode(file).size[::-1]
    except pixels.UNREADABLE:
        return
    if holes.shape != size:
        is_, wanted = ("x".join(map(str, each)) for each in (holes.shape, size))
        raise BadInput(f"--mask: {mask} is {is_}, but {file} is {wanted}; allowed: masks of the size of their images")


def read(file: pathlib.Path) -> np.ndarray:
    """bool [H, W], where the holes are. Raises BadInput for a file that cannot be read and for no hole at all."""
    try:
        image = pixels.decode(file)
    except pixels.UNREADABLE as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise BadInput(f"--mask: cannot read {file}: {why}") from error
    if image.mode == "RGBA":
        image = PIL.Image.alpha_composite(PIL.Image.new("RGBA", image.size, "black"), image)
    values = np.asarray(image.convert("L"))
    if not np.any(values > ABOVE):
        raise BadInput(f"--mask: {file} has no hole, its largest value is {values.max()}; a hole is above {ABOVE}")
    return values > ABOVE


def crops(holes: np.ndarray, side: int) -> Iterator[tuple[tuple[slice, slice], np.ndarray]]:
    """(rows and columns, bool [h, w]) of bool [H, W]: parts of an image to fill one by one and which of its pixels are
    to be filled then. The whole image, unless a side is longer than `side`: then holes that lie together, with
    `CONTEXT` around them."""
    if max(holes.shape) <= side:
        yield (slice(0, holes.shape[0]), slice(0, holes.shape[1])), holes
        return
    rows, columns = (-(-length // CELL) for length in holes.shape)
    cells = np.zeros([rows * CELL, columns * CELL], bool)
    cells[: holes.shape[0], : holes.shape[1]] = holes
    cells = cells.reshape(rows, CELL, columns, CELL).any(axis=(1, 3))
    labels, _ = ndimage.label(cells, np.ones([3, 3]))
    for number, found in enumerate(ndimage.find_objects(labels), start=1):
        top, left = (CELL * part.start for part in found)
        own = (labels[found] == number).repeat(CELL, axis=0).repeat(CELL, axis=1)
        part = holes[top : top + own.shape[0], left : left + own.shape[1]]
        own = own[: part.shape[0], : part.shape[1]] & part
        filled = [np.flatnonzero(own.any(axis=1 - axis)) + start for axis, start in enumerate((top, left))]
        down, across = (
            slice(max(0, each[0] - CONTEXT), min(length, each[-1] + 1 + CONTEXT))
            for each, length in zip(filled, holes.shape, strict=True)
        )
        inside = np.zeros([down.stop - down.start, across.stop - across.start], bool)
        # Context is wider than a cell, so all cells of these holes lie within.
        upper, most_left = top - down.start, left - across.start
        inside[upper : upper + own.shape[0], most_left : most_left + own.shape[1]] = own
        yield (down, across), inside
