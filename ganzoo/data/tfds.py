"""Any image data set of TensorFlow Datasets, by `name[/config][:version]` and split, with its standard builder.

Of a set that has several images in one example, `name#feature` says which: `div2k/bicubic_x4#hr`,
`oxford_iiit_pet#segmentation_mask`; two features of one set are pairs. Maps of classes, which TFDS marks as such
(`use_colormap`), are given in colours, those of PASCAL VOC, for a game sees nothing in pixels of 1, 2 and 3.
`clips` reads sets of films: `moving_mnist`, `ucf101`, `bair_robot_pushing_small#image_main`.
"""

import contextlib
import difflib
import socket
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator

import numpy as np
import tensorflow_datasets as tfds

from ganzoo.data.source import Item, Source
from ganzoo.errors import BadInput
from ganzoo.recipe import Data, Video


def open(data: Data) -> Source:
    """The split `data.split` (slices such as "train[:10%]" too) of the set `data.name` in `data.path`.

    data.path: TFDS's data_dir, by default its own. Prepares the set where that has not been done.
    """
    # To stderr: what a command prints on stdout may be one JSON document.
    builder = prepare(data.name, data.path, report=lambda line: print(line, file=sys.stderr))
    feature = data.name.partition("#")[2]
    image, label = _features(builder, data.name, feature)
    try:
        split = builder.info.splits[data.split]
    except (KeyError, ValueError) as error:
        known = ", ".join(builder.info.splits)
        raise BadInput(f"data.split: {data.split!r} of {data.name}; allowed: {known} and slices of them") from error
    names = () if label is None else tuple(builder.info.features[label].names)
    return Source(
        name=data.name,
        count=split.num_examples,
        items=_Examples(builder, data, image, label),
        class_names=names,
        licence=_line(builder.info.redistribution_info.license) or "see the citation",
        citation=builder.info.citation,
        fingerprint=f"{builder.info.full_name} {data.split} {builder.data_dir}" + f" {feature}" * bool(feature),
    )


def prepare(name: str, data_dir: str | None = None, report: Callable[[str], None] = print) -> tfds.core.DatasetBuilder:
    """The builder of that set, prepared: downloaded first where it is not there. Raises BadInput.

    name: what follows a # is left out.
    """
    name = name.partition("#")[0]
    if not name:
        raise BadInput("data.name: source 'tfds' needs the name of a set, e.g. data.name=cifar10")
    try:
        builder = tfds.builder(name, data_dir=data_dir)
    except tfds.core.DatasetNotFoundError as error:
        near = difflib.get_close_matches(name, tfds.list_builders(with_community_datasets=False), n=3)
        hint = f"; nearest: {', '.join(near)}" if near else ""
        raise BadInput(f"data.name: TensorFlow Datasets has no {name!r}{hint}") from error
    except (ValueError, AssertionError) as error:
        raise BadInput(f"data.name: {name!r}: {_line(error)}") from error
    if builder.is_prepared():
        return builder
    elsewhere = "prepare it where it can be downloaded and state data.path=, TFDS's data_dir"
    if _offline(builder):
        raise BadInput(f"data.name: {name!r} is not in {builder.data_dir} and no server of it is reached; {elsewhere}")
    report(f"preparing {name} with TensorFlow Datasets in {builder.data_dir}")
    try:
        with contextlib.redirect_stdout(sys.stderr):
            builder.download_and_prepare()
    # Whatever a builder, its downloads and its extractors raise: the set is not there, and that is what matters here.
    except Exception as error:
        said = f"{type(error).__name__}: {_line(error)}"
        raise BadInput(f"data.name: TensorFlow Datasets cannot prepare {name!r} ({said}); {elsewhere}") from error
    return builder


