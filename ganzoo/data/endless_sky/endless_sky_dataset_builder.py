"""Endless Sky's landscapes as a builder of TensorFlow Datasets."""

from ganzoo.data import endless_sky
from ganzoo.data.builders import PackageBuilder


class Builder(PackageBuilder, skip_registration=True):
    """See `ganzoo.data.endless_sky`."""

    SET = endless_sky.SET
