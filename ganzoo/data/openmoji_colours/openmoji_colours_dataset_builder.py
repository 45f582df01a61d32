"""OpenMoji's coloured drawings as a builder of TensorFlow Datasets."""

from ganzoo.data import openmoji_colours
from ganzoo.data.builders import PackageBuilder


class Builder(PackageBuilder, skip_registration=True):
    """See `ganzoo.data.openmoji_colours`."""

    SET = openmoji_colours.SET
