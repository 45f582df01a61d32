"""Kai glyphs as a builder of TensorFlow Datasets."""

from ganzoo.data import kai_glyphs
from ganzoo.data.builders import PackageBuilder


class Builder(PackageBuilder, skip_registration=True):
    """See `ganzoo.data.kai_glyphs`."""

    SET = kai_glyphs.SET
