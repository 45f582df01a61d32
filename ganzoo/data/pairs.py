"""Two sets of images that batches of both domains are drawn from, as pairs or independently.

As for one set, the batch after `start` images is a pure function of (seed, start). Pairs share their place in the
order, the window and the flip; without pairs `b` has all three of its own. So a batch of pix2pix (Isola et al. 2017,
arXiv 1611.07004) and one of CycleGAN (Zhu et al. 2017, arXiv 1703.10593, which draws the second domain at random)
differ in one seed.
"""

import contextlib
import dataclasses
import functools
import hashlib
from collections.abc import Iterator

import numpy as np
import tensorflow as tf

import ganzoo.data
from ganzoo.data import assemble, layouts, order
from ganzoo.data.images import ImageSet, Spec
from ganzoo.data.source import Source
from ganzoo.errors import BadInput
from ganzoo.recipe import Data, Pairs


@dataclasses.dataclass(frozen=True)
class PairSpec:
    """What a batch is made of: images of two kinds. aligned: row i of `b` belongs to row i of `a`."""

    a: Spec
    b: Spec
    classes: int = 0
    aligned: bool = False

    @property
    def shape(self) -> tuple[int, int, int]:
        """That of `a`."""
        return self.a.shape

    def element(self) -> dict[str, tf.TensorSpec]:
        """One row of a batch."""
        return {"a": self.a.element()["image"], "b": self.b.element()["image"]}


