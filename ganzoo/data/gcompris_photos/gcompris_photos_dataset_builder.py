"""GCompris' photos as a builder of TensorFlow Datasets."""

from ganzoo.data import gcompris_photos
from ganzoo.data.builders import PackageBuilder


class Builder(PackageBuilder, skip_registration=True):
    """See `ganzoo.data.gcompris_photos`."""

    SET = gcompris_photos.SET
