"""Wesnoth's units as a builder of TensorFlow Datasets."""

from ganzoo.data import wesnoth
from ganzoo.data.builders import PackageBuilder


class Builder(PackageBuilder, skip_registration=True):
    """See `ganzoo.data.wesnoth`."""

    SET = wesnoth.SET
