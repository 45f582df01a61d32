"""Fréchet distance between two Gaussians fitted to features (Heusel et al. 2017, arXiv 1706.08500, eq. 6).

    d^2 = |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^1/2)

Difference from the authors' code: C1 C2 is not symmetric and its square root by Schur decomposition turns complex for
nearly singular covariances. (C1 C2)^1/2 has the trace of (A C2 A)^1/2 with A = C1^1/2, which is symmetric and positive
semidefinite, so two symmetric eigendecompositions give it in real numbers and with no epsilon on the diagonal.
"""

import numpy as np

from ganzoo.metrics.kind import Kind
from ganzoo.metrics.statistics import Statistics


def sqrtm(matrix: np.ndarray) -> np.ndarray:
    """Square root of a symmetric positive semidefinite float64 [D, D]; eigenvalues below 0 are rounding, taken as 0."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


def distance(mean1: np.ndarray, cov1: np.ndarray, mean2: np.ndarray, cov2: np.ndarray) -> float:
    """Eq. 6 for means float64 [D] and covariances float64 [D, D]. The squared distance, at least 0 up to rounding."""
    root = sqrtm(cov1)
    product = np.linalg.eigvalsh(root @ cov2 @ root)
    cross = np.sqrt(np.maximum(product, 0)).sum()
    return float(np.sum((mean1 - mean2) ** 2) + np.trace(cov1) + np.trace(cov2) - 2 * cross)


class FrechetDistance(Kind):
    """Collects the features of one set; nothing but their mean and covariance is kept."""

    LEAST = 2  # images
    HIGHER = False
    NEEDS = ("features",)
    REFERENCES = 1

    def __init__(self, dim: int):
        self.statistics = Statistics(dim)

    def update(self, features: np.ndarray) -> None:
        self.statistics.update(features)

    def to(self, other: "FrechetDistance") -> dict[str, float]:
        """{"value": distance between this set and the other}."""
        a, b = self.statistics, other.statistics
        return {"value": distance(a.mean, a.covariance, b.mean, b.covariance)}
