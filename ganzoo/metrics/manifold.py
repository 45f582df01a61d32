"""Fidelity and diversity apart: precision and recall, density and coverage, from balls around features.

A set's manifold is the union of balls around its features that reach to each one's k-th nearest neighbour.

- precision: share of samples within the manifold of the real images; recall: the reverse (Kynkäänniemi et al. 2019,
  arXiv 1904.06991, eq. 1 and 2, k = 3);
- density: real balls a sample lies in, on average and over k, may exceed 1; coverage: share of real balls that hold a
  sample (Naeem et al. 2020, arXiv 2002.09797, eq. 1 and 2, k = 5).

All grow with quality. The published values are of VGG-16's features; ours are named after their extractor.
"""

import numpy as np

from ganzoo.metrics.kind import Kind
from ganzoo.metrics.statistics import finite, share

BLOCK = 1000  # rows of a block of distances: memory is BLOCK x N float64


def squared_distances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """float64 [N, M] of features [N, D] and [M, D], both float64."""
    squares = np.einsum("nd,nd->n", x, x)[:, None] + np.einsum("md,md->m", y, y) - 2 * (x @ y.T)
    return np.maximum(squares, 0, out=squares)


def radii(features: np.ndarray, k: int) -> np.ndarray:
    """Squared distance from each of features float64 [N, D] to its k-th nearest other one: [N]."""
    found = np.empty(len(features))
    for start in range(0, len(features), BLOCK):
        block = squared_distances(features[start : start + BLOCK], features)
        rows = np.arange(len(block))
        block[rows, start + rows] = -1  # itself comes first, whatever the rounding
        found[start : start + BLOCK] = np.partition(block, k, axis=1)[:, k]
    return found


def inside(x: np.ndarray, centres: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """In how many balls around `centres` [M, D] of squared radius `reach` [M] each of x [N, D] lies: int64 [N]."""
    return np.concatenate(
        [
            np.count_nonzero(squared_distances(x[start : start + BLOCK], centres) <= reach, axis=1)
            for start in range(0, len(x), BLOCK)
        ]
    )


class _Features(Kind):
    """Collects the features of one set, all of them."""

    K = 3
    HIGHER = True
    NEEDS = ("features",)
    REFERENCES = 1

    def __init__(self, dim: int):
        self.batches: list[np.ndarray] = []

    def update(self, features: np.ndarray) -> None:
        self.batches.append(finite(features))

    @property
    def all(self) -> np.ndarray:
        return np.concatenate(self.batches).astype(np.float64)


class Precision(_Features):
    """Share of samples within the manifold of the reals."""

    LEAST = 4  # images: k + 1

    def to(self, other: "Precision") -> dict:
        """{"value": in 0..1, "interval", "k"}; `other` is of the real images, which the interval holds fixed."""
        held = inside(self.all, other.all, radii(other.all, self.K)) > 0
        return share(np.count_nonzero(held), len(held)) | {"k": self.K}


class Recall(_Features):
    """Share of reals within the manifold of the samples."""

    LEAST = 4

    def to(self, other: "Recall") -> dict:
        """{"value": in 0..1, "interval", "k"}; `other` is of the real images; the interval holds the samples fixed."""
        held = inside(other.all, self.all, radii(self.all, self.K)) > 0
        return share(np.count_nonzero(held), len(held)) | {"k": self.K}


class Density(_Features):
    """Balls of reals that a sample lies in, over k."""

    K = 5
    LEAST = 6

    def to(self, other: "Density") -> dict[str, float]:
        """{"value": at least 0, about 1 for samples of the reals' law, "k"}; `other` is of the real images."""
        return {"value": float(np.mean(inside(self.all, other.all, radii(other.all, self.K))) / self.K), "k": self.K}


class Coverage(_Features):
    """Share of reals whose ball holds a sample."""

    K = 5
    LEAST = 6

    def to(self, other: "Coverage") -> dict:
        """{"value": in 0..1, "interval", "k"}; `other` is of the real images; the interval holds the samples fixed."""
        reals, samples, hits = other.all, self.all, []
        reach = radii(reals, self.K)
        for start in range(0, len(reals), BLOCK):
            nearest = squared_distances(reals[start : start + BLOCK], samples).min(axis=1)
            hits.append(nearest <= reach[start : start + BLOCK])
        return share(np.count_nonzero(np.concatenate(hits)), len(reals)) | {"k": self.K}
