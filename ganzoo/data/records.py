"""Sets too large for memory: fitted images in an ArrayRecord file, read at random places.

Written once into the cache, raw pixels one record an image, so that the order stays a permutation of indices as it is
in memory. Needs the extra `records`.
"""

import hashlib
import json
import pathlib
from collections.abc import Iterator

import numpy as np

from ganzoo.data import cache
from ganzoo.errors import BadInput


class Records:
    """Images of a folder that `write` made: indexed like uint8 [N, H, W, C], but by int [B] only."""

    def __init__(self, folder: pathlib.Path):
        about = json.loads((folder / "about.json").read_text())
        self.shape, self.hash, self.skipped = tuple(about["shape"]), about["hash"], about["skipped"]
        self.labels = np.load(folder / "labels.npy").tolist() if (folder / "labels.npy").exists() else None
        self._reader = _module().ArrayRecordReader(str(folder / "images.array_record"))

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, indices: np.ndarray) -> np.ndarray:
        rows = self._reader.read([int(index) for index in indices])
        return np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), *self.shape[1:])

    def take(self, places: np.ndarray) -> "Part":
        """Those at these places, int [M] or bool [N], which stay in the file."""
        return Part(self, np.arange(len(self))[places])


class Part:
    """Some images of `Records`, indexed as they are. places: int [M]."""

    def __init__(self, whole: Records, places: np.ndarray):
        self.whole, self.places = whole, places
        self.shape = (len(places), *whole.shape[1:])
        self.hash = hashlib.sha256(whole.hash.encode() + places.astype("<i8").tobytes()).hexdigest()

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, indices: np.ndarray) -> np.ndarray:
        return self.whole[self.places[indices]]


def path(key: str) -> pathlib.Path:
    """Where the records of a set lie. key: everything that they depend on."""
    return cache.folder() / "records" / hashlib.sha256(key.encode()).hexdigest()[:16]


def write(rows: Iterator[tuple[np.ndarray, int | None]], folder: pathlib.Path, skipped: list) -> Records:
    """Write (image uint8 [H, W, C], label) into `folder`. skipped: filled while `rows` are read, its length is kept."""
    module = _module()
    digest, labels, shape = hashlib.sha256(), [], ()
    with cache.making(folder) as made:
        writer = module.ArrayRecordWriter(str(made / "images.array_record"), "group_size:1")
        for image, label in rows:
            content = image.tobytes()
            writer.write(content)
            digest.update(content)
            labels.append(label)
            shape = image.shape
        writer.close()
        if labels and labels[0] is not None:
            np.save(made / "labels.npy", np.asarray(labels))
        about = {"shape": [len(labels), *shape], "hash": digest.hexdigest(), "skipped": len(skipped)}
        (made / "about.json").write_text(json.dumps(about))
    return Records(folder)


def _module():
    try:
        from array_record.python import array_record_module
    except ImportError as error:
        raise BadInput("data: a set too large for memory needs array-record; pip install 'ganzoo[records]'") from error
    return array_record_module