@dataclasses.dataclass(eq=False)
class PairSet:
    """The images of two domains. aligned: image i of `b` belongs to image i of `a`.

    held_out: images of both that this set does not have; undivided: the set before they were taken away.
    """

    a: ImageSet
    b: ImageSet
    aligned: bool = False
    held_out: "PairSet | None" = None
    undivided: "PairSet | None" = None

    KIND, SKIPPED = ImageSet.KIND, ImageSet.SKIPPED
    class_names = ()
    labels = None

    def __len__(self) -> int:
        """The number of pairs; without pairs, that of the larger set."""
        return max(len(self.a), len(self.b))

    @property
    def spec(self) -> PairSpec:
        return PairSpec(self.a.spec, self.b.spec, aligned=self.aligned)

    @property
    def whole(self) -> "PairSet":
        """What translated images are compared with: the undivided set."""
        return self.undivided or self

    @property
    def name(self) -> str:
        return " and ".join(self._both("name"))

    @property
    def licence(self) -> str:
        return "; ".join(self._both("licence"))

    @property
    def citation(self) -> str:
        return "\n\n".join(self._both("citation"))

    @property
    def skipped(self) -> int:
        return self.a.skipped + self.b.skipped

    @functools.cached_property
    def hash(self) -> str:
        """SHA-256 of both sets and of whether they are pairs, in hexadecimal."""
        return hashlib.sha256(f"{self.a.hash} {self.b.hash} {self.aligned}".encode()).hexdigest()

    def lookup(self, positions: tf.Tensor, seed: int) -> dict[str, tf.Tensor]:
        """The batch at these positions of the endless sequence, gathered on the device that runs it.

        positions: int64 [B], the number of images seen before each. -> `a` and `b` float32 [B, h, w, C] in [-1, 1].
        Raises BadInput for a set that is not in memory.
        """
        a, b = self.a.lookup(positions, seed), self.b.lookup(positions, self._seed_of_b(seed))
        return {"a": a["image"], "b": b["image"]}

    def stream(self, batch: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """The endless sequence from its `start`-th image on, in batches as `lookup` gives them."""
        a, b = self.a.stream(batch, seed, start), self.b.stream(batch, self._seed_of_b(seed), start)
        return tf.data.Dataset.zip(a, b).map(lambda a, b: {"a": a["image"], "b": b["image"]})

    def positions(self, batch: int, start: int = 0) -> tf.data.Dataset:
        """int64 [batch] for `lookup`: start, start + 1, ..."""
        return self.a.positions(batch, start)

    def _seed_of_b(self, seed: int) -> int:
        return seed if self.aligned else order.other(seed)

    def _both(self, field: str) -> list[str]:
        """What the two sets say, once where it is the same."""
        said = dict.fromkeys((getattr(self.a, field), getattr(self.b, field)))
        return [each for each in said if each]


def open_set(data: Pairs) -> PairSet:
    """The two sets of `data`. Raises BadInput where one cannot be opened or they do not fit together."""
    for field in ("on_device", *(("flip", "limit", "held_out") if data.aligned else ())):
        _agree(data, field)
    if bool(data.a.held_out) != bool(data.b.held_out):
        _agree(data, "held_out")
    if data.split != Pairs.split and not data.path:
        raise BadInput(f"data.split: {data.split!r}, but there is no data.path; state data.a.split and data.b.split")
    domains = {"a": data.a, "b": data.b}
    if data.path:
        domains = {name: dataclasses.replace(each, source="folder", path=data.path) for name, each in domains.items()}
        sources = layouts.open(data)
    else:
        sources = tuple(_open_source(name, each) for name, each in domains.items())
    if data.aligned and sources[0].count != sources[1].count:
        a, b = sources
        raise BadInput(
            f"data.aligned: {a.name} has {a.count} images and {b.name} {b.count}, which are no pairs; "
            "data.aligned=false takes them as they are"
        )
    a, b = (_assemble(name, domains[name], source) for name, source in zip("ab", sources, strict=True))
    if data.aligned:
        a, b = _match(a, b)
    if not data.a.held_out:
        return PairSet(a, b, data.aligned)
    undivided = PairSet(a, b, data.aligned)
    a, b = a.split(data.a.held_out, data.a.limit), b.split(data.b.held_out, data.b.limit)
    return PairSet(a, b, data.aligned, PairSet(a.held_out, b.held_out, data.aligned), undivided)


def _agree(data: Pairs, field: str):
    a, b = getattr(data.a, field), getattr(data.b, field)
    if a != b:
        kind = "of pairs" if data.aligned else "of two domains"
        raise BadInput(f"data.a.{field} is {a} and data.b.{field} {b}; {kind} they are the same")


@contextlib.contextmanager
def _domain(name: str) -> Iterator[None]:
    """Names a field of a set in what is refused as that of a domain."""
    try:
        yield
    except BadInput as error:
        raise BadInput(str(error).replace("data.", f"data.{name}.")) from error


def _open_source(name: str, data: Data) -> Source:
    if data.source in ganzoo.data.MADE:
        raise BadInput(f"data.{name}.source: {data.source!r} does not make images of one domain")
    with _domain(name):
        ganzoo.data.check(data)
        return ganzoo.data.open_source(dataclasses.replace(data, classes=0))


def _assemble(name: str, data: Data, source: Source) -> ImageSet:
    """The set of one domain, all of it where images will be held out of it."""
    if data.classes:
        raise BadInput(f"data.{name}.classes: {data.classes}, but domains have no labels; leave it out")
    limit = None if data.held_out else data.limit
    with _domain(name):
        ganzoo.data.check(data)
        return assemble.assemble(source, dataclasses.replace(data, classes=0, limit=limit))


def _match(a: ImageSet, b: ImageSet) -> tuple[ImageSet, ImageSet]:
    """The images of which both sets have the other half: an unreadable one takes its partner along."""
    if a.images.shape[1:3] != b.images.shape[1:3] or a.window != b.window:
        raise BadInput(f"data.aligned: {_size(a)} and {_size(b)}; pairs are of one size, window and tile")
    if not all(isinstance(each.images, np.ndarray) for each in (a, b)):
        if a.skipped or b.skipped:
            raise BadInput(f"data.aligned: {a.name} and {b.name} lack images and are too large for memory; mend them")
        return a, b
    numbers = [np.arange(len(each)) if each.sources is None else each.sources for each in (a, b)]
    common = np.intersect1d(*numbers)
    if not len(common):
        raise BadInput(f"data.aligned: no image of {a.name} has a readable partner in {b.name}")
    a, b = (each.take(np.isin(places, common)) for each, places in zip((a, b), numbers, strict=True))
    numbers = [places[np.isin(places, common)] for places in numbers]
    if not np.array_equal(*numbers):
        tiles = [np.unique(places, return_counts=True)[1] for places in numbers]
        first = np.flatnonzero(tiles[0] != tiles[1])[0]
        raise BadInput(
            f"data.tile: image number {common[first]} gives {tiles[0][first]} tiles in {a.name} and {tiles[1][first]} "
            f"in {b.name}; pairs are of one size"
        )
    return a, b


def _size(images: ImageSet) -> str:
    seen = f" seen through {images.window[0]}x{images.window[1]}" if images.window else ""
    return f"{images.name} has images of {images.images.shape[1]}x{images.images.shape[2]}{seen}"
