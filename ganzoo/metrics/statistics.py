"""Mean and covariance of features that come in batches: one pass, float64, mergeable. The interval of a share, the
error of a mean, pairs of a set.

Each batch is centred on its own mean and joined by the pairwise update of Chan, Golub and LeVeque 1983, "Algorithms
for computing the sample variance", eq. 2.1, which loses nothing to the size of the mean. Sums of squares would.
"""

import numpy as np

from ganzoo.errors import BadInput


class Statistics:
    """Count, mean [D] and scatter [D, D] (sum of outer products about the mean) of the features seen so far."""

    def __init__(self, dim: int):
        self.count = 0
        self.mean = np.zeros(dim)
        self.scatter = np.zeros((dim, dim))

    def update(self, features: np.ndarray) -> None:
        """Add features [B, D] of any float type, B at least 1. Raises BadInput if one is not finite."""
        features = finite(features).astype(np.float64)
        mean = features.mean(axis=0)
        centred = features - mean
        self._join(len(features), mean, centred.T @ centred)

    def merge(self, other: "Statistics") -> None:
        """Add everything that `other` has seen."""
        if other.count:
            self._join(other.count, other.mean, other.scatter)

    def _join(self, count: int, mean: np.ndarray, scatter: np.ndarray) -> None:
        total = self.count + count
        step = mean - self.mean
        self.scatter += scatter + np.outer(step, step) * (self.count * count / total)
        self.mean += step * (count / total)
        self.count = total

    @property
    def covariance(self) -> np.ndarray:
        """Unbiased covariance float64 [D, D]; needs at least two features."""
        return self.scatter / (self.count - 1)


def finite(features: np.ndarray, what: str = "features of {} of {} images") -> np.ndarray:
    """`features` [B, D], unless one of them is NaN or infinite: then BadInput, or a distance would hide it."""
    good = np.isfinite(features).all(axis=1)
    if not good.all():
        raise BadInput(f"metrics: {what.format(np.sum(~good), len(good))} are not finite numbers")
    return features


def share(count: int, total: int) -> dict:
    """{"value": count / total, "interval": [low, high]}: Wilson's 95 % interval of a share (Wilson 1927)."""
    z = 1.959964
    middle = (count + z * z / 2) / (total + z * z)
    reach = z / (total + z * z) * np.sqrt(count * (total - count) / total + z * z / 4)
    return {"value": float(count / total), "interval": [float(max(0, middle - reach)), float(min(1, middle + reach))]}


def mean(values: np.ndarray) -> dict[str, float]:
    """{"value": mean of independent values [N], N at least 2, "error": its standard error}."""
    values = values.astype(np.float64)
    return {"value": float(values.mean()), "error": float(values.std(ddof=1) / np.sqrt(len(values)))}


def matching(count: int, seed: int = 0) -> np.ndarray:
    """`count` images in random pairs, each in one (an odd one is left over): int64 [count // 2, 2].

    As pairs share no image, what is computed of each is independent.
    """
    return np.random.default_rng(seed).permutation(count)[: count // 2 * 2].reshape(-1, 2)
