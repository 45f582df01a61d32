"""What every source of images gives: images as they are, with labels and a licence, not yet of one size."""

import dataclasses
import pathlib
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from ganzoo.errors import BadInput
from ganzoo.recipe import Data


@dataclasses.dataclass(frozen=True)
class Item:
    """One image as a source holds it. where: what an error message calls it, a file or a place in a file.

    half: of two pictures side by side in one file the left (0) or the right (1); None = it is one picture.
    """

    where: str
    image: pathlib.Path | bytes | np.ndarray  # a file, an encoded file's content, or pixels [H, W] or [H, W, C]
    label: int | None = None
    half: int | None = None


@dataclasses.dataclass(frozen=True)
class Source:
    """A set of images as a source holds it, in its own order.

    items: Items, or uint8 [N, H, W, C]. labels: of an array of images, int [N]. class_names: None = not known, read
    off the labels; () = no labels. fingerprint: changes when the images do; names what is cached of a set too large
    for memory.
    """

    name: str
    count: int
    items: Iterable[Item] | np.ndarray
    labels: np.ndarray | None = None
    class_names: tuple[str, ...] | None = ()
    licence: str = "unknown"
    citation: str = ""
    fingerprint: str = ""

    def __iter__(self):
        """Every image as an Item."""
        if not isinstance(self.items, np.ndarray):
            yield from self.items
            return
        for index, image in enumerate(self.items):
            yield Item(f"{self.name}[{index}]", image, None if self.labels is None else int(self.labels[index]))


@dataclasses.dataclass(frozen=True)
class Again:
    """An iterable that reads anew each time it is iterated over. read: a function that yields the items."""

    read: Callable[[], Iterator[Item]]

    def __iter__(self) -> Iterator[Item]:
        return self.read()


def existing(data: Data) -> pathlib.Path:
    """`data.path` of a source that needs one. Raises BadInput where it is missing or there is nothing."""
    if not data.path:
        raise BadInput(f"data.path: source {data.source!r} needs one, e.g. data.path=images")
    path = pathlib.Path(data.path).expanduser()
    if not path.exists():
        raise BadInput(f"data.path: nothing at {data.path}")
    return path


def check_split(data: Data, splits: Iterable[str] = ("train",)) -> None:
    """Raises BadInput unless `data.split` is one of `splits`."""
    if data.split not in splits:
        raise BadInput(f"data.split: {data.split!r} of {data.name or data.path}; allowed: {', '.join(splits)}")


def refuse(data: Data, *fields: str) -> None:
    """Raises BadInput where one of `fields`, which mean nothing to this source, is not as `Data` has it by default."""
    for field in dataclasses.fields(Data):
        value = getattr(data, field.name)
        if field.name in fields and value != field.default:
            raise BadInput(f"data.{field.name}: {value!r} means nothing to source {data.source!r}; leave it out")
