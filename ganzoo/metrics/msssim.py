"""Diversity of a set as the mean MS-SSIM of random pairs: the higher, the more alike its images are.

Odena et al. 2017, "Conditional image synthesis with auxiliary classifier GANs", arXiv 1610.09585, section 4.2: pairs of
samples of one class, 100 a class. MS-SSIM is that of Wang et al. 2003, "Multiscale structural similarity for image
quality assessment", by `tf.image.ssim_multiscale`: an 11x11 Gaussian window of deviation 1.5, K = 0.01 and 0.03, range
255, mean over channels; a negative contrast term counts as 0. Read a set's value beside that of real images, never
alone.

Known difference: the five scales need 176 pixels. A smaller image takes as many of the first ones as its shorter side
allows (28 and 32 pixels: two), their weights divided by their sum, so that values of different sizes do not compare.
"""

import numpy as np
import tensorflow as tf

from ganzoo.errors import BadInput

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
    exponents = weights(*a.shape[1:3])
    return tf.image.ssim_multiscale(tf.constant(a), tf.constant(b), max_val=255, power_factors=exponents).numpy()


def pairs(labels: np.ndarray, count: int, draw: np.random.Generator) -> np.ndarray:
    """`count` pairs of different indices within each class of labels int [N]: int64 [classes x count, 2].

    Raises BadInput for a class of one image.
    """
    found = []
    for label in np.unique(labels):
        (members,) = np.nonzero(labels == label)
        if len(members) < 2:
            raise BadInput(f"metrics: msssim takes two images of a class or more, class {label} has {len(members)}")
        first = draw.integers(len(members), size=count)
        second = (first + draw.integers(1, len(members), size=count)) % len(members)
        found.append(members[np.stack([first, second], axis=1)])
    return np.concatenate(found)


def diversity(
    images: np.ndarray, labels: np.ndarray | None = None, count: int = PAIRS, seed: int = 0
) -> dict[str, float | int]:
    """Mean MS-SSIM of `count` random pairs in each class of labels int [N], or in all of images uint8 [N, H, W, C].

    -> {"value": in 0..1, lower is more diverse, "spread": deviation over pairs, "pairs": their number, "scales"}.
    Raises BadInput for images below 11 pixels and for a class of one image.
    """
    scales = len(weights(*images.shape[1:3]))
    labels = np.zeros(len(images), np.int64) if labels is None else labels
    chosen = pairs(labels, count, np.random.default_rng(seed))
    parts = [chosen[start : start + BATCH] for start in range(0, len(chosen), BATCH)]
    values = np.concatenate([similarity(images[part[:, 0]], images[part[:, 1]]) for part in parts]).astype(np.float64)
    return {"value": float(values.mean()), "spread": float(values.std()), "pairs": len(values), "scales": scales}
