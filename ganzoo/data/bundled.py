"""Sets that come inside ganzoo: Fashion-MNIST's 10,000-image split."""

import functools
import importlib.resources

import numpy as np

from ganzoo.data import fashion_mnist
from ganzoo.data.source import Source, check_split
from ganzoo.errors import BadInput
from ganzoo.recipe import Data

NAMES = ("fashion_mnist",)


def open(data: Data) -> Source:
    """The bundled set of that name."""
    if data.name not in NAMES:
        raise BadInput(f"data.name: no bundled set {data.name!r}; allowed: {', '.join(NAMES)}")
    check_split(data)
    images, labels = _read()
    return Source(
        name="fashion_mnist",
        count=len(images),
        items=images,
        labels=labels,
        class_names=fashion_mnist.CLASSES,
        licence="MIT",
        citation=fashion_mnist.CITATION,
    )


@functools.cache
def _read() -> tuple[np.ndarray, np.ndarray]:
    file = importlib.resources.files("ganzoo.data") / "files" / "fashion_mnist_10k.npz"
    with file.open("rb") as stream, np.load(stream) as arrays:
        return arrays["images"], arrays["labels"]
