"""The shaded relief's tiles as a builder of TensorFlow Datasets."""

from ganzoo.data import shaded_relief
from ganzoo.data.builders import PackageBuilder


class Builder(PackageBuilder, skip_registration=True):
    """See `ganzoo.data.shaded_relief`."""

    SET = shaded_relief.SET
