"""From a source to a set: decode in parallel, fit every image, check all against what the recipe states."""

import concurrent.futures
import itertools
import os
import sys
from collections.abc import Iterator

import numpy as np

from ganzoo.data import pixels, records
from ganzoo.data.images import ImageSet
from ganzoo.data.source import Item, Source
from ganzoo.errors import BadInput
from ganzoo.recipe import Data

MEMORY = 2 * 2**30  # bytes of pixels that a set may take
MANY = 65_536  # classes that labels without names may count


def assemble(source: Source, data: Data, memory: int = MEMORY) -> ImageSet:
    """The images of `source` as `data` wants them. Raises BadInput where they disagree.

    memory: bytes of pixels from which on a source that has a fingerprint is written to a file and read from there.
    """
    reader = Reader(source, data)
    array = _array(source, data)
    sources = None
    if array is not None:
        images, labels = array, None if source.labels is None else source.labels[: len(array)]
        if labels is not None:
            reader.check_labels(labels)
    else:
        images, labels = _collect(reader, memory)
        sources = np.asarray(reader.sources) if isinstance(images, np.ndarray) else None
        if reader.small:
            few = f"{source.name}: {len(reader.small)} images smaller than data.tile={data.tile} are left out"
            print(f"{few}, the first is {reader.small[0]}", file=sys.stderr)
    names = reader.class_names(labels)
    return ImageSet(
        name=source.name,
        images=images,
        labels=np.asarray(labels, np.int32) if names else None,
        class_names=names,
        licence=source.licence,
        citation=source.citation,
        skipped=len(reader.skipped) if isinstance(images, np.ndarray) else images.skipped,
        flip=data.flip,
        window=_window(source.name, images.shape, data),
        sources=sources,
    )


def _size(data: Data) -> tuple[int, int] | None:
    size = _pixels("size", data.size)
    if size and data.tile:
        raise BadInput(f"data.size: {data.size}, but data.tile={data.tile} cuts instead of resizing; state one of them")
    return size


def _window(name: str, shape: tuple[int, ...], data: Data) -> tuple[int, int] | None:
    """The window that `data` states, None where it is as large as the images."""
    size = _pixels("window", data.window)
    if size is None or size == tuple(shape[1:3]):
        return None
    if size[0] > shape[1] or size[1] > shape[2]:
        raise BadInput(f"data.window: {_by(size)}, but the images of {name} are {_by(shape[1:])}")
    return size


def _pixels(field: str, value: int | tuple[int, int] | None) -> tuple[int, int] | None:
    """Height and width of a field of `Data`."""
    if value is None:
        return None
    size = value if isinstance(value, tuple) else (value, value)
    if min(size) < 1:
        raise BadInput(f"data.{field}: {value}; allowed: 1 or more pixels")
    return size


def _array(source: Source, data: Data) -> np.ndarray | None:
    """The images where the source is an array that needs no resizing and no arithmetic on colours."""
    images = source.items
    if data.tile:
        return None
    if not isinstance(images, np.ndarray) or images.dtype != np.uint8 or _size(data) not in (None, images.shape[1:3]):
        return None
    return pixels.with_channels(images[: data.limit], data.channels)


def _collect(reader: "Reader", memory: int) -> tuple[np.ndarray | records.Records, list]:
    folder = records.path(reader.key)
    if reader.source.fingerprint and folder.exists():
        written = records.Records(folder)
        return written, written.labels
    rows = iter(reader)
    image, label = next(rows)
    rows = itertools.chain([(image, label)], rows)
    if reader.data.tile:
        # How many tiles there are is known at the end only.
        most = memory // image.nbytes + 1 if reader.source.fingerprint else None
        held = list(itertools.islice(rows, most))
        rows, count, size = itertools.chain(held, rows), len(held), len(held) * image.nbytes
    else:
        count, size = reader.count, reader.count * image.nbytes
    if reader.source.fingerprint and size > memory:
        print(f"{reader.source.name}: writing {size / 2**30:.1f} GB of images to {folder}, once", file=sys.stderr)
        written = records.write(rows, folder, reader.skipped)
        return written, written.labels
    images, labels = np.empty((count, *image.shape), np.uint8), []
    for row, (image, label) in enumerate(rows):
        images[row] = image
        labels.append(label)
    return images[: len(labels)], labels


