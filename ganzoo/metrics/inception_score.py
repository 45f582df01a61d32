"""Inception score (Salimans et al. 2016, arXiv 1606.03498, section 4): exp of the mean KL(p(y|x) || p(y)).

High where each sample is of one class without doubt and all classes occur; 1 at worst, the number of classes at best.
The mean over 10 splits of the samples, as published scores are. Those are of the 2015 Inception network; ours go by
the name of their extractor and are compared with the score of real images, the floor, only.
"""

import numpy as np
import scipy.special

from ganzoo.metrics.kind import Kind
from ganzoo.metrics.statistics import finite

SPLITS = 10


def score(logits: np.ndarray) -> float:
    """exp E KL(p(y|x) || p(y)) of class logits [N, K]; p(y) is the mean of p(y|x)."""
    logs = scipy.special.log_softmax(logits.astype(np.float64), axis=1)
    marginal = scipy.special.logsumexp(logs, axis=0) - np.log(len(logs))
    return float(np.exp(np.mean(np.sum(np.exp(logs) * (logs - marginal), axis=1))))


class InceptionScore(Kind):
    """Collects the class logits of one set."""

    LEAST = 2 * SPLITS  # images
    HIGHER = True
    NEEDS = ("logits",)
    REFERENCES = 0

    def __init__(self, classes: int):
        self.batches: list[np.ndarray] = []

    def update(self, logits: np.ndarray) -> None:
        self.batches.append(finite(logits))

    def to(self) -> dict:
        """{"value": mean over splits in 1..K, "spread": their standard deviation, "splits"}."""
        scores = [score(split) for split in np.array_split(np.concatenate(self.batches), SPLITS)]
        return {"value": float(np.mean(scores)), "spread": float(np.std(scores)), "splits": SPLITS}
