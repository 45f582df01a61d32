"""Qt's binary resources, files *.rcc: a tree of files, stored as they are or compressed by zlib.

The format is that of Qt's tool `rcc --binary`: a header of offsets; the tree, breadth first, nodes of 14 bytes, from
version 2 on of 22; the names in UTF-16; the contents, each after its length. Numbers are big-endian.
"""

import struct
import zlib
from collections.abc import Iterator

from ganzoo.errors import BadInput

COMPRESSED, FOLDER, ZSTANDARD = 1, 2, 4  # flags of a node


def files(content: bytes) -> Iterator[tuple[str, bytes]]:
    """(path, content) of every file in an .rcc file. Raises BadInput for content that is none."""
    try:
        magic, version, tree, data, names = struct.unpack_from(">4s4I", content)
        if magic != b"qres":
            raise BadInput("not a Qt resource file")
        yield from _walk(content, tree, data, names, 22 if version > 1 else 14, 0, "")
    except (struct.error, zlib.error, UnicodeDecodeError) as error:
        raise BadInput(f"not a whole Qt resource file ({error})") from error


def _walk(content: bytes, tree: int, data: int, names: int, size: int, node: int, folder: str) -> Iterator:
    start = tree + size * node
    name, flags = struct.unpack_from(">IH", content, start)
    if node:  # the root has no name
        (length,) = struct.unpack_from(">H", content, names + name)
        folder += content[names + name + 6 : names + name + 6 + 2 * length].decode("utf-16-be")
    if flags & FOLDER:
        children, first = struct.unpack_from(">2I", content, start + 6)
        for child in range(first, first + children):
            yield from _walk(content, tree, data, names, size, child, f"{folder}/" if node else "")
        return
    (offset,) = struct.unpack_from(">I", content, start + 10)
    (length,) = struct.unpack_from(">I", content, data + offset)
    stored = content[data + offset + 4 : data + offset + 4 + length]
    if flags & ZSTANDARD:
        raise BadInput(f"{folder}: compressed by Zstandard, which is not read here")
    yield folder, zlib.decompress(stored[4:]) if flags & COMPRESSED else stored
