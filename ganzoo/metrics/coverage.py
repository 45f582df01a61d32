"""Mode coverage: how much of data with countable modes a generator makes.

An extractor that assigns each sample to one of K modes or to none (`Extractor.assign`) is all these need. The measures
are those of VEEGAN (Srivastava et al. 2017, arXiv 1705.07761, section 4) and PacGAN (Lin et al. 2018, arXiv 1712.04086,
section 4.1):

- modes: modes with at least one sample, of K;
- hq: share of samples that belong to a mode, "high quality";
- rkl: reverse Kullback-Leibler divergence from the samples' histogram to the uniform law, log K - entropy, in nats.

With N samples even a perfect generator has an rkl of about (K - 1) / 2N: the result names it `noise`.
"""

import numpy as np

from ganzoo.metrics.kind import Kind
from ganzoo.metrics.statistics import share


class _Counts(Kind):
    """Samples in each mode, and how many there are in all."""

    LEAST = 1  # samples
    HIGHER = True
    NEEDS = ("classes",)
    OF = "modes"
    REFERENCES = 0

    def __init__(self, modes: int):
        self.counts = np.zeros(modes, np.int64)
        self.total = 0

    def update(self, classes: np.ndarray) -> None:
        """classes: int64 [B] in 0..K-1, -1 = no mode."""
        self.counts += np.bincount(classes[classes >= 0], minlength=len(self.counts))
        self.total += len(classes)


class Modes(_Counts):
    """Modes with at least one sample."""

    def to(self) -> dict[str, float]:
        """{"value": captured modes, "of": K}."""
        return {"value": float(np.count_nonzero(self.counts)), "of": len(self.counts)}


class HighQuality(_Counts):
    """Share of samples that belong to a mode."""

    def to(self) -> dict:
        """{"value": in 0..1, "interval"}."""
        return share(self.counts.sum(), self.total)


class ReverseKL(_Counts):
    """KL(samples' histogram over modes || uniform), over the samples that belong to one."""

    HIGHER = False

    def to(self) -> dict[str, float]:
        """{"value": nats in 0..log K, "noise": what N samples of the uniform law would have}; log K with no sample."""
        modes, good = len(self.counts), self.counts.sum()
        if not good:
            return {"value": float(np.log(modes)), "noise": float("inf")}
        shares = self.counts[self.counts > 0] / good
        return {"value": float(np.sum(shares * np.log(modes * shares))), "noise": float((modes - 1) / (2 * good))}
