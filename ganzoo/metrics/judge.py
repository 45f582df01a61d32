"""One extractor before one set of real images: what is collected of either side, floors and ceilings."""

import functools
from collections.abc import Callable, Sequence

import numpy as np

import ganzoo
from ganzoo.metrics.extractor import Extractor
from ganzoo.metrics.feature_file import FeatureSet
from ganzoo.metrics.kind import Kind
from ganzoo.metrics.protocol import KINDS, Protocol
from ganzoo.metrics.store import Store

BATCH = 250  # images per call of an extractor
SEED = 0  # of the choice of real images

Images = Callable[[int, int], np.ndarray]  # (start, count) -> uint8 [count, H, W, C], or points float32 [count, D]
Labels = Callable[[int, int], np.ndarray]  # (start, count) -> int [count]
Steps = Callable[[int, int], np.ndarray]  # (start, count) -> float32 [count, 2, H, W, C], see `path_length.steps`


class _Views(dict):
    """What metrics need of one batch, by name: made when first asked for."""

    def __init__(self, extractor: Extractor, sources: dict[str, Callable[[], np.ndarray]]):
        super().__init__()
        self.extractor, self.sources = extractor, sources

    def __missing__(self, need: str) -> np.ndarray:
        if need in self.sources:
            self[need] = self.sources[need]()
        else:
            self.update(self.extractor.views(self["images"]))
        return self[need]


