"""Images of the model as files: PNGs and grids. Used by `ganzoo sample` and by the pictures of a run."""

import math
import os
import pathlib
from collections.abc import Callable

import numpy as np
import PIL.Image

from ganzoo.errors import BadInput


def picture(image: np.ndarray) -> PIL.Image.Image:
    """uint8 [H, W, C] with C = 1 (grey), 3 (RGB) or 4 (RGBA)."""
    return PIL.Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)


def array(image: PIL.Image.Image) -> np.ndarray:
    """The inverse of `picture`: uint8 [H, W, C]."""
    pixels = np.asarray(image)
    return pixels[..., None] if pixels.ndim == 2 else pixels


def grid(images: np.ndarray, columns: int | None = None) -> PIL.Image.Image:
    """uint8 [N, H, W, C], N > 0, row by row; the rest of the last row is black (transparent with C = 4).

    columns: None = the least square that holds them.
    """
    count, height, width, channels = images.shape
    columns = columns or math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    cells = np.zeros([rows * columns, height, width, channels], np.uint8)
    cells[:count] = images
    cells = cells.reshape(rows, columns, height, width, channels).transpose(0, 2, 1, 3, 4)
    return picture(cells.reshape(rows * height, columns * width, channels))


def scatter(points: np.ndarray, background: np.ndarray, side: int = 384) -> PIL.Image.Image:
    """Points float32 [N, D] in orange over others in grey, by their first two dimensions; the frame is the others'.

    Points outside the frame lie on its edge.
    """
    low, high = background[:, :2].min(0), background[:, :2].max(0)
    margin = 0.15 * (high - low).max()
    centre, reach = (low + high) / 2, (high - low).max() / 2 + margin
    canvas = np.full((side, side, 3), 255, np.uint8)
    for those, colour in ((background, (170, 170, 170)), (points, (230, 90, 0))):
        places = np.clip(((those[:, :2] - centre) / reach + 1) / 2 * side, 1, side - 2)
        columns, rows = places.astype(int).T
        for shift in ((0, 0), (0, 1), (1, 0), (1, 1)):
            canvas[side - 1 - rows - shift[0], columns + shift[1]] = colour
    return PIL.Image.fromarray(canvas)


def save(image: PIL.Image.Image, path: str | os.PathLike):
    """Write a PNG under a temporary name and rename it, so that no reader ever sees half of it."""
    place(path, lambda temporary: image.save(temporary, format="png"))


def place(path: str | os.PathLike, write: Callable[[pathlib.Path], object]):
    """Have a file written under a temporary name and rename it."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        write(temporary)
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def write(images: np.ndarray, out: str | os.PathLike) -> list[pathlib.Path]:
    """uint8 [N, H, W, C] as one grid where `out` ends in .png, else as 000000.png, 000001.png, ... in the folder `out`.

    Points float32 [N, D] are drawn where `out` ends in .png, else written as CSV to a file that must end in .csv.
    Returns the files written. Raises BadInput where they cannot be.
    """
    out = pathlib.Path(out)
    if images.ndim == 2:
        return [_write_points(images, out)]
    if out.suffix.lower() == ".png":
        pictures = {out: grid(images)}
    else:
        pictures = {out / f"{index:06d}.png": picture(image) for index, image in enumerate(images)}
    try:
        for path, image in pictures.items():
            save(image, path)
    except OSError as error:
        raise BadInput(f"out: cannot write {error.filename or out}: {error.strerror or error}") from error
    return list(pictures)


def _write_points(points: np.ndarray, out: pathlib.Path) -> pathlib.Path:
    if out.suffix.lower() not in (".png", ".csv"):
        raise BadInput(f"out: {out} for a model that makes points; allowed: a name that ends in .png or .csv")
    try:
        if out.suffix.lower() == ".png":
            save(scatter(points, points), out)
        else:
            out.parent.mkdir(parents=True, exist_ok=True)
            np.savetxt(out, points, delimiter=",", fmt="%.9g")
    except OSError as error:
        raise BadInput(f"out: cannot write {error.filename or out}: {error.strerror or error}") from error
    return out
