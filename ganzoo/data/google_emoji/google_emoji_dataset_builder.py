"""Google's emoji as a builder of TensorFlow Datasets."""

from ganzoo.data import google_emoji
from ganzoo.data.builders import PackageBuilder


class Builder(PackageBuilder, skip_registration=True):
    """See `ganzoo.data.google_emoji`."""

    SET = google_emoji.SET
