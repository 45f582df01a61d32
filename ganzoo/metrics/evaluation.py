"""Judge generated images against real ones: each value between its floor and its ceiling.

The floor is the same measure of real images in the samples' place, the ceiling that of an untrained generator: what a
perfect and what a useless generator would get with the same extractor and counts. A value means something only between
the two.
"""

import functools
import os
from collections.abc import Callable, Sequence

import numpy as np

from ganzoo.errors import BadInput
from ganzoo.metrics import feature_file, paired
from ganzoo.metrics.extractor import Extractor
from ganzoo.metrics.extractors import EXTRACTORS
from ganzoo.metrics.judge import Images, Judge, Labels, Steps
from ganzoo.metrics.protocol import KINDS, Protocol, parse
from ganzoo.metrics.store import Store


def evaluate(
    names: Sequence[str],
    fakes: Images,
    reals,
    *,
    n: int | None = None,
    untrained: Callable[[], Images] | None = None,
    key: str = "",
    cache: str | os.PathLike | None = None,
    labels: Labels | None = None,
    steps: Steps | None = None,
    own: Extractor | None = None,
) -> dict[str, dict]:
    """Every metric of `names`, by its name. `n` replaces all counts, and the names change with it.

    fakes(start, count): the images (or points) start ... start + count - 1 of a generator; labels(start, count): their
    classes; steps(start, count): images at both ends of small steps of the generator, see `path_length.steps`.
    untrained() gives the function `fakes` of the generator before its training, which is asked for only where the
    ceiling is not in the cache under `key`, a text that names this generator; None: no ceiling. reals: a
    `ganzoo.data.images.ImageSet`; of more images than the count a fixed random choice is used. own: the extractor that
    names call "own". Features are computed once per extractor, `judge.BATCH` images at a time; those of real images,
    the floors and the ceilings are kept in `cache`, a folder (None: the user's own).

    Each result: value, floor and ceiling (or None), count, reals (the name), reals_count (of a set that samples are
    compared with, 0 for a kind that judges them by themselves), floor_count (of a set; 0 without a floor), extractor,
    weights (its fingerprint), warnings (lines of text), and what the kind adds: interval (95 %, how: its kind's
    docstring), spread, error (the value's standard error), ...; for an extractor with named classes also classes, the
    share of each among the samples. Raises BadInput.
    """
    extractors = check(names, reals, n, labelled=labels is not None, steps=steps is not None, own=own)
    protocols = list(dict.fromkeys(parse(name, n) for name in names))
    if untrained and not key:
        raise ValueError("key: a ceiling is kept under the name of its generator, and '' names none")
    shape = reals.spec.shape
    store = Store(cache)
    given = {
        "images": _checked(fakes, shape),
        "labels": labels,
        "steps": _checked(steps, (2, *shape)) if steps else None,
    }
    start = functools.cache(lambda: _checked(untrained(), shape))
    results = {}
    for name, extractor in extractors.items():
        judge = Judge(extractor, reals, store)
        group = [protocol for protocol in protocols if protocol.extractor == name]
        samples, shares = judge.collect(group, given)
        ceilings = judge.ceilings(group, start, labels, key) if untrained else dict.fromkeys(group)
        for protocol in group:
            results[protocol.name] = judge.result(protocol, samples[protocol], ceilings[protocol])
            if extractor.class_names:
                results[protocol.name]["classes"] = shares[protocol]
    for result in results.values():
        result["warnings"] += [store.problem] if store.problem else []
    return {protocol.name: results[protocol.name] for protocol in protocols}


def keep_features(
    path: str | os.PathLike,
    names: Sequence[str],
    reals,
    n: int | None = None,
    *,
    cache: str | os.PathLike | None = None,
    own: Extractor | None = None,
) -> None:
    """Write the features of `reals` that the metrics of `names` compare with to `path`, see `feature_file`.

    As many as `evaluate` needs with `n`, floors included. Raises BadInput where the metrics have several extractors.
    """
    protocols = [parse(name, n) for name in names]
    extractors = sorted({protocol.extractor for protocol in protocols})
    if len(extractors) > 1:
        raise BadInput(f"--features: {path} holds those of one extractor, and the metrics have {', '.join(extractors)}")
    extractor = _known(own)[extractors[0]]()
    if not extractor.dim:
        raise BadInput(f"--features: {extractor.name} has none")
    judge = Judge(extractor, reals, Store(cache))
    count = min(2 * max(protocol.count for protocol in protocols), len(reals))
    judge.extend(count)
    feature_file.write(path, judge.features[:count], judge.others, reals, extractor)


def check(
    names: Sequence[str],
    reals,
    n: int | None = None,
    *,
    labelled: bool = False,
    steps: bool = False,
    own: Extractor | None = None,
) -> dict[str, Extractor]:
    """Refuse what `evaluate` would refuse, before a training that ends with it. -> the extractors by name.

    labelled: whether the samples have classes; steps: whether steps of the generator can be taken.
    """
    protocols = [parse(name, n) for name in names]
    for protocol in protocols:
        if protocol.kind in paired.KINDS:
            raise BadInput(f"metrics: {protocol.name} compares images with a target each, and there are none here")
        kind = KINDS[protocol.kind]
        if "steps" in kind.NEEDS and not steps:
            raise BadInput(
                f"metrics: {protocol.name} takes steps of a generator whose images are not rounded; allowed: a run "
                "folder, no exported model and no images"
            )
        least = {None: 0, 0: kind.LEAST}.get(kind.REFERENCES, 2 * kind.LEAST)
        if len(reals) < least:
            raise BadInput(f"metrics: {protocol.name} needs {least} or more real images, {reals.name} has {len(reals)}")
    known = _known(own)
    extractors = {name: known[name]() for name in dict.fromkeys(protocol.extractor for protocol in protocols)}
    for extractor in extractors.values():
        extractor.check(reals.spec.shape)
    for protocol in protocols:
        _check_needs(protocol, extractors[protocol.extractor])
        KINDS[protocol.kind].check(reals.spec.shape)
        if "labels" in KINDS[protocol.kind].NEEDS and (not labelled or reals.labels is None):
            which = f"real images, {reals.name} has none" if reals.labels is None else "samples, these have none"
            raise BadInput(f"metrics: {protocol.name} needs classes of the {which}")
    return extractors


def _known(own: Extractor | None) -> dict[str, Callable[[], Extractor]]:
    """The extractors by name, `own` among them where there is one."""
    return EXTRACTORS | ({"own": lambda: own} if own else {})


def _check_needs(protocol: Protocol, extractor: Extractor) -> None:
    kind = KINDS[protocol.kind]
    given = {
        "features": (extractor.dim, "an extractor of features"),
        "logits": (extractor.classes, "an extractor that classifies"),
        "classes": (extractor.modes, "an extractor that knows modes"),
        "compare": (extractor.maps, "the extractor lenet or lite0"),
        # A network's name on what looks at pixels alone would be a false protocol.
        "images": (not extractor.dim or kind.OF == "compare", "the extractor pixels"),
    }
    for need in (kind.OF, *kind.NEEDS):
        there, wanted = given.get(need, (True, ""))
        if not there:
            raise BadInput(f"metrics: {protocol.name} needs {wanted}, which {protocol.extractor} is not")


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