class Judge:
    """Collects samples and real images and compares them."""

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
        if isinstance(reals, FeatureSet):
            reals.check(extractor)
            self.features, self.order = reals.features, np.arange(len(reals))  # in that order already

    def new(self, protocol: Protocol) -> Kind:
        """The metric before its first image."""
        kind = KINDS[protocol.kind]
        return kind(getattr(self.extractor, kind.OF))

    def collect(self, protocols: Sequence[Protocol], samples: dict[str, Callable]) -> tuple[dict, dict]:
        """By protocol: what is collected of its first `count` samples, and their shares of classes.

        samples: "images" (`Images`), "labels" (`Labels`) and "steps" (`Steps`), None for what no metric needs.
        """
        collected = {protocol: self.new(protocol) for protocol in protocols}
        seen = []
        most = max(protocol.count for protocol in collected)
        for start in range(0, most, BATCH):
            count = min(BATCH, most - start)
            sources = {name: functools.partial(read, start, count) for name, read in samples.items() if read}
            views = _Views(self.extractor, sources)
            if self.extractor.class_names:
                seen.append(views["classes"])
            for protocol, metric in collected.items():
                if start < protocol.count:
                    metric.update(*(views[need][: protocol.count - start] for need in metric.NEEDS))
        if not self.extractor.class_names:
            return collected, {}
        seen = np.concatenate(seen)
        return collected, {protocol: self._shares(seen[: protocol.count]) for protocol in collected}

    def _shares(self, classes: np.ndarray) -> list[float]:
        counts = np.bincount(classes, minlength=len(self.extractor.class_names))
        return [round(float(count) / len(classes), 6) for count in counts]

    def result(self, protocol: Protocol, samples, ceiling: float | None) -> dict:
        """What `evaluate` returns for one metric, of the samples collected for it."""
        references, count = self.references(protocol)
        value = samples.to(*references)
        if "pairs" in value:  # places of the fixed order, as the metric knows them, to places of the set
            value["pairs"] = [[sample, int(self.order[real]), far] for sample, real, far in value["pairs"]]
        floor, floor_count = self.floor(protocol)
        return value | {
            "floor": floor,
            "ceiling": ceiling,
            "count": protocol.count,
            "reals": self.reals.name,
            "reals_count": count,
            "floor_count": floor_count,
            "extractor": self.extractor.name,
            "weights": self.extractor.fingerprint,
            "warnings": self._warnings(protocol, value, count, floor_count),
        }

    def _warnings(self, protocol: Protocol, value: dict, count: int, floor_count: int) -> list[str]:
        warnings = []
        smallest = {"fd": count, "ifd": value.get("least")}.get(protocol.kind)
        if smallest is not None and smallest < 2 * self.extractor.dim:
            of = "images of a class " if protocol.kind == "ifd" else "images "
            warnings.append(
                f"{protocol.name}: {smallest} {of}are too few for the covariance of {self.extractor.dim} features "
                f"(at least {2 * self.extractor.dim} wanted); compare with the floor only, or use kd"
            )
        if 0 < floor_count < protocol.count:
            against = f" against {floor_count}" if count else ""
            warnings.append(
                f"{protocol.name}: {self.reals.name} has {len(self.reals)} images, so the floor is of "
                f"{floor_count}{against}"
            )
        return warnings

    def references(self, protocol: Protocol) -> tuple[tuple, int]:
        """The real sets that samples are compared with, and how many images each has."""
        kinds = KINDS[protocol.kind].REFERENCES
        if kinds == 2:
            count = self._half(protocol)
            return (self.real(protocol, 0, count), self._held(protocol, count, 0, count)), count
        if not kinds:
            return (), 0
        count = min(protocol.count, len(self.reals))
        return (self.real(protocol, 0, count),), count

    def floor(self, protocol: Protocol) -> tuple[float | None, int]:
        """Real images in the samples' place, and how many on either side; (None, 0) where they cannot be there."""
        references = KINDS[protocol.kind].REFERENCES
        if references is None:
            return None, 0
        count = self._half(protocol) if references else min(protocol.count, len(self.reals))

        def compute():
            if not references:
                return self.real(protocol, 0, count).to()["value"]
            if references == 1:
                return self.real(protocol, 0, count).to(self._held(protocol, count, 0, count))["value"]
            middle = count // 2
            samples, held = self._held(protocol, count, 0, middle), self._held(protocol, count, middle, count)
            return samples.to(self.real(protocol, 0, count), held)["value"]

        return self.store.number(self.key | {"of": "floor", "metric": protocol.name}, compute), count

    def ceilings(
        self, protocols: list[Protocol], untrained: Callable[[], Images], labels: Labels | None, key: str
    ) -> dict[Protocol, float | None]:
        """An untrained generator's values, by protocol; None for those that have no floor either."""
        judged = [protocol for protocol in protocols if KINDS[protocol.kind].REFERENCES is not None]
        collect = functools.cache(lambda: self.collect(judged, {"images": untrained(), "labels": labels})[0])

        def compute(protocol):
            return collect()[protocol].to(*self.references(protocol)[0])["value"]

        found = {
            protocol: self.store.number(
                self.key | {"of": "ceiling", "metric": protocol.name, "generator": key},
                functools.partial(compute, protocol),
            )
            for protocol in judged
        }
        return dict.fromkeys(protocols) | found

    def real(self, protocol: Protocol, start: int, stop: int) -> Kind:
        """What is collected of the real images at places start ... stop - 1 of the fixed order."""
        metric = self.new(protocol)

        def update(places, **known):
            read, labels = self.reals.read, self.reals.labels
            views = _Views(self.extractor, {"images": lambda: read(places), "labels": lambda: labels[places]})
            views.update(known)
            metric.update(*(views[need] for need in metric.NEEDS))

        if set(metric.NEEDS) <= {"features", "labels"}:  # which are kept, so that no image need be seen again
            self.extend(stop)
            update(self.order[start:stop], features=self.features[start:stop])
            return metric
        for first in range(start, stop, BATCH):
            update(self.order[first : min(first + BATCH, stop)])
        return metric

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

    @functools.cached_property
    def others(self) -> np.ndarray | None:
        """Features [M, dim] of other real images of the same kind, where the extractor brings them along."""
        return self.reals.held if isinstance(self.reals, FeatureSet) else self.extractor.others(self.reals)

    def _shipped(self, protocol: Protocol) -> bool:
        """Whether the held-out images are those whose features come with the extractor."""
        return KINDS[protocol.kind].NEEDS == ("features",) and self.others is not None

    def _half(self, protocol: Protocol) -> int:
        """Images of a real set that leave as many for a second one."""
        most = min(len(self.reals), len(self.others)) if self._shipped(protocol) else len(self.reals) // 2
        return min(protocol.count, most)

    def _held(self, protocol: Protocol, count: int, start: int, stop: int):
        """Images start ... stop - 1 of those that are not among the first `count` of the fixed order."""
        if not self._shipped(protocol):
            return self.real(protocol, count + start, count + stop)
        metric = self.new(protocol)
        metric.update(self.others[start:stop])
        return metric