class _Examples:
    """Reads the split anew each time it is iterated over, images still encoded: `pixels` decodes them in parallel."""

    def __init__(self, builder: tfds.core.DatasetBuilder, data: Data, image: str, label: str | None):
        self.builder, self.data, self.image, self.label = builder, data, image, label

    def __iter__(self) -> Iterator[Item]:
        wanted = {name: True for name in (self.image, self.label) if name}
        mapped = self.builder.info.features[self.image].use_colormap
        skip = {} if mapped else {self.image: tfds.decode.SkipDecoding()}
        decoders = tfds.decode.PartialDecoding(wanted, decoders=skip)
        dataset = self.builder.as_dataset(split=self.data.split, shuffle_files=False, decoders=decoders)
        for index, example in enumerate(tfds.as_numpy(dataset)):
            label = None if self.label is None else int(example[self.label])
            image = palette()[example[self.image][..., 0]] if mapped else example[self.image]
            yield Item(f"{self.data.name}/{self.data.split}[{index}]", image, label)


def palette() -> np.ndarray:
    """uint8 [256, 3]: PASCAL VOC's colours of classes, the bits of a class dealt out to red, green and blue in turn."""
    classes = np.arange(256)
    colours = np.zeros((256, 3), np.uint8)
    for bit in range(8):
        colours[:, bit % 3] |= ((classes >> bit & 1) << (7 - bit // 3)).astype(np.uint8)
    return colours


def clips(data: Video) -> Iterator[Iterator[np.ndarray]]:
    """The frames, uint8 [H, W, C], of each clip of the split `data.split` of the set `data.name`, one clip after the
    other: of a feature that is a film, or of a sequence of images. Prepares the set where that has not been done."""
    name, _, wanted = data.name.partition("#")
    builder = prepare(name, data.path, report=lambda line: print(line, file=sys.stderr))
    if data.split.partition("[")[0] not in builder.info.splits:
        raise BadInput(f"data.split: {data.split!r} of {name}; allowed: {', '.join(builder.info.splits)}")
    features = builder.info.features
    several = isinstance(features, tfds.features.Sequence)  # every example is a sequence of steps
    inner = features.feature if several else features
    of_frames = tfds.features.Image if several else tfds.features.Video
    there = [key for key, each in inner.items() if isinstance(each, of_frames)]
    if not there or (wanted and wanted not in there):
        said = f"clips of it are {', '.join(sorted(there))}" if there else f"no clip among {', '.join(sorted(inner))}"
        raise BadInput(f"data.name: {data.name!r}; {said}")
    chosen = wanted or there[0]
    try:
        dataset = builder.as_dataset(split=data.split, shuffle_files=False)
    except ValueError as error:
        raise BadInput(f"data.split: {data.split!r} of {name}: {_line(error)}") from error
    for example in tfds.as_numpy(dataset.map(lambda example: example[chosen])):
        yield iter(example)


def _features(builder: tfds.core.DatasetBuilder, name: str, wanted: str) -> tuple[str, str | None]:
    """The features that hold the image, `wanted` if that is one, and, where there is one, its class."""
    features = builder.info.features
    images = [key for key, feature in features.items() if type(feature) is tfds.features.Image]
    labels = [key for key, feature in features.items() if type(feature) is tfds.features.ClassLabel]
    if not images:
        raise BadInput(f"data.name: {name!r} has no image among its features {', '.join(features)}")
    if wanted and wanted not in images:
        raise BadInput(f"data.name: {name!r}; images of it are {', '.join(sorted(images))}")
    # Where there are several, the ones that the builder itself calls input and target, else those with plain names.
    preferred = (*(builder.info.supervised_keys or ()), "image", "label")
    image = wanted or next((key for key in preferred if key in images), images[0])
    label = next((key for key in preferred if key in labels), labels[0] if len(labels) == 1 else None)
    return image, label


def _offline(builder: tfds.core.DatasetBuilder) -> bool:
    """Whether none of the set's servers has an address: TFDS would try for minutes."""
    urls = getattr(builder, "url_infos", None)
    if not urls or urllib.request.getproxies():
        return False
    # TFDS looks for a prepared copy in its own bucket first.
    hosts = {urllib.parse.urlparse(url).hostname for url in urls} | {"storage.googleapis.com"}
    return not any(map(_resolves, sorted(filter(None, hosts))))


def _resolves(host: str) -> bool:
    try:
        return bool(socket.getaddrinfo(host, 443))
    except OSError:
        return False


def _line(said) -> str:
    return (str(said or "").strip().splitlines() or [""])[0]
