"""Image files of 16 bits a channel, PNG and TIFF, without the loss of half of their bits.

Pillow reads and writes 16 bits of grey alone: PNG in colour goes through TensorFlow, and TIFF in colour is read here
where it is not compressed or by deflate.
"""

import io
import pathlib
import zlib

import numpy as np
import PIL.ExifTags
import PIL.Image
import PIL.ImageOps
import tensorflow as tf

MOST = 65535
# Tags of TIFF 6.0, and their values where it is the rule.
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_OFFSETS, _BYTES, _PLANAR, _PREDICTOR = 273, 279, 284, 317
_RGB, _PLAIN, _DEFLATE, _TOGETHER = 2, 1, (8, 32946), 1


def read(file: pathlib.Path) -> np.ndarray | None:
    """uint16 [H, W, C] of a file with 16 bits a channel, turned as its EXIF orientation says; None for any other file.

    C: 1 grey, 2 grey and opacity, 3 RGB, 4 RGBA. Raises one of `pixels.UNREADABLE`.
    """
    content = file.read_bytes()
    with PIL.Image.open(io.BytesIO(content)) as image:
        if image.mode.startswith("I"):
            PIL.ImageOps.exif_transpose(image, in_place=True)
            return _grey(np.asarray(image))
        values = {"PNG": _png, "TIFF": _tiff}.get(image.format, _none)(image, content)
        return None if values is None else turned(values, image.getexif().get(PIL.ExifTags.Base.Orientation, 1))


def fit(values: np.ndarray, channels: int) -> np.ndarray:
    """uint16 [H, W, 1..4] with 1, 3 or 4 channels, by the rules of `pixels.fit`."""
    colour, opacity = values, None
    if values.shape[2] in (2, 4):
        colour, opacity = values[:, :, :-1], values[:, :, -1:]
        if channels != 4:
            share = opacity / np.float32(MOST)
            colour = np.rint(colour * share + MOST * (1 - share)).astype(np.uint16)
    if colour.shape[2] == 3 and channels == 1:
        colour = np.rint(colour @ np.float32([[0.299], [0.587], [0.114]])).astype(np.uint16)
    if colour.shape[2] == 1 and channels != 1:
        colour = np.repeat(colour, 3, axis=2)
    if channels != 4:
        return colour
    return np.concatenate([colour, np.full_like(colour[:, :, :1], MOST) if opacity is None else opacity], axis=2)


def turned(values: np.ndarray, orientation: int) -> np.ndarray:
    """[H, W, C] as an EXIF orientation, 1 to 8, says it is to be seen; any other number is taken for 1."""
    values = values.swapaxes(0, 1) if 5 <= orientation <= 8 else values
    values = values[::-1] if orientation in (3, 4, 7, 8) else values
    return values[:, ::-1] if orientation in (2, 3, 6, 7) else values


def encoded(values: np.ndarray) -> bytes:
    """A PNG of uint16 [H, W, 1..4]."""
    return tf.io.encode_png(values).numpy()


def _none(image: PIL.Image.Image, content: bytes) -> None:
    return None


def _grey(values: np.ndarray) -> np.ndarray:
    if values.size and not 0 <= values.min() <= values.max() <= MOST:
        raise ValueError("pixels are not of 16 bits, 0..65535")
    return values.astype(np.uint16)[:, :, None]


def _png(image: PIL.Image.Image, content: bytes) -> np.ndarray | None:
    if content[24:25] != b"\x10":  # bits of a channel, in the header that is always first
        return None
    try:
        return tf.io.decode_png(content, dtype=tf.uint16).numpy()
    except tf.errors.InvalidArgumentError as error:
        raise ValueError("a damaged PNG of 16 bits a channel") from error


def _tiff(image: PIL.Image.Image, content: bytes) -> np.ndarray | None:
    """Of RGB or RGBA in strips, not yet turned."""
    tags, bits = image.tag_v2, image.tag_v2.get(_BITS, (1,))
    if set(bits) != {16}:
        return None
    kind = tags.get(_COMPRESSION, _PLAIN)
    if tags.get(_PHOTOMETRIC) != _RGB or tags.get(_PLANAR, _TOGETHER) != _TOGETHER or _OFFSETS not in tags:
        raise ValueError("a TIFF of 16 bits a channel; allowed: grey, or RGB in strips with channels together")
    if kind != _PLAIN and kind not in _DEFLATE:
        raise ValueError("a compressed TIFF of 16 bits a channel; allowed: deflate (ZIP) or no compression")
    strips = [content[start : start + count] for start, count in zip(tags[_OFFSETS], tags[_BYTES], strict=True)]
    joined = b"".join(strips if kind == _PLAIN else map(zlib.decompress, strips))
    order = "<u2" if content[:2] == b"II" else ">u2"
    values = np.frombuffer(joined, order).reshape(tags[_HEIGHT], tags[_WIDTH], len(bits)).astype(np.uint16)
    if tags.get(_PREDICTOR, 1) == 2:  # differences to the pixel on the left
        values = np.cumsum(values, axis=1, dtype=np.uint16)
    return values
