"""MNIST's IDX format of arrays: two zero bytes, a type, the rank, the shape as big-endian int32, the values."""

import gzip
import pathlib

import numpy as np

from ganzoo.errors import BadInput


def read(path: pathlib.Path) -> np.ndarray:
    """The uint8 array in a file, compressed by gzip if its name ends in .gz."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    if content[:3] != b"\0\0\x08":
        raise BadInput(f"{path}: not an IDX file of bytes")
    start = 4 + 4 * content[3]
    shape = np.frombuffer(content[4:start], ">i4")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
