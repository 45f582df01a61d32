"""OpenMoji as a builder of TensorFlow Datasets."""

from ganzoo.data import openmoji
from ganzoo.data.builders import PackageBuilder


class Builder(PackageBuilder, skip_registration=True):
    """See `ganzoo.data.openmoji`."""

    SET = openmoji.SET
