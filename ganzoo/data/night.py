"""Photos of a package set at synthetic night: what a translator from day to night is scored against.

There is no set of photos of the same places by day and by night that could be had without an account, so this one is
made, and called synthetic wherever it appears. Every pixel by itself, with colours r, g, b in [0, 1] and Y = 0.299 r +
0.587 g + 0.114 b: colours fade to 0.45 of their distance from Y, as they do for eyes in the dark; c becomes 0.38 c^1.6;
then red, green and blue are multiplied by 0.72, 0.85 and 1.25, and 0.01, 0.015 and 0.04 are added. No curve of each
channel by itself can do that, for what becomes of red depends on green and blue.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ganzoo.data import package
from ganzoo.recipe import Data

if TYPE_CHECKING:
    from ganzoo.data.source import Source

SATURATION = 0.45
GAIN, GAMMA = 0.38, 1.6
TINT = (0.72, 0.85, 1.25)
FLOOR = (0.01, 0.015, 0.04)


def night(image: np.ndarray) -> np.ndarray:
    """uint8 [..., 3] -> uint8 [..., 3]."""
    day = image.astype(np.float64) / 255
    luma = day @ np.array([[0.299], [0.587], [0.114]])
    dark = GAIN * (luma + SATURATION * (day - luma)) ** GAMMA * TINT + FLOOR
    return np.floor(255 * np.minimum(dark, 1) + 0.5).astype(np.uint8)


def open(data: Data) -> "Source":
    """The package set `data.name` as a source has it, image i of image i. Raises BadInput as `package.open`."""
    from ganzoo.data import pixels
    from ganzoo.data.source import Again, Item, Source

    day = package.open(data)

    def items() -> Iterator[Item]:
        for item in day:
            yield Item(f"{item.where} at synthetic night", night(pixels.fit(pixels.picture(item.image), None, 3)))

    return Source(
        f"{day.name} at synthetic night",
        day.count,
        Again(items),
        licence=day.licence,
        citation=day.citation,
        fingerprint=day.fingerprint and f"{day.fingerprint} at night",
    )
