"""The name of a metric is its protocol: what is computed, over how many images, through which extractor.

`fd10k_lenet` is the Fréchet distance of 10,000 generated images in lenet's features, `kd500_lite0` the kernel distance
of 500 in those of EfficientNet-Lite0, `swd2k_pixels` the sliced Wasserstein distance of 2,000 without any network,
`ppl200_lenet` the mean length of 200 steps of the generator, and `psnry24_pairs` compares 24 images with a target each,
see `paired`; `nlltest2k_t100` judges a writer of sentences, see `text`, and
`speed500_track` clips, see `video`. No name begins with fid: published values come
from the Inception weights of 2015, and with any other weights, later Inceptions included, the numbers are not
comparable.
"""

import dataclasses
import re

from ganzoo.errors import BadInput
from ganzoo.metrics import (
    accuracy,
    bins,
    coverage,
    frechet,
    inception_score,
    intraclass,
    kernel,
    manifold,
    memorization,
    msssim,
    paired,
    path_length,
    perceptual_diversity,
    sliced,
    text,
    video,
)
from ganzoo.metrics.extractors import EXTRACTORS

KINDS = {
    "fd": frechet.FrechetDistance,
    "kd": kernel.KernelDistance,
    "is": inception_score.InceptionScore,
    "precision": manifold.Precision,
    "recall": manifold.Recall,
    "density": manifold.Density,
    "coverage": manifold.Coverage,
    "modes": coverage.Modes,
    "hq": coverage.HighQuality,
    "rkl": coverage.ReverseKL,
    "memo": memorization.Memorization,
    "ifd": intraclass.IntraClassDistance,
    "cas": accuracy.ClassificationAccuracy,
    "swd": sliced.SlicedWasserstein,
    "msssim": msssim.Similarity,
    "imsssim": msssim.IntraClassSimilarity,
    "pd": perceptual_diversity.PerceptualDiversity,
    "ndb": bins.DifferentBins,
    "ppl": path_length.PathLength,
}
# With those that compare images with a target each, those of sentences and those of clips, which have no extractor to
# collect features of and views in its place.
VIEWED = paired.KINDS | text.KINDS | video.KINDS
ALL = KINDS | VIEWED


@dataclasses.dataclass(frozen=True)
class Protocol:
    """What one metric measures."""

    kind: str  # a key of ALL
    count: int  # generated images, of ppl steps
    extractor: str  # a key of EXTRACTORS, of a kind of `VIEWED` one of its views

    def __post_init__(self):
        least = ALL[self.kind].LEAST
        if self.count < least:
            raise BadInput(f"metrics: {self.kind} of n={self.count} images is not defined; n must be at least {least}")

    @property
    def name(self) -> str:
        thousands = f"{self.count // 1000}k" if self.count % 1000 == 0 else str(self.count)
        return f"{self.kind}{thousands}_{self.extractor}"


def parse(name: str, n: int | None = None) -> Protocol:
    """The protocol of a metric's name; `n`, if given, replaces its count. Raises BadInput for any other name."""
    found = re.fullmatch(r"([a-z]+)([0-9]+)(k?)_([a-z0-9]+)", name)
    extractors = VIEWED[found[1]].VIEWS if found and found[1] in VIEWED else EXTRACTORS
    if not found or found[1] not in ALL or found[4] not in extractors:
        example = "fd10k_lenet" if extractors is EXTRACTORS else f"{found[1]}24_{extractors[0]}"
        published = (
            "; fid is the name of values of the papers' own Inception weights (2015)" if name.startswith("fid") else ""
        )
        raise BadInput(
            f"metrics: no metric named {name!r}; allowed: {'|'.join(ALL)}, a number of images such as 10k or "
            f"500, _ and {'|'.join(extractors)}, for example {example}{published}"
        )
    kind, digits, k, extractor = found.groups()
    return Protocol(kind, int(digits) * (1000 if k else 1) if n is None else n, extractor)


def higher(name: str) -> bool:
    """Whether a higher value of that metric is the better one."""
    return ALL[parse(name).kind].HIGHER
