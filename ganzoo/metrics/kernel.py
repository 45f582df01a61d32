"""Kernel distance: unbiased squared maximum mean discrepancy (Binkowski et al. 2018, arXiv 1801.01401, section 4).

The kernel is the paper's (x.y / D + 1)^3 and the value the mean over 100 random subsets of 1,000 of each set, whose
standard deviation is reported as the spread. Unlike the Fréchet distance it has no bias in the number of images, so it
is the one to read when they are few; being unbiased it may fall below 0. With fewer than 2,000 images a subset is half
of them, so that subsets still differ.
"""

import numpy as np

from ganzoo.metrics.kind import Kind
from ganzoo.metrics.statistics import finite

SUBSETS = 100
SUBSET = 1000  # images
SEED = 0


def polynomial(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(x.y / D + 1)^3 for every pair. x [N, D], y [M, D] -> [N, M]."""
    base = x @ (y.T / x.shape[1])
    base += 1
    return base * base * base  # ** 3 takes ten times as long


def squared_mmd(x: np.ndarray, y: np.ndarray) -> float:
    """Unbiased estimate (their eq. 4) from features x [N, D] and y [M, D]: pairs of an image with itself left out."""

    def off_diagonal_mean(gram):
        return (gram.sum() - np.trace(gram)) / (len(gram) * (len(gram) - 1))

    within = off_diagonal_mean(polynomial(x, x)) + off_diagonal_mean(polynomial(y, y))
    return float(within - 2 * polynomial(x, y).mean())


def distance(x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Mean and standard deviation over subsets of the squared discrepancy between features x [N, D] and y [M, D]."""
    size = min(SUBSET, len(x) // 2, len(y) // 2)
    draw = np.random.default_rng(SEED)
    x, y = x.astype(np.float64), y.astype(np.float64)
    values = [
        squared_mmd(x[draw.choice(len(x), size, replace=False)], y[draw.choice(len(y), size, replace=False)])
        for _ in range(SUBSETS)
    ]
    return {"value": float(np.mean(values)), "spread": float(np.std(values)), "subset": size}


class KernelDistance(Kind):
    """Collects the features of one set, all of them."""

    LEAST = 4  # images: two subsets of two
    HIGHER = False
    NEEDS = ("features",)
    REFERENCES = 1

    def __init__(self, dim: int):
        self.features: list[np.ndarray] = []

    def update(self, features: np.ndarray) -> None:
        self.features.append(finite(features))

    def to(self, other: "KernelDistance") -> dict[str, float]:
        """{"value", "spread", "subset"} between this set and the other."""
        return distance(np.concatenate(self.features), np.concatenate(other.features))
