"""Memorisation: how many samples lie nearer to a training image than real images that were not trained on do.

After the idea of Meehan et al. 2020 (arXiv 2004.05675, section 3), that distances from samples to the training set are
to be compared with those of held-out images. Their statistic is the rank sum, here `nearer`; the value is the tail,
since copies are few among many: the share of samples whose nearest training image is nearer than that of all but 5 %
of the held-out images. 0.05 for samples of the data's own law, 1 for copies.

Where no held-out images are shipped with the extractor, the real images are halved: a copy of an image of the second
half is then not seen, so a generator that only copies shows about 0.5 or more.
"""

import numpy as np

from ganzoo.metrics import manifold
from ganzoo.metrics.kind import Kind
from ganzoo.metrics.statistics import finite, share

TAIL = 0.05
PAIRS = 16  # closest pairs that are told


def nearest(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance [N] from each of x [N, D] to its nearest of y [M, D], and which that is: int [N]."""
    distances, places = [], []
    for start in range(0, len(x), manifold.BLOCK):
        block = manifold.squared_distances(x[start : start + manifold.BLOCK], y)
        places.append(block.argmin(axis=1))
        distances.append(np.sqrt(block.min(axis=1)))
    return np.concatenate(distances), np.concatenate(places)


class Memorization(Kind):
    """Collects the features of one set, all of them."""

    LEAST = 20  # images: one in the tail
    HIGHER = False
    NEEDS = ("features",)
    REFERENCES = 2

    def __init__(self, dim: int):
        self.batches: list[np.ndarray] = []

    def update(self, features: np.ndarray) -> None:
        self.batches.append(finite(features))

    def to(self, training: "Memorization", held: "Memorization") -> dict:
        """{"value": in 0..1, "interval", "nearer": P(sample nearer than held-out), "pairs"}.

        pairs: the closest [sample, training image, distance], by their places in either set.
        """
        samples, reals, others = (np.concatenate(one.batches).astype(np.float64) for one in (self, training, held))
        own, places = nearest(samples, reals)
        usual = np.sort(nearest(others, reals)[0])
        least = usual[int(TAIL * len(usual))]
        above = np.searchsorted(usual, own, side="right"), np.searchsorted(usual, own, side="left")
        pairs = [[int(i), int(places[i]), float(own[i])] for i in np.argsort(own, kind="stable")[:PAIRS]]
        return share(np.count_nonzero(own < least), len(own)) | {
            "nearer": float(1 - (above[0] + above[1]).mean() / 2 / len(usual)),
            "pairs": pairs,
        }
