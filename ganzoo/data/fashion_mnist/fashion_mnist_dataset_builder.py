"""Fashion-MNIST as a builder of TensorFlow Datasets."""

from ganzoo.data import fashion_mnist
from ganzoo.data.builders import PackageBuilder


class Builder(PackageBuilder, skip_registration=True):
    """See `ganzoo.data.fashion_mnist`."""

    SET = fashion_mnist.SET
