"""Judge generated images against real ones: each value between its floor and its ceiling.

The floor is the same distance between real images and other real images, the ceiling that of an untrained generator:
what a perfect and what a useless generator would get with the same extractor and counts. A value means something only
between the two.
"""

import functools
import os
from collections.abc import Callable, Iterable, Sequence

import numpy as np

import ganzoo
from ganzoo.errors import BadInput
from ganzoo.metrics.extractors import EXTRACTORS, Extractor
from ganzoo.metrics.protocol import KINDS, Protocol, parse
from ganzoo.metrics.store import Store

BATCH = 250  # images per call of an extractor
SEED = 0  # of the choice of real images

Images = Callable[[int, int], np.ndarray]  # (start, count) -> uint8 [count, H, W, C]


def evaluate(
    names: Sequence[str],
    fakes: Images,
    reals,
    *,
    n: int | None = None,
    untrained: Callable[[], Images] | None = None,
    key: str = "",
    cache: str | os.PathLike | None = None,
) -> dict[str, dict]:
    """Every metric of `names`, by its name. `n` replaces all counts, and the names change with it.

    fakes(start, count): the images (or points) start ... start + count - 1 of a generator. untrained() gives the same
    function of the generator before its training, which is asked for only where the ceiling is not in the cache under
    `key`, a text that names this generator; None: no ceiling. reals: a `ganzoo.data.images.ImageSet`; of more images
    than the count a fixed random choice is used. Features are computed once per extractor, `BATCH` images at a time;
    those of real images, the floors and the ceilings are kept in `cache`, a folder (None: the user's own).

    Each result: value, floor, ceiling (or None), count, reals (the name), reals_count, floor_count, extractor,
    warnings (lines of text); for kd also spread and subset; for lenet also classes, the share of each of its classes
    among the samples. Raises BadInput.
    """
    extractors = check(names, reals, n)
    protocols = list(dict.fromkeys(parse(name, n) for name in names))
    if untrained and not key:
        raise ValueError("key: a ceiling is kept under the name of its generator, and '' names none")
    shape = _shape(reals)
    store = Store(cache)
    start = functools.cache(lambda: _checked(untrained(), shape))
    results = {}
    for name, extractor in extractors.items():
        judge = _Judge(extractor, reals, store)
        group = [protocol for protocol in protocols if protocol.extractor == name]
        samples, shares = judge.collect(group, _checked(fakes, shape))
        ceilings = judge.ceilings(group, start, key) if untrained else dict.fromkeys(group)
        for protocol in group:
            results[protocol.name] = judge.result(protocol, samples[protocol], ceilings[protocol])
            if extractor.class_names:
                results[protocol.name]["classes"] = shares[protocol]
    for result in results.values():
        result["warnings"] += [store.problem] if store.problem else []
    return {protocol.name: results[protocol.name] for protocol in protocols}


def check(names: Sequence[str], reals, n: int | None = None) -> dict[str, Extractor]:
    """Refuse what `evaluate` would refuse, before a training that ends with it. -> the extractors by name."""
    protocols = [parse(name, n) for name in names]
    for protocol in protocols:
        kind = KINDS[protocol.kind]
        least = kind.LEAST * (2 if kind.NEEDS == "features" else 1)
        if len(reals) < least:
            raise BadInput(f"metrics: {protocol.name} needs {least} or more real images, {reals.name} has {len(reals)}")
    extractors = {name: EXTRACTORS[name]() for name in dict.fromkeys(protocol.extractor for protocol in protocols)}
    for extractor in extractors.values():
        extractor.check(_shape(reals))
    for protocol in protocols:
        if KINDS[protocol.kind].NEEDS == "classes" and not extractors[protocol.extractor].modes:
            raise BadInput(
                f"metrics: {protocol.name} needs an extractor that knows modes, {protocol.extractor} does not"
            )
    return extractors


def _shape(reals) -> tuple[int, ...]:
    return reals.spec.shape


def _checked(images: Images, shape: tuple[int, ...]) -> Images:
    dtype = np.dtype(np.uint8 if len(shape) == 3 else np.float32)

    def read(start, count):
        batch = np.asarray(images(start, count))
        if batch.dtype != dtype or batch.shape != (count, *shape):
            raise BadInput(
                f"metrics: the samples are {batch.dtype} {list(batch.shape)}, to compare with these real images they "
                f"must be {dtype} {[count, *shape]}"
            )
        return batch

    return read


