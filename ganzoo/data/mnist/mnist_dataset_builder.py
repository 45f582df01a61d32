"""MNIST as a builder of TensorFlow Datasets."""

from ganzoo.data import mnist
from ganzoo.data.builders import PackageBuilder


class Builder(PackageBuilder, skip_registration=True):
    """See `ganzoo.data.mnist`."""

    SET = mnist.SET
