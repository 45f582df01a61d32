"""What a sceptic tries before a translator: colours carried over from one set of images to another, pixel by pixel.

A method is fitted on images of both domains, unpaired, and then changes any image in the same way, whatever is in it:
what it has learned is how the sets differ in colour. Images are uint8 [N, H, W, 3].
"""

from collections.abc import Callable

import numpy as np

Change = Callable[[np.ndarray], np.ndarray]  # uint8 [N, H, W, 3] -> the same

ROWS = 64  # images at once, for memory
# IEC 61966-2-1 and CIE 15, white D65.
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)
KNEE = 6 / 29


def identity(sources: np.ndarray, targets: np.ndarray) -> Change:
    """Images as they are."""
    return lambda images: images


def mean_deviation(sources: np.ndarray, targets: np.ndarray) -> Change:
    """Means and deviations of L, a and b of the sources become those of the targets: Reinhard et al. 2001, "Color
    transfer between images", IEEE Computer Graphics and Applications 21(5), in CIE Lab in place of their l-alpha-beta
    and between sets of images in place of two."""
    (mean, deviation), (wanted, spread) = _moments(sources), _moments(targets)
    factor = np.divide(spread, deviation, out=np.ones(3), where=deviation > 0)

    def change(images: np.ndarray) -> np.ndarray:
        parts = [images[start : start + ROWS] for start in range(0, len(images), ROWS)]
        return np.concatenate([from_lab((to_lab(part) - mean) * factor + wanted) for part in parts])

    return change


def histogram(sources: np.ndarray, targets: np.ndarray) -> Change:
    """Of red, green and blue each level becomes the one below which the targets have as large a share of their pixels
    as the sources have below it, the half of its own included; between levels of the targets by interpolation."""
    tables = []
    for channel in range(3):
        before, after = (np.bincount(each[..., channel].reshape(-1), minlength=256) for each in (sources, targets))
        shares, wanted = ((np.cumsum(counts) - counts / 2) / counts.sum() for counts in (before, after))
        there = np.flatnonzero(after)
        tables.append(np.interp(shares, wanted[there], there))
    levels = np.uint8(np.floor(np.array(tables) + 0.5))

    def change(images: np.ndarray) -> np.ndarray:
        return np.stack([levels[channel][images[..., channel]] for channel in range(3)], axis=-1)

    return change


METHODS = {"identity": identity, "mean_deviation": mean_deviation, "histogram": histogram}


def to_lab(images: np.ndarray) -> np.ndarray:
    """uint8 sRGB [..., 3] -> CIE Lab float64 [..., 3], L in 0..100."""
    values = images / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    relative = linear @ TO_XYZ.T / WHITE
    x, y, z = np.moveaxis(np.where(relative > KNEE**3, np.cbrt(relative), relative / (3 * KNEE**2) + 4 / 29), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def from_lab(lab: np.ndarray) -> np.ndarray:
    """The nearest uint8 sRGB of CIE Lab float [..., 3]; each channel is cut off at 0 and 255."""
    y = (lab[..., 0] + 16) / 116
    roots = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    relative = np.where(roots > KNEE, roots**3, 3 * KNEE**2 * (roots - 4 / 29))
    linear = np.clip((relative * WHITE) @ np.linalg.inv(TO_XYZ).T, 0, 1)
    values = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.uint8(np.floor(255 * values + 0.5))


def _moments(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of L, a and b over all pixels, float64 [3] each."""
    count, total, squares = 0, np.zeros(3), np.zeros(3)
    for start in range(0, len(images), ROWS):
        lab = to_lab(images[start : start + ROWS]).reshape(-1, 3)
        count, total, squares = count + len(lab), total + lab.sum(axis=0), squares + (lab**2).sum(axis=0)
    mean = total / count
    return mean, np.sqrt(np.maximum(squares / count - mean**2, 0))