class _Judge:
    """One extractor before one set of real images."""

    def __init__(self, extractor: Extractor, reals, store: Store):
        self.extractor, self.reals, self.store = extractor, reals, store
        self.key = {
            "ganzoo": ganzoo.__version__,
            "data": reals.hash,
            "extractor": extractor.name,
            "weights": extractor.fingerprint,
        }
        # Folders list their images by class: the first N would be some classes only.
        self.order = np.random.default_rng(SEED).permutation(len(reals))
        self.features = np.zeros([0, extractor.dim], np.float32)

    def new(self, protocol: Protocol):
        """The metric before its first image."""
        kind = KINDS[protocol.kind]
        return kind(self.extractor.dim if kind.NEEDS == "features" else self.extractor.modes)

    def collect(self, protocols: Iterable[Protocol], images: Images) -> tuple[dict, dict]:
        """By protocol: the collected features of its first `count` images, and their shares of classes."""
        distances = {protocol: self.new(protocol) for protocol in protocols}
        seen = []
        most = max(protocol.count for protocol in distances)
        for start in range(0, most, BATCH):
            features, classes = self.extractor(images(start, min(BATCH, most - start)))
            seen.append(classes)
            for protocol, distance in distances.items():
                if start < protocol.count:
                    seen_now = features if distance.NEEDS == "features" else classes
                    distance.update(seen_now[: protocol.count - start])
        seen = np.concatenate(seen)
        if not self.extractor.class_names:
            return distances, {}
        return distances, {protocol: self.shares(seen[: protocol.count]) for protocol in distances}

    def shares(self, classes: np.ndarray) -> list[float]:
        counts = np.bincount(classes, minlength=len(self.extractor.class_names))
        return [round(float(count) / len(classes), 6) for count in counts]

    def result(self, protocol: Protocol, samples, ceiling: float | None) -> dict:
        count = min(protocol.count, len(self.reals))
        # A measure of classes looks at the samples alone.
        distance = samples.to(self.real(protocol, 0, count) if samples.NEEDS == "features" else None)
        floor, floor_count = self.floor(protocol)
        warnings = []
        if protocol.kind == "fd" and count < 2 * self.extractor.dim:
            warnings.append(
                f"{protocol.name}: {count} images are too few for the covariance of {self.extractor.dim} features "
                f"(at least {2 * self.extractor.dim} wanted); compare with the floor only, or use kd"
            )
        if floor_count < protocol.count:
            warnings.append(
                f"{protocol.name}: {self.reals.name} has {len(self.reals)} images, so the floor is of {floor_count} "
                f"against {floor_count}"
            )
        return distance | {
            "floor": floor,
            "ceiling": ceiling,
            "count": protocol.count,
            "reals": self.reals.name,
            "reals_count": count,
            "floor_count": floor_count,
            "extractor": self.extractor.name,
            "warnings": warnings,
        }

    def real(self, protocol: Protocol, start: int, stop: int):
        """What is collected of the real images at places start ... stop - 1 of the fixed order."""
        if KINDS[protocol.kind].NEEDS == "features":
            self.extend(stop)
            return self.given(protocol, self.features[start:stop])
        distance = self.new(protocol)
        for first in range(start, stop, BATCH):
            distance.update(self.extractor(self.reals.read(self.order[first : min(first + BATCH, stop)]))[1])
        return distance

    def given(self, protocol: Protocol, features: np.ndarray):
        distance = self.new(protocol)
        distance.update(features)
        return distance

    def extend(self, count: int) -> None:
        """Have the features of the first `count` real images at hand."""
        if len(self.features) >= count:
            return
        key = self.key | {"of": "real images", "order": SEED}
        stored = self.store.array(key)
        if stored is not None and len(stored) > len(self.features):
            self.features = stored
        places = range(len(self.features), count)
        if places:
            batches = [self.order[start : min(start + BATCH, count)] for start in places[::BATCH]]
            fresh = [self.extractor(self.reals.read(indices))[0] for indices in batches]
            self.features = np.concatenate([self.features, *fresh])
            self.store.keep(key, self.features)

    def floor(self, protocol: Protocol) -> tuple[float, int]:
        """Real against other real images, and how many on either side; of classes, those of real images."""
        if KINDS[protocol.kind].NEEDS == "classes":
            count = min(protocol.count, len(self.reals))
            key = self.key | {"of": "floor", "metric": protocol.name}
            return self.store.number(key, lambda: self.real(protocol, 0, count).to(None)["value"]), count
        others = self.extractor.others(self.reals)
        if others is None:
            count = min(protocol.count, len(self.reals) // 2)
        else:
            count = min(protocol.count, len(self.reals), len(others))

        def compute():
            other = self.real(protocol, count, 2 * count) if others is None else self.given(protocol, others[:count])
            return self.real(protocol, 0, count).to(other)["value"]

        return self.store.number(self.key | {"of": "floor", "metric": protocol.name}, compute), count

    def ceilings(self, protocols: list[Protocol], untrained: Callable[[], Images], key: str) -> dict[Protocol, float]:
        """Untrained generator against the real images, by protocol."""
        collect = functools.cache(lambda: self.collect(protocols, untrained())[0])

        def compute(protocol):
            count = min(protocol.count, len(self.reals))
            real = self.real(protocol, 0, count) if KINDS[protocol.kind].NEEDS == "features" else None
            return collect()[protocol].to(real)["value"]

        return {
            protocol: self.store.number(
                self.key | {"of": "ceiling", "metric": protocol.name, "generator": key},
                functools.partial(compute, protocol),
            )
            for protocol in protocols
        }
