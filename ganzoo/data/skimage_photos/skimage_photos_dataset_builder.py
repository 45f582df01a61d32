"""scikit-image's photos as a builder of TensorFlow Datasets."""

from ganzoo.data import skimage_photos
from ganzoo.data.builders import PackageBuilder


class Builder(PackageBuilder, skip_registration=True):
    """See `ganzoo.data.skimage_photos`."""

    SET = skimage_photos.SET
