"""Sliced Wasserstein distance between the patches of two sets of images, level by level of a Laplacian pyramid.

Karras et al. 2018, "Progressive growing of GANs", arXiv 1710.10196, section 5: from every level of the pyramid of each
image 128 patches of 7x7 pixels, normalised by the mean and deviation of each channel over its set; then the mean
Wasserstein-1 distance of their projections on 512 random directions (Rabin et al. 2011). Coarse levels compare large
structure, the finest one detail. 0 for equal sets; lower is better. The paper prints 1,000 times these values, of
16,384 images. The pyramid is that of Burt and Adelson 1983, with their filter of a = 3/8 and mirrored borders.

Known difference: the levels end at 14 pixels, not 16, so that images of 28 pixels have two. A power of two has the
paper's levels; 32 pixels have two.
"""

import numpy as np
import scipy.ndimage

from ganzoo.errors import BadInput

PATCH = 7  # pixels
PATCHES = 128  # of an image and level
DIRECTIONS = 512
BLOCK = 16  # directions projected at once
COARSEST = 14  # pixels
FILTER = np.array([1, 4, 6, 4, 1], np.float32) / 16


def sides(height: int, width: int) -> list[tuple[int, int]]:
    """Height and width of every level, finest first. Raises BadInput where not even one level is large enough."""
    if min(height, width) < COARSEST:
        raise BadInput(f"metrics: swd takes images of at least {COARSEST}x{COARSEST}, these are {height}x{width}")
    found = [(height, width)]
    while height % 2 == 0 and width % 2 == 0 and min(height, width) // 2 >= COARSEST:
        height, width = height // 2, width // 2
        found.append((height, width))
    return found


def pyramid(images: np.ndarray, levels: int) -> list[np.ndarray]:
    """Images [B, H, W, C] -> float32 [B, H / 2^l, W / 2^l, C] for each level l: differences, then what is left."""
    current, found = images.astype(np.float32), []
    for _ in range(levels - 1):
        smaller = _blur(current)[:, ::2, ::2]
        spread = np.zeros_like(current)
        spread[:, ::2, ::2] = 4 * smaller
        found.append(current - _blur(spread))
        current = smaller
    return [*found, current]


def _blur(images: np.ndarray) -> np.ndarray:
    for axis in (1, 2):
        images = scipy.ndimage.correlate1d(images, FILTER, axis=axis, mode="mirror")
    return images


def patches(level: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """float32 [B, H, W, C] -> float32 [128 B, C, 49], at uniform places that lie within the image."""
    windows = np.lib.stride_tricks.sliding_window_view(level, (PATCH, PATCH), axis=(1, 2))  # [B, Y, X, C, 7, 7]
    size = (len(level), PATCHES)
    rows, columns = draw.integers(windows.shape[1], size=size), draw.integers(windows.shape[2], size=size)
    chosen = windows[np.arange(len(level))[:, None], rows, columns]
    return chosen.reshape(-1, level.shape[-1], PATCH * PATCH)


def normalise(descriptors: np.ndarray) -> np.ndarray:
    """float32 [N, C, 49] -> [N, 49 C], each channel of mean 0 and deviation 1; a constant channel becomes 0."""
    mean = descriptors.mean(axis=(0, 2), keepdims=True, dtype=np.float64)
    deviation = descriptors.std(axis=(0, 2), keepdims=True, dtype=np.float64)
    deviation[deviation == 0] = 1
    return ((descriptors - mean.astype(np.float32)) / deviation.astype(np.float32)).reshape(len(descriptors), -1)


def wasserstein(x: np.ndarray, y: np.ndarray, directions: np.ndarray) -> float:
    """Mean over unit directions [D, K] of the Wasserstein-1 distance of the projections of x and y, both [N, D]."""
    values = []
    for start in range(0, directions.shape[1], BLOCK):
        block = directions[:, start : start + BLOCK].T
        # A row for each direction: a sort along rows of contiguous memory.
        gap = np.sort(block @ x.T, axis=1) - np.sort(block @ y.T, axis=1)
        values.append(np.abs(gap).mean(axis=1, dtype=np.float64))
    return float(np.concatenate(values).mean())


class SlicedWasserstein:
    """Collects the images of one set as they are; patches are cut, one level of both sets at a time, in `to`.

    Memory of `to`: 2 x 25 kB x C an image, so 1.5 GB for two sets of 10,000 in colour; take 2,048 of them or so.
    """

    LEAST = 2  # images
    HIGHER = False

    def __init__(self, seed: int = 0):
        self.seed = seed
        self.batches: list[np.ndarray] = []

    def update(self, images: np.ndarray) -> None:
        """images: uint8 [B, H, W, C]."""
        self.batches.append(images)

    def to(self, other: "SlicedWasserstein") -> dict[str, float | dict[str, float]]:
        """{"value": mean over levels, "levels": {"32": ..., "16": ...}, by height, finest first}.

        Raises BadInput for images that are too small or whose number or shape differs between the sets.
        """
        mine, others = np.concatenate(self.batches), np.concatenate(other.batches)
        if mine.shape != others.shape:
            raise BadInput(f"metrics: swd compares sets of one shape, not {list(mine.shape)} and {list(others.shape)}")
        found = {}
        heights = [height for height, _ in sides(*mine.shape[1:3])]
        for level, height in enumerate(heights):
            x, y = (self._descriptors(images, level, len(heights)) for images in (mine, others))
            directions = np.random.default_rng([self.seed, level, 1]).normal(size=(x.shape[1], DIRECTIONS))
            directions /= np.linalg.norm(directions, axis=0)
            found[str(height)] = wasserstein(x, y, directions.astype(np.float32))
        return {"value": float(np.mean(list(found.values()))), "levels": found}

    def _descriptors(self, images: np.ndarray, level: int, levels: int) -> np.ndarray:
        # Both sets are cut at the same places, so that equal sets are at distance 0.
        draw = np.random.default_rng([self.seed, level, 0])
        parts = np.array_split(images, -(-len(images) // 256))
        return normalise(np.concatenate([patches(pyramid(part, levels)[level], draw) for part in parts]))
