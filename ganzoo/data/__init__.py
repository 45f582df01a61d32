"""Images, sentences and clips: where they come from, their catalogue, and the sets that batches are drawn from.

`open(data)` is the one door: whatever the source, it gives an `images.ImageSet` of equally large uint8 images whose
order is a pure function of the seed and of the images seen, or for two domains a `pairs.PairSet` of two of them. What
is not on this machine yet is fetched on first use; `prepare` does so ahead of time. Importing this module imports
neither TensorFlow nor numpy.
"""

import dataclasses
import importlib
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ganzoo.errors import BadInput
from ganzoo.recipe import Data, Pairs, Text, Video, override_field

if TYPE_CHECKING:
    from ganzoo.data.images import ImageSet, Spec
    from ganzoo.data.pairs import PairSet, PairSpec
    from ganzoo.data.points import PointSpec
    from ganzoo.data.source import Source
    from ganzoo.data.text import TokenSet, TokenSpec
    from ganzoo.data.video import VideoSet, VideoSpec

# What `data.source` may be: the module whose function `open(data)` gives a `source.Source`.
SOURCES = {
    "bundled": "ganzoo.data.bundled",
    "tfds": "ganzoo.data.tfds",
    "package": "ganzoo.data.package",
    "night": "ganzoo.data.night",
    "folder": "ganzoo.data.folder",
    "npz": "ganzoo.data.npz",
    "tfrecord": "ganzoo.data.tfrecord",
}
# Those that make their sets themselves: the module whose function `open_set(data)` gives it.
MADE = {"mixture": "ganzoo.data.mixture", "stacked": "ganzoo.data.stacked"}


def open(data: Data | Pairs | Text | Video) -> "ImageSet | PairSet | TokenSet | VideoSet":
    """The images, sentences or clips of `data`, decoded, cropped, resized and checked against what `data` states.

    Raises BadInput for a set that is missing, empty or unreadable, or that disagrees with `size`, `channels` or
    `classes`; for two sets also where they do not fit together.
    """
    if isinstance(data, Pairs):
        from ganzoo.data import pairs

        return pairs.open_set(data)
    if isinstance(data, Text):
        from ganzoo.data import text

        return text.open_set(data)
    if isinstance(data, Video):
        from ganzoo.data import video

        return video.open_set(data)
    check(data)
    if data.held_out:
        return _open(dataclasses.replace(data, limit=None)).split(data.held_out, data.limit)
    return _open(data)


def check(data: Data) -> None:
    """Raises BadInput for fields that no source takes."""
    if data.source not in (*SOURCES, *MADE):
        raise BadInput(f"data.source: {data.source!r}; allowed: {', '.join((*SOURCES, *MADE))}")
    if data.path and data.source in ("bundled", "package", "night"):
        raise BadInput(f"data.path: {data.path!r}, but a {data.source} set has none; add data.source=folder or another")
    if data.limit is not None and data.limit < 1:
        raise BadInput(f"data.limit: {data.limit}; allowed: 1 or more")
    if data.held_out < 0:
        raise BadInput(f"data.held_out: {data.held_out}; allowed: 0 or more")


def _open(data: Data) -> "ImageSet":
    if data.source in MADE:
        return importlib.import_module(MADE[data.source]).open_set(data)
    from ganzoo.data import assemble

    return assemble.assemble(open_source(data), data)


def open_source(data: Data) -> "Source":
    """The images of `data` as its source holds them. Raises BadInput."""
    return importlib.import_module(SOURCES[data.source]).open(data)


def spec(data: Data | Pairs | Text | Video) -> "Spec | PairSpec | TokenSpec | VideoSpec | None":
    """What the batches of `data` are, without opening it, where `data` and the catalogue say enough; else None."""
    if isinstance(data, Text):
        from ganzoo.data import text

        return text.spec(data)
    if isinstance(data, Video):
        from ganzoo.data import video

        return video.VideoSpec(data.frames, data.size, data.size, data.channels)
    if isinstance(data, Pairs):
        a, b = (spec(dataclasses.replace(each, classes=0)) for each in (data.a, data.b))
        if a is None or b is None:
            return None
        from ganzoo.data.pairs import PairSpec

        return PairSpec(a, b, aligned=data.aligned)
    known = _known(data)
    size = data.window or data.tile or data.size or known["size"]
    channels, classes = data.channels or known["channels"], data.classes
    if classes is None and known["classes"] is not None:
        classes = known["classes"]
    if size is None or channels is None or classes is None:
        return None
    from ganzoo.data.images import Spec

    height, width = (size, size) if isinstance(size, int) else size
    return Spec(height, width, channels, classes)


