"""Fashion-MNIST: 60,000 and 10,000 grey 28x28 pictures of ten kinds of clothing, from Debian's package.

Paper: Xiao, Rasul and Vollgraf 2017, arXiv 1708.07747.
"""

import pathlib
from typing import TYPE_CHECKING

from ganzoo.data import archives, sets

if TYPE_CHECKING:
    from ganzoo.data.source import Source

CLASSES = (
    "t-shirt/top",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
CITATION = (
    "Han Xiao, Kashif Rasul, Roland Vollgraf. Fashion-MNIST: a novel image dataset for benchmarking machine learning "
    "algorithms. arXiv 1708.07747, 2017."
)
STEMS = {"train": "train", "test": "t10k"}  # what the files of a split are called


def read(folder: pathlib.Path, split: str) -> "Source":
    """The images and labels of a split, in the order of the files."""
    from ganzoo.data import idx
    from ganzoo.data.source import Source

    files = folder / "usr" / "share" / "datasets" / "fashion-mnist"
    images = idx.read(files / f"{STEMS[split]}-images-idx3-ubyte.gz")[..., None]
    labels = idx.read(files / f"{STEMS[split]}-labels-idx1-ubyte.gz")
    return Source("fashion_mnist", len(images), images, labels, CLASSES, SET.licence, SET.citation)


SET = sets.PackageSet(
    name="fashion_mnist",
    archive=archives.Archive(
        kind="deb",
        package="dataset-fashion-mnist",
        version="0.0~git20200523.55506a9-1",
        file="dataset-fashion-mnist_0.0~git20200523.55506a9-1_all.deb",
        sha256="39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0",
    ),
    members=r"usr/share/(datasets/fashion-mnist/.*\.gz|doc/dataset-fashion-mnist/copyright)",
    read=read,
    splits={"train": 60_000, "test": 10_000},
    size=(28, 28),
    channels=1,
    class_names=CLASSES,
    licence="MIT",
    citation=CITATION,
)
