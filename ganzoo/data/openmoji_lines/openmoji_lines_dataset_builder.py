"""OpenMoji's line art as a builder of TensorFlow Datasets."""

from ganzoo.data import openmoji_lines
from ganzoo.data.builders import PackageBuilder


class Builder(PackageBuilder, skip_registration=True):
    """See `ganzoo.data.openmoji_lines`."""

    SET = openmoji_lines.SET
