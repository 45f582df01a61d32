"""GCompris' paintings as a builder of TensorFlow Datasets."""

from ganzoo.data import gcompris_paintings
from ganzoo.data.builders import PackageBuilder


class Builder(PackageBuilder, skip_registration=True):
    """See `ganzoo.data.gcompris_paintings`."""

    SET = gcompris_paintings.SET
