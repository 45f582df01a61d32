"""ETOPO1's tiles as a builder of TensorFlow Datasets."""

from ganzoo.data import etopo1
from ganzoo.data.builders import PackageBuilder


class Builder(PackageBuilder, skip_registration=True):
    """See `ganzoo.data.etopo1`."""

    SET = etopo1.SET
