"""NDB and JS: bins of an image set's pixels, and how the share of samples in each differs from that of reals.

Richardson and Weiss 2018, "On GANs and GMMs", arXiv 1805.12462, section 3: k-means clusters of the training images are
the bins; every sample falls into the bin of the nearest centre. NDB is the number of bins whose share among samples
differs from that among reals by a two-proportion z-test at 5 % (two-sided, pooled deviation): about 5 of 100 differ by
chance alone, and more samples find smaller differences. JS is the Jensen-Shannon divergence of the two histograms in
nats, 0..log 2. Both are lower for better samples, and a bin that samples never reach is a mode that is missing.

What a nearest centre forgives is not seen: noise of 40 grey levels leaves both where they were.

Known difference: the pixels are never whitened (an option of theirs), and all of them count, at any size: clustering
holds the reals as float32, 4 bytes a pixel and channel, and takes half a minute for 10,000 images of 28x28 on two
cores, five minutes for 64x64 in colour, each time that samples are compared.
"""

import dataclasses

import numpy as np
import scipy.special

from ganzoo.errors import BadInput
from ganzoo.metrics.kind import Kind

BINS = 100
FILLING = 10  # reals a bin, at least
SIGNIFICANCE = 0.05
ITERATIONS = 100  # of Lloyd's algorithm
BLOCK = 5000  # rows of a block of distances


def js(p: np.ndarray, q: np.ndarray) -> float:
    """Jensen-Shannon divergence of histograms [K] that sum to 1, in nats: 0..log 2."""
    middle = (p + q) / 2
    return float(np.sum(scipy.special.rel_entr(p, middle) + scipy.special.rel_entr(q, middle)) / 2)


def z_scores(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Two-proportion z-test of counts int [K] in each bin: float64 [K]; 0 where a bin is empty or holds all of both."""
    n, m = first.sum(), second.sum()
    pooled = (first + second) / (n + m)
    deviation = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return (first / n - second / m) / np.where(deviation > 0, deviation, 1)


@dataclasses.dataclass(frozen=True)
class Bins:
    """k-means clusters of real images."""

    centres: np.ndarray  # float32 [K, H x W x C], in grey levels
    counts: np.ndarray  # int64 [K]: reals in each

    @classmethod
    def of(cls, images: np.ndarray, bins: int = BINS, seed: int = 0) -> "Bins":
        """Clusters of real images uint8 [N, H, W, C], from k-means++ starts. Raises BadInput below 10 images a bin."""
        import scipy.cluster.vq

        if len(images) < FILLING * bins:
            raise BadInput(f"metrics: {bins} bins take {FILLING * bins} real images or more, there are {len(images)}")
        rows = _rows(images)
        draw = np.random.default_rng(seed)
        centres, _ = scipy.cluster.vq.kmeans2(rows, bins, iter=ITERATIONS, minit="++", seed=draw)
        return cls(centres, np.bincount(_nearest(rows, centres), minlength=bins))

    def count(self, images: np.ndarray) -> np.ndarray:
        """How many of images uint8 [B, H, W, C] fall into each bin: int64 [K]. Counts of batches add up."""
        return np.bincount(_nearest(_rows(images), self.centres), minlength=len(self.centres))

    def compare(self, counts: np.ndarray) -> dict[str, float | int]:
        """Counts int [K] of the samples in each bin against the reals.

        -> {"value": bins that differ, "js": nats, "missing": bins with reals that no sample fell into, "bins": K,
        "chance": bins expected to differ by chance}.
        """
        differ = np.abs(z_scores(counts, self.counts)) > -scipy.special.ndtri(SIGNIFICANCE / 2)
        return {
            "value": int(differ.sum()),
            "js": js(counts / counts.sum(), self.counts / self.counts.sum()),
            "missing": int(np.sum((counts == 0) & (self.counts > 0))),
            "bins": len(counts),
            "chance": SIGNIFICANCE * len(counts),
        }


def _rows(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype(np.float32)


def _nearest(rows: np.ndarray, centres: np.ndarray) -> np.ndarray:
    # |x|^2 is the same for every centre.
    squares = np.einsum("kd,kd->k", centres, centres)
    parts = [rows[start : start + BLOCK] @ centres.T for start in range(0, len(rows), BLOCK)]
    return np.concatenate([np.argmin(squares - 2 * part, axis=1) for part in parts])


class DifferentBins(Kind):
    """Collects the images of one set, all of them: the bins are those of the real ones."""

    LEAST = FILLING * BINS  # images
    HIGHER = False
    NEEDS = ("images",)
    REFERENCES = 1

    def __init__(self, dim: int):
        self.batches: list[np.ndarray] = []

    def update(self, images: np.ndarray) -> None:
        """images: uint8 [B, H, W, C]."""
        self.batches.append(images)

    def to(self, other: "DifferentBins") -> dict[str, float | int]:
        """What `Bins.compare` gives for these samples; `other` is of the real images, whose clusters are the bins."""
        bins = Bins.of(np.concatenate(other.batches))
        return bins.compare(sum(bins.count(batch) for batch in self.batches))