class Reader:
    """Iterates over (image uint8 [H, W, C], label) of a source, all of one shape; collects what cannot be read.

    bad: (where, why) of what is unreadable. small: of images smaller than a tile, where. skipped: both. sources: of
    each image given, its number in the source.
    """

    def __init__(self, source: Source, data: Data):
        self.source, self.data, self.size = source, data, _size(data)
        self.count = min(source.count, data.limit or source.count)
        if data.tile is not None and data.tile < 1:
            raise BadInput(f"data.tile: {data.tile}; allowed: 1 or more pixels")
        self._start()
        known = source.class_names
        if data.classes and known == ():
            raise BadInput(f"data.classes: {data.classes}, but {source.name} has no labels")
        if data.classes and known and len(known) != data.classes:
            raise BadInput(f"data.classes: {data.classes}, but {source.name} has {len(known)}: {_few(known)}")
        self.classes = data.classes if data.classes is not None else None if known is None else len(known)

    @property
    def key(self) -> str:
        """Everything that the fitted images depend on."""
        fields = (self.size, self.data.channels, self.data.crop, self.data.classes, self.count, self.data.skip_bad)
        tile = f" tile {self.data.tile}" if self.data.tile else ""
        return f"{self.source.name} {self.source.fingerprint} {fields}{tile}"

    def _start(self):
        self.bad: list[tuple[str, Exception]] = []
        self.small: list[str] = []
        self.skipped: list[str] = []
        self.sources: list[int] = []

    def class_names(self, labels) -> tuple[str, ...]:
        """One name for each class, () = no labels; where a source has labels without names, their numbers."""
        if self.classes == 0:
            return ()
        if self.source.class_names:
            return self.source.class_names
        return tuple(str(index) for index in range(self.classes or int(max(labels)) + 1))

    def __iter__(self) -> Iterator[tuple[np.ndarray, int | None]]:
        self._start()
        good, first = 0, None
        for number, (item, images) in enumerate(self._fitted()):
            if isinstance(images, Exception):
                self.bad.append((item.where, images))
                self.skipped.append(item.where)
            elif not images:
                self.small.append(item.where)
                self.skipped.append(item.where)
            else:
                for image in images:
                    first = first or (item.where, image.shape)
                    self._check(item, image, *first)
                    self.sources.append(number)
                    yield image, item.label
                good += 1
            if good == self.count:
                break
        if self.bad and not (self.data.skip_bad and good):
            raise BadInput(self._complaint(good))
        if not good and self.small:
            raise BadInput(f"data.tile: {self.data.tile}, but every image of {self.source.name} is smaller")
        if not good:
            raise BadInput(f"data: {self.source.name} has no images")

    def _fitted(self) -> Iterator[tuple[Item, list[np.ndarray] | Exception]]:
        items = iter(self.source)
        workers = os.cpu_count() or 1
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            # In portions: neither all encoded files nor all decoded images are held at once.
            while portion := list(itertools.islice(items, 64 * workers)):
                yield from zip(portion, pool.map(self._fit, portion), strict=True)

    def _fit(self, item: Item) -> list[np.ndarray] | Exception:
        try:
            image = pixels.picture(item.image)
            if item.half is not None:
                image = pixels.half(image, item.half)
        except pixels.UNREADABLE as error:
            return error
        fitted = pixels.fit(image, self.size, self.data.channels, self.data.crop)
        return pixels.tiles(fitted, self.data.tile) if self.data.tile else [fitted]

    def _check(self, item: Item, image: np.ndarray, first: str, shape: tuple[int, ...]):
        if image.shape[:2] != shape[:2]:
            raise BadInput(
                f"data.size: {item.where} is {_by(image.shape)}, {first} is {_by(shape)}; "
                "images of several sizes need one, e.g. data.size=64"
            )
        if image.shape[2] != shape[2]:
            raise BadInput(f"data.channels: {item.where} has {image.shape[2]}, {first} has {shape[2]}; state 1, 3 or 4")
        if self.classes != 0:
            self._check_label(item.where, item.label)

    def check_labels(self, labels: np.ndarray):
        """Raises BadInput for the first label out of range."""
        wrong = np.flatnonzero((labels < 0) | (labels >= (self.classes or MANY)))
        if self.classes != 0 and len(wrong):
            self._check_label(f"{self.source.name}[{wrong[0]}]", labels[wrong[0]])

    def _check_label(self, where: str, label: int | None):
        classes = self.classes or MANY
        if label is None or not 0 <= label < classes:
            raise BadInput(f"{where}: label {label}; allowed: 0..{classes - 1}")

    def _complaint(self, good: int) -> str:
        named = ", ".join(f"{where} ({_line(error)})" for where, error in self.bad[:3])
        more = f" and {len(self.bad) - 3} more" if len(self.bad) > 3 else ""
        advice = "; data.skip_bad=true skips them" if good else ""
        where = self.data.path or self.source.name
        share = f"{len(self.bad)} of {len(self.bad) + good}"
        return f"data: {share} images in {where} are unreadable: {named}{more}{advice}"


def _few(names: tuple[str, ...]) -> str:
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")


def _by(shape: tuple[int, ...]) -> str:
    return f"{shape[0]}x{shape[1]}"


def _line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0] or type(error).__name__
