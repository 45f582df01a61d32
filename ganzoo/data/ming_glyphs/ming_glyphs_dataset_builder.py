"""Ming glyphs as a builder of TensorFlow Datasets."""

from ganzoo.data import ming_glyphs
from ganzoo.data.builders import PackageBuilder


class Builder(PackageBuilder, skip_registration=True):
    """See `ganzoo.data.ming_glyphs`."""

    SET = ming_glyphs.SET