def spec_of(
    shape: Sequence[int] | Mapping[str, Sequence[int]], classes: int, aligned: bool = False
) -> "Spec | PointSpec | PairSpec | TokenSpec | VideoSpec":
    """What a batch of that shape is made of: (H, W, C) images, (D,) points, (T, H, W, C) clips, {"a": (H, W, C), "b":
    ...} of two kinds, or {"length": T, "words": [...]} of sentences.

    The inverse of `shape_of`. aligned: whether rows of two kinds are pairs.
    """
    from ganzoo.data import images, pairs, points

    if isinstance(shape, Mapping) and "words" in shape:
        from ganzoo.data import text

        return text.TokenSpec(shape["length"], shape["vocabulary"], tuple(shape["words"]), shape["joint"])
    if isinstance(shape, Mapping):
        return pairs.PairSpec(images.Spec(*shape["a"]), images.Spec(*shape["b"]), aligned=aligned)
    if len(shape) == 4:
        from ganzoo.data import video

        return video.VideoSpec(*shape)
    return images.Spec(*shape, classes) if len(shape) == 3 else points.PointSpec(*shape, classes)


def shape_of(spec: "Spec | PointSpec | PairSpec | TokenSpec | VideoSpec") -> list[int] | dict:
    """The shape of a batch's rows as a run folder keeps it."""
    if hasattr(spec, "words"):
        return {"length": spec.length, "vocabulary": spec.vocabulary, "words": list(spec.words), "joint": spec.joint}
    return {"a": list(spec.a.shape), "b": list(spec.b.shape)} if hasattr(spec, "b") else list(spec.shape)


def _known(data: Data) -> dict:
    for entry in catalogue():
        if (entry["source"], entry["name"]) == (data.source, data.name):
            return entry
    return {"size": None, "channels": None, "classes": None}


def catalogue() -> list[dict]:
    """What is known of every bundled and package set.

    Keys: name, kind ("images", "sentences", "clips"), source, count ({split: number}), size ((height, width), None =
    several), channels, classes (0 = no labels), licence, citation, package (name@version, None = bundled), cached
    (already on this machine).
    """
    entries = []
    for found, kind in _carried().values():
        entries.append(
            {
                "name": found.name,
                "kind": kind,
                "source": "package",
                "count": dict(found.splits),
                "size": found.size,
                "channels": found.channels,
                "classes": len(found.class_names),
                "licence": found.licence,
                "citation": found.citation,
                "package": f"{found.archive.package}@{found.archive.version}",
                "cached": found.folder.exists(),
            }
        )
    # The bundled images are the test split of the package's.
    bundled = {"source": "bundled", "count": {"train": 10_000}, "package": None, "cached": True}
    return [entries[0] | bundled, *entries]


def _carried() -> dict:
    """{name: (the `sets.PackageSet`, its kind)} of what packages carry."""
    from ganzoo.data import corpora, package

    kinds = {
        "images": package.SETS.values(),
        "sentences": corpora.CORPORA.values(),
        "clips": package.CLIPS.values(),
    }
    return {found.name: (found, kind) for kind, sets in kinds.items() for found in sets}


def prepare(
    name: str,
    accept_new: bool = False,
    report: Callable[[str], None] = print,
    overrides: Sequence[str] = (),
) -> None:
    """Bring a set to this machine: a package set, one of TensorFlow Datasets by `name[/config]`, or a TFRecord file.

    accept_new: take a package whose version or SHA-256 is another than the known one. report: told what happens.
    overrides: "data.size=64" and the like, as training will state them: with them, what does not fit into memory is
    also decoded and written to a file, which the first training would do else. Raises BadInput with what to do by hand
    where the set cannot be fetched.
    """
    if carried := _carried().get(name):
        found, kind = carried
        if overrides and kind != "images":
            raise BadInput(f"{overrides[0]}: {name} is of {kind}, which are not written to a file; leave it out")
        found.prepare(accept_new, report)
        data = Data(source="package", name=name)
    elif pathlib.Path(name).exists():
        data = Data(source="tfrecord", path=name)
    else:
        from ganzoo.data import tfds

        tfds.prepare(name, report=report)
        data = Data(source="tfds", name=name)
    for override in overrides:
        field, _, value = override.partition("=")
        data = override_field(data, field.removeprefix("data."), value, "data.")
    if overrides:
        open(data)
    stated = f"data.path={data.path}" if data.path else f"data.name={data.name}"
    report(f"ready: data.source={data.source} {stated}")
