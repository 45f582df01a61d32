"""Images of the model as files: PNGs and grids. Used by `ganzoo sample` and by the pictures of a run."""

import math
import os
import pathlib

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


def save(image: PIL.Image.Image, path: str | os.PathLike):
    """Write a PNG under a temporary name and rename it, so that no reader ever sees half of it."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        image.save(temporary, format="png")
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def write(images: np.ndarray, out: str | os.PathLike) -> list[pathlib.Path]:
    """uint8 [N, H, W, C] as one grid where `out` ends in .png, else as 000000.png, 000001.png, ... in the folder `out`.

    Returns the files written. Raises BadInput where they cannot be.
    """
    out = pathlib.Path(out)
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
