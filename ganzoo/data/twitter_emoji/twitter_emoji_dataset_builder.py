"""Twitter's emoji as a builder of TensorFlow Datasets."""

from ganzoo.data import twitter_emoji
from ganzoo.data.builders import PackageBuilder


class Builder(PackageBuilder, skip_registration=True):
    """See `ganzoo.data.twitter_emoji`."""

    SET = twitter_emoji.SET
