"""Intra-class Fréchet distance: the mean over classes of the distance within each (Miyato and Koyama 2018,
arXiv 1802.05637, section 4.1, "intra FID").

It sees a generator that makes good images of the wrong class. Fewer images for each covariance: read it beside its
floor, which has as few.
"""

import numpy as np

from ganzoo.errors import BadInput
from ganzoo.metrics.frechet import FrechetDistance
from ganzoo.metrics.kind import Kind


class IntraClassDistance(Kind):
    """Collects the features of one set by class."""

    LEAST = 4  # images
    HIGHER = False
    NEEDS = ("features", "labels")
    REFERENCES = 1

    def __init__(self, dim: int):
        self.dim = dim
        self.classes: dict[int, FrechetDistance] = {}

    def update(self, features: np.ndarray, labels: np.ndarray) -> None:
        """features [B, D], labels int [B]."""
        for label in np.unique(labels):
            one = self.classes.setdefault(int(label), FrechetDistance(self.dim))
            one.update(features[labels == label])

    def to(self, other: "IntraClassDistance") -> dict:
        """{"value": mean, "by_class": of each class, in order, "least": images of the smallest class on either side}.

        Raises BadInput where a class has fewer than two images on either side.
        """
        values, least = [], []
        for label in sorted(self.classes.keys() | other.classes.keys()):
            sides = [side.classes.get(label) for side in (self, other)]
            counts = [side.statistics.count if side else 0 for side in sides]
            if min(counts) < 2:
                raise BadInput(f"metrics: ifd needs two images of each class, class {label} has {min(counts)}")
            values.append(sides[0].to(sides[1])["value"])
            least += counts
        return {"value": float(np.mean(values)), "by_class": values, "least": min(least)}
