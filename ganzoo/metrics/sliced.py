"""Sliced Wasserstein distance between the patches of two sets of images, level by level of a Laplacian pyramid.

Karras et al. 2018, "Progressive growing of GANs", arXiv 1710.10196, section 5: from every level of the pyramid of each
image 128 patches of 7x7 pixels, normalised by the mean and deviation of each channel over its set; then the mean
Wasserstein-1 distance of their projections on 512 random directions (Rabin et al. 2011). Coarse levels compare large
structure, the finest one detail. 0 for equal sets; lower is better. The paper prints 1,000 times these values, of
16,384 images. The pyramid is that of Burt and Adelson 1983, with their filter of a = 3/8 and mirrored borders.

Known difference: the levels end at 14 pixels, not 16, so that images of 28 pixels have two. A power of two has the
paper's levels; 32 pixels have two.

Memory while two sets are compared, which goes level by level: 2 x 25 kB x channels an image, so 0.5 GB for 10,000
grey images on either side and 1.5 GB in colour.
"""

import numpy as np

from ganzoo.errors import BadInput
from ganzoo.metrics.kind import Kind

PATCH = 7  # pixels
PATCHES = 128  # of an image and level
DIRECTIONS = 512
BLOCK = 16  # directions projected at once
PART = 256  # images cut at once
SEED = 0  # of places and directions
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
    import scipy.ndimage

    for axis in (1, 2):
        images = scipy.ndimage.correlate1d(images, FILTER, axis=axis, mode="mirror")
    return images


def patches(level: np.ndarray, draw: np.random.Generator, inside: np.ndarray | None = None) -> np.ndarray:
    """float32 [B, H, W, C] -> float32 [128 B, C, 49], at uniform places that lie within the image.

    inside: bool [B, H, W], the pixels that may be a patch's centre; None = all.
    """
    windows = np.lib.stride_tricks.sliding_window_view(level, (PATCH, PATCH), axis=(1, 2))  # [B, Y, X, C, 7, 7]
    size = (len(level), PATCHES)
    if inside is None:
        rows, columns = draw.integers(windows.shape[1], size=size), draw.integers(windows.shape[2], size=size)
    else:
        places = [draw.choice(np.argwhere(each), size=PATCHES) for each in _centres(inside)]
        rows, columns = np.moveaxis(places, -1, 0)
    chosen = windows[np.arange(len(level))[:, None], rows, columns]
    return chosen.reshape(-1, level.shape[-1], PATCH * PATCH)


def normalise(descriptors: np.ndarray) -> np.ndarray:
    """float32 [N, C, 49] -> [N, 49 C], in place: each channel of mean 0 and deviation 1, a constant one 0."""
    for channel in range(descriptors.shape[1]):
        values = descriptors[:, channel]
        values -= values.mean(dtype=np.float64)
        deviation = np.sqrt(np.einsum("nk,nk->n", values, values).mean(dtype=np.float64) / values.shape[1])
        values /= deviation or 1
    return descriptors.reshape(len(descriptors), -1)


def wasserstein(x: np.ndarray, y: np.ndarray, directions: np.ndarray) -> float:
    """Mean over unit directions [D, K] of the Wasserstein-1 distance of the projections of x and y, both [N, D]."""
    values = []
    for start in range(0, directions.shape[1], BLOCK):
        block = directions[:, start : start + BLOCK].T
        # A row for each direction: a sort along rows of contiguous memory.
        gap = np.sort(block @ x.T, axis=1) - np.sort(block @ y.T, axis=1)
        values.append(np.abs(gap).mean(axis=1, dtype=np.float64))
    return float(np.concatenate(values).mean())


class SlicedWasserstein(Kind):
    """Collects the images of one set as they are; patches are cut, one level of both sets at a time, in `to`."""

    LEAST = 2  # images
    HIGHER = False
    NEEDS = ("images",)
    REFERENCES = 1

    def __init__(self, dim: int):
        self.batches: list[np.ndarray] = []

    @classmethod
    def check(cls, shape: tuple[int, ...]) -> None:
        """Refuse images [H, W, C] with a side below 14 pixels."""
        sides(*shape[:2])

    def update(self, images: np.ndarray) -> None:
        """images: uint8 [B, H, W, C]."""
        self.batches.append(images)

    def to(self, other: "SlicedWasserstein") -> dict[str, float | dict[str, float]]:
        """{"value": mean over levels, "levels": {"32": ..., "16": ...}, by height, finest first, "images": of a set}.

        Of the larger set, where they differ, only as many images as the other one has. Raises BadInput for images that
        are too small or whose shape differs between the sets.
        """
        return between(np.concatenate(self.batches), np.concatenate(other.batches))


def between(mine: np.ndarray, others: np.ndarray, inside: np.ndarray | None = None) -> dict:
    """`SlicedWasserstein.to` of two sets uint8 [N, H, W, C].

    inside: bool [N, H, W], the pixels that may be a patch's centre, the same in both sets; levels where some image has
    none are left out, and BadInput is raised if none is left.
    """
    if mine.shape[1:] != others.shape[1:]:
        shapes = [list(images.shape[1:]) for images in (mine, others)]
        raise BadInput(f"metrics: swd compares images of one shape, not {shapes[0]} and {shapes[1]}")
    count = min(len(mine), len(others))
    found = {}
    heights = [height for height, _ in sides(*mine.shape[1:3])]
    for level, height in enumerate(heights):
        part = None if inside is None else inside[:count, :: 2**level, :: 2**level]
        if part is not None and not _centres(part).any(axis=(1, 2)).all():
            continue
        x, y = (_descriptors(images[:count], level, len(heights), part) for images in (mine, others))
        directions = np.random.default_rng([SEED, level, 1]).normal(size=(x.shape[1], DIRECTIONS))
        directions /= np.linalg.norm(directions, axis=0)
        found[str(height)] = wasserstein(x, y, directions.astype(np.float32))
    if not found:
        raise BadInput(
            f"metrics: swd finds no patch of {PATCH}x{PATCH} pixels with its centre in the hole of every image"
        )
    return {"value": float(np.mean(list(found.values()))), "levels": found, "images": count}


def _centres(inside: np.ndarray) -> np.ndarray:
    """bool [B, H, W] of pixels -> bool [B, H - 6, W - 6] of the patches with such a centre."""
    edge = PATCH // 2
    return inside[:, edge:-edge, edge:-edge]


def _descriptors(images: np.ndarray, level: int, levels: int, inside: np.ndarray | None) -> np.ndarray:
    # Both sets are cut at the same places, so that equal sets are at distance 0.
    draw = np.random.default_rng([SEED, level, 0])
    found = np.empty([len(images) * PATCHES, images.shape[-1], PATCH * PATCH], np.float32)
    for start in range(0, len(images), PART):
        part = images[start : start + PART]
        centres = None if inside is None else inside[start : start + PART]
        found[start * PATCHES : (start + len(part)) * PATCHES] = patches(pyramid(part, levels)[level], draw, centres)
    return normalise(found)
