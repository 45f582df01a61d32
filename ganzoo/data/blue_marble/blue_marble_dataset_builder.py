"""The Blue Marble's tiles as a builder of TensorFlow Datasets."""

from ganzoo.data import blue_marble
from ganzoo.data.builders import PackageBuilder


class Builder(PackageBuilder, skip_registration=True):
    """See `ganzoo.data.blue_marble`."""

    SET = blue_marble.SET
