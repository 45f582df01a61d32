"""Make the file that is bundled with ganzoo: `python -m ganzoo.data.bundle`.

Fashion-MNIST's 10,000 test images with their labels, and the licence, as Debian's package carries them.
"""

import pathlib

import numpy as np

from ganzoo.data import fashion_mnist


def bundle() -> None:
    """Write files/fashion_mnist_10k.npz and its licence beside this module."""
    folder = pathlib.Path(__file__).with_name("files")
    folder.mkdir(exist_ok=True)
    fashion_mnist.SET.prepare()
    source = fashion_mnist.read(fashion_mnist.SET.folder, "test")
    np.savez_compressed(folder / "fashion_mnist_10k.npz", images=source.items, labels=source.labels)
    copyright = fashion_mnist.SET.folder / "usr" / "share" / "doc" / "dataset-fashion-mnist" / "copyright"
    (folder / "fashion_mnist_10k.LICENSE").write_bytes(copyright.read_bytes())


if __name__ == "__main__":
    bundle()
