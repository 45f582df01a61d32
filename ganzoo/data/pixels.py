"""One image from whatever form to uint8 [H, W, C]: decode, orient, flatten, crop, resize.

Files of 8 or 16 bits, grey, RGB, RGBA, palette or CMYK. A picture with transparency becomes grey or RGB on white.
"""

import io
import pathlib
import struct
import zlib

import numpy as np
import PIL.Image
import PIL.ImageOps

# What Pillow raises for a file that it cannot read.
UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, PIL.Image.DecompressionBombError)

MODES = {1: "L", 3: "RGB", 4: "RGBA"}


def decode(content: pathlib.Path | bytes) -> PIL.Image.Image:
    """The picture in a file or in a file's content, turned as its EXIF orientation says; mode L, RGB or RGBA.

    Raises one of UNREADABLE.
    """
    if isinstance(content, pathlib.Path):
        # By its path Pillow 13.0 maps a TIFF that is to be turned by 90 degrees into memory as if it were so already.
        content = content.read_bytes()
    try:
        image = PIL.Image.open(io.BytesIO(content))
    except PIL.UnidentifiedImageError as error:  # whose text names an object in memory
        raise ValueError("not an image of a known format") from error
    with image:
        image.load()
    PIL.ImageOps.exif_transpose(image, in_place=True)
    if image.mode.startswith("I"):
        return PIL.Image.fromarray(to_uint8(np.asarray(image)))
    if image.mode == "F":
        raise ValueError("floating point pixels")
    mode = "RGBA" if image.has_transparency_data else "L" if image.mode in ("1", "L") else "RGB"
    return image if image.mode == mode else image.convert(mode)


def to_uint8(values: np.ndarray) -> np.ndarray:
    """uint8 of integers of 8 bits (kept) or 16 (0..65535, of any integer dtype). Raises ValueError for others."""
    if values.dtype == np.uint8:
        return values
    if values.dtype == bool:
        return values.astype(np.uint8) * 255
    if values.dtype.kind not in "iu" or (values.size and not 0 <= values.min() <= values.max() <= 65535):
        raise ValueError(f"pixels are {values.dtype}, not uint8 or 16 bit 0..65535")
    return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)


def as_image(values: np.ndarray) -> PIL.Image.Image:
    """uint8 or 16 bit [H, W], [H, W, 1], [H, W, 3] or [H, W, 4] as a picture. Raises ValueError for others."""
    values = to_uint8(values)
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[:, :, 0]
    if values.ndim != 2 and (values.ndim != 3 or values.shape[2] not in (3, 4)):
        raise ValueError(f"shape {values.shape} is not that of an image, [H, W], [H, W, 1], [H, W, 3] or [H, W, 4]")
    return PIL.Image.fromarray(values)


def picture(image: pathlib.Path | bytes | np.ndarray) -> PIL.Image.Image:
    """A picture in any form that a source holds: pixels as of `as_image`, or what `decode` takes. Raises one of
    UNREADABLE."""
    return as_image(image) if isinstance(image, np.ndarray) else decode(image)


def fit(image: PIL.Image.Image, size: tuple[int, int] | None, channels: int | None, crop: bool = True) -> np.ndarray:
    """uint8 [H, W, C] of a picture of mode L, RGB or RGBA.

    size: (height, width), None = as it is. channels: 1, 3 or 4, None = as it has. crop: cut the centre to the aspect
    of `size` first, else squeeze. Resizing is antialiased (bicubic, colours weighted by their opacity).
    """
    if channels in (1, 3) and image.mode == "RGBA":
        white = PIL.Image.new("RGBA", image.size, "white")
        image = PIL.Image.alpha_composite(white, image)
    if channels is not None and image.mode != MODES[channels]:
        image = image.convert(MODES[channels])
    if size is not None and (image.height, image.width) != size:
        height, width = size
        box = _centre(image.width, image.height, width / height) if crop else None
        image = image.resize((width, height), PIL.Image.Resampling.BICUBIC, box=box)
    values = np.asarray(image)
    return values[:, :, None] if values.ndim == 2 else values


def half(image: PIL.Image.Image, which: int) -> PIL.Image.Image:
    """The left (0) or the right (1) of two squares side by side. Raises ValueError for a picture of another aspect."""
    if image.width != 2 * image.height:
        raise ValueError(f"{image.height}x{image.width} is not two squares side by side")
    return image.crop((which * image.height, 0, (which + 1) * image.height, image.height))


def tiles(image: np.ndarray, side: int) -> list[np.ndarray]:
    """The squares [side, side, C] that lie beside each other in [H, W, C], row by row from the upper left corner."""
    rows, columns = image.shape[0] // side, image.shape[1] // side
    corners = [(side * row, side * column) for row in range(rows) for column in range(columns)]
    return [image[top : top + side, left : left + side] for top, left in corners]


def _centre(width: int, height: int, aspect: float) -> tuple[float, float, float, float]:
    """The largest box of that aspect in the middle: left, upper, right, lower."""
    wide, high = min(width, height * aspect), min(height, width / aspect)
    left, upper = (width - wide) / 2, (height - high) / 2
    return left, upper, left + wide, upper + high


def with_channels(images: np.ndarray, channels: int | None) -> np.ndarray | None:
    """uint8 [N, H, W, C] with that many channels where it takes no arithmetic, else None."""
    have = images.shape[-1]
    if channels in (None, have):
        return images
    if have == 1 and channels == 3:
        return np.repeat(images, 3, axis=-1)
    return None
