"""TFRecord files of examples with the features `image` (an encoded file) and, where there are any, `label` (int64)."""

import functools
import hashlib
import pathlib
from collections.abc import Iterator

import tensorflow as tf

from ganzoo.data.source import Again, Item, Source, check_split, existing
from ganzoo.errors import BadInput
from ganzoo.recipe import Data


def open(data: Data) -> Source:
    """The records of the file `data.path`, or of the files *.tfrecord* in that folder, sorted by name."""
    check_split(data)
    path = existing(data)
    files = sorted(file for file in path.glob("*.tfrecord*") if file.is_file()) if path.is_dir() else [path]
    if not files:
        raise BadInput(f"data.path: no file *.tfrecord* in {data.path}")
    count = sum(_count(file) for file in files)
    if not count:
        raise BadInput(f"data.path: no record in {data.path}")
    labelled = next(_items(files)).label is not None
    return Source(
        name=data.name or path.stem,
        count=count,
        items=Again(functools.partial(_items, files)),
        class_names=None if labelled else (),
        fingerprint=_fingerprint(files),
    )


def _count(file: pathlib.Path) -> int:
    try:
        return int(tf.data.TFRecordDataset(str(file)).reduce(tf.constant(0, tf.int64), lambda count, _: count + 1))
    except tf.errors.DataLossError as error:
        raise BadInput(f"{file}: not a whole TFRecord file ({error.message.splitlines()[0]})") from error


def _items(files: list[pathlib.Path]) -> Iterator[Item]:
    for file in files:
        for index, record in enumerate(tf.data.TFRecordDataset(str(file)).as_numpy_iterator()):
            where = f"{file}[{index}]"
            features = _example(where, record).features.feature
            image, label = features["image"].bytes_list.value, features["label"].int64_list.value
            if len(image) != 1 or len(label) > 1:
                raise BadInput(
                    f"{where}: {len(image)} values of bytes in feature 'image' and {len(label)} integers in 'label'; "
                    "allowed: 1, and 1 or none"
                )
            yield Item(where, image[0], label[0] if label else None)


def _example(where: str, record: bytes) -> tf.train.Example:
    from google.protobuf.message import DecodeError

    try:
        return tf.train.Example.FromString(record)
    except DecodeError as error:
        raise BadInput(f"{where}: not a tf.train.Example ({error})") from error


def _fingerprint(files: list[pathlib.Path]) -> str:
    states = [(str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return hashlib.sha256(repr(states).encode()).hexdigest()
