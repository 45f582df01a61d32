"""Diversity of a set as the mean MS-SSIM of random pairs: the higher, the more alike its images are.

Odena et al. 2017, "Conditional image synthesis with auxiliary classifier GANs", arXiv 1610.09585, section 4.2. MS-SSIM
is that of Wang et al. 2003, "Multiscale structural similarity for image quality assessment", by
`tf.image.ssim_multiscale`: an 11x11 Gaussian window of deviation 1.5, K = 0.01 and 0.03, range 255, mean over channels;
a negative contrast term counts as 0.

- msssim: pairs of all images, each image in one of them;
- imsssim: pairs of one class, 100 a class, which is Odena et al.'s protocol.

Neither has a best value: noise lowers them, collapse raises them. Read a value beside the floor, that of real images.

Known difference: the five scales need 176 pixels. A smaller image takes as many of the first ones as its shorter side
allows (28 and 32 pixels: two), their weights divided by their sum, so that values of different sizes do not compare.
"""

import numpy as np

from ganzoo.errors import BadInput
from ganzoo.metrics.kind import Kind
from ganzoo.metrics.statistics import matching, mean

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # Wang et al. 2003, section 3.2, finest scale first
WINDOW = 11  # pixels
PAIRS = 100  # of a class
BATCH = 100  # pairs


def weights(height: int, width: int) -> tuple[float, ...]:
    """Exponents of the scales that an image of this size has, finest first, sum 1. Raises BadInput below 11 pixels."""
    scales = [weight for level, weight in enumerate(WEIGHTS) if min(height, width) >> level >= WINDOW]
    if not scales:
        raise BadInput(f"metrics: msssim takes images of at least {WINDOW}x{WINDOW}, these are {height}x{width}")
    return tuple(weight / sum(scales) for weight in scales)


def similarity(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """MS-SSIM of images uint8 [B, H, W, C] with their partners: float32 [B] in 0..1, 1 for equal images."""
    import tensorflow as tf

    exponents = weights(*a.shape[1:3])
    return tf.image.ssim_multiscale(tf.constant(a), tf.constant(b), max_val=255, power_factors=exponents).numpy()


def similarities(images: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """MS-SSIM of pairs int [P, 2] of images uint8 [N, H, W, C]: float32 [P]."""
    parts = [pairs[start : start + BATCH] for start in range(0, len(pairs), BATCH)]
    return np.concatenate([similarity(images[part[:, 0]], images[part[:, 1]]) for part in parts])


def diversity(images: np.ndarray, seed: int = 0) -> dict[str, float | int]:
    """Mean over random pairs of images uint8 [N, H, W, C], each in one of them.

    -> {"value": in 0..1, lower is more diverse, "error", "pairs_count", "scales"}. Raises BadInput below 11 pixels.
    """
    values = similarities(images, matching(len(images), seed))
    return mean(values) | {"pairs_count": len(values), "scales": len(weights(*images.shape[1:3]))}


def within(images: np.ndarray, labels: np.ndarray, count: int = PAIRS, seed: int = 0) -> dict:
    """Mean over `count` random pairs of different images in each class. images uint8 [N, H, W, C], labels int [N].

    -> {"value": in 0..1, lower is more diverse, "by_class": in order, "pairs_count", "scales"}. Raises BadInput for
    images below 11 pixels and for a class of one image.
    """
    draw = np.random.default_rng(seed)
    by_class = [
        float(similarities(images, pairs(labels, label, count, draw)).mean(dtype=np.float64))
        for label in np.unique(labels)
    ]
    return {
        "value": float(np.mean(by_class)),
        "by_class": by_class,
        "pairs_count": count * len(by_class),
        "scales": len(weights(*images.shape[1:3])),
    }


def pairs(labels: np.ndarray, label: int, count: int, draw: np.random.Generator) -> np.ndarray:
    """`count` pairs of different places in labels int [N] with that label: int64 [count, 2]. BadInput if it has one."""
    (members,) = np.nonzero(labels == label)
    if len(members) < 2:
        raise BadInput(f"metrics: imsssim takes two images of a class or more, class {label} has {len(members)}")
    first = draw.integers(len(members), size=count)
    second = (first + draw.integers(1, len(members), size=count)) % len(members)
    return members[np.stack([first, second], axis=1)]


class Similarity(Kind):
    """Collects the images of one set, all of them."""

    LEAST = 4  # images: two pairs
    HIGHER = False
    NEEDS = ("images",)
    REFERENCES = 0

    def __init__(self, dim: int):
        self.batches: list[np.ndarray] = []

    @classmethod
    def check(cls, shape: tuple[int, ...]) -> None:
        """Refuse images [H, W, C] with a side below 11 pixels."""
        weights(*shape[:2])

    def update(self, images: np.ndarray) -> None:
        """images: uint8 [B, H, W, C]."""
        self.batches.append(images)

    def to(self) -> dict:
        """What `diversity` gives."""
        return diversity(np.concatenate(self.batches))


class IntraClassSimilarity(Similarity):
    """Collects the images of one set and their labels, all of them."""

    NEEDS = ("images", "labels")

    def __init__(self, dim: int):
        super().__init__(dim)
        self.labels: list[np.ndarray] = []

    def update(self, images: np.ndarray, labels: np.ndarray) -> None:
        """images: uint8 [B, H, W, C], labels: int [B]."""
        super().update(images)
        self.labels.append(labels)

    def to(self) -> dict:
        """What `within` gives."""
        return within(np.concatenate(self.batches), np.concatenate(self.labels))
