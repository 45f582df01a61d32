"""Diversity of a set as the mean perceptual distance of random pairs: the higher, the less alike its images are.

The distance is that of `ganzoo.metrics.perceptual`, of the feature maps of the extractor that the metric is named
after. Zhu et al. 2017, "Toward multimodal image-to-image translation", arXiv 1711.11586, measure diversity so: by the
distance of random pairs of outputs in a network's features. Theirs are of one input, ours of the whole set, and no
value here is an LPIPS. Read it beside the floor, that of real images: there is no best value, and noise is not seen as
a fault. Of 200 images of Fashion-MNIST in LeNet's maps, noise of 40 grey levels raises it by 1 %; where only 5 of them
are left, it falls by 30 %.
"""

from collections.abc import Callable

import numpy as np

from ganzoo.metrics.kind import Kind
from ganzoo.metrics.statistics import matching, mean

BATCH = 50  # pairs: 0.8 GB of lite0's maps


def diversity(images: np.ndarray, compare: Callable, seed: int = 0) -> dict[str, float | int]:
    """Mean over random pairs of images uint8 [N, H, W, C], each in one of them. compare: see `perceptual.between`.

    -> {"value": at least 0, below 4 a map, "error", "pairs_count"}.
    """
    pairs = matching(len(images), seed)
    values = []
    for start in range(0, len(pairs), BATCH):
        first, second = (images[side].astype(np.float32) / 127.5 - 1 for side in pairs[start : start + BATCH].T)
        values.append(np.asarray(compare(first, second)))
    return mean(np.concatenate(values)) | {"pairs_count": len(pairs)}


class PerceptualDiversity(Kind):
    """Collects the images of one set, all of them."""

    LEAST = 4  # images: two pairs
    HIGHER = True
    NEEDS = ("images",)
    OF = "compare"
    REFERENCES = 0

    def __init__(self, compare: Callable):
        self.compare = compare
        self.batches: list[np.ndarray] = []

    def update(self, images: np.ndarray) -> None:
        """images: uint8 [B, H, W, C]."""
        self.batches.append(images)

    def to(self) -> dict:
        """What `diversity` gives."""
        return diversity(np.concatenate(self.batches), self.compare)
