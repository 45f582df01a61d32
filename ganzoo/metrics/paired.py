"""Metrics of images that have a target each: how near they are, over how many pairs, and of which images.

`psnry24_pairs` is PSNR-Y of 24 images and their targets, `swd24_hole` the distance of their patches in the holes alone,
`ssim24_alpha50` SSIM of what the network gives half-way between its network of fidelity and the final one. Names are
kinds of `KINDS`, a number of pairs and one of `VIEWS`; all kinds are those of `fidelity`. A realism metric alone can be
gamed (repeated pixels have the most detail), and so can a fidelity metric (blur): ask for both.
"""

from collections.abc import Callable, Sequence

import numpy as np

from ganzoo.errors import BadInput
from ganzoo.metrics import fidelity
from ganzoo.metrics.kind import Kind

ALPHAS = {f"alpha{percent}": percent / 100 for percent in (0, 25, 50, 75)}
VIEWS = ("pairs", "hole", *ALPHAS)


class Paired(Kind):
    """A kind of this module: `measure(images, targets, crop, mask)` -> a value for each pair, or one of them all."""

    NEEDS = ("pairs",)
    REFERENCES = None
    LEAST = 1
    HIGHER = True

    @staticmethod
    def measure(images: np.ndarray, targets: np.ndarray, crop: int, mask: np.ndarray | None):
        raise NotImplementedError


class PSNR(Paired):
    """`fidelity.psnr` of all channels, dB."""

    @staticmethod
    def measure(images, targets, crop, mask):
        return fidelity.psnr(images, targets, crop, mask=mask)


class LumaPSNR(Paired):
    """`fidelity.psnr` of Y, dB."""

    @staticmethod
    def measure(images, targets, crop, mask):
        return fidelity.psnr(images, targets, crop, in_luma=True, mask=mask)


class SSIM(Paired):
    """`fidelity.ssim` of all channels."""

    @staticmethod
    def measure(images, targets, crop, mask):
        return fidelity.ssim(images, targets, crop, mask=mask)


class LumaSSIM(Paired):
    """`fidelity.ssim` of Y."""

    @staticmethod
    def measure(images, targets, crop, mask):
        return fidelity.ssim(images, targets, crop, in_luma=True, mask=mask)


class Detail(Paired):
    """`fidelity.detail`, of the whole set: 1 is right, so that neither higher nor lower is better alone."""

    @staticmethod
    def measure(images, targets, crop, mask):
        return fidelity.detail(images, targets, mask)


class PatchDistance(Paired):
    """`fidelity.patch_distance`, of the whole set; lower is better."""

    HIGHER = False

    @staticmethod
    def measure(images, targets, crop, mask):
        return fidelity.patch_distance(images, targets, mask)["value"]


KINDS = {
    "psnr": PSNR,
    "psnry": LumaPSNR,
    "ssim": SSIM,
    "ssimy": LumaSSIM,
    "detail": Detail,
    "patches": PatchDistance,
}


def divide(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """(those of this module, the others), each in order. Raises BadInput for a name that no metric has."""
    from ganzoo.metrics.protocol import parse

    mine = [name for name in names if parse(name).kind in KINDS]
    return mine, [name for name in names if name not in mine]


def evaluate(
    names: Sequence[str],
    views: Callable[[str, int], np.ndarray],
    targets: np.ndarray,
    masks: np.ndarray | None = None,
    crop: int = 0,
    reals: str = "",
    n: int | None = None,
) -> dict[str, dict]:
    """Every metric of `names`, all of this module, by its name: a result as of `metrics.evaluate`, without floor and
    ceiling, and with each_image (a value for each pair), where the kind has one.

    views(view, count): uint8 [count, H, W, C], the images of the first so many targets, by view; "hole" is asked for as
    "pairs". targets: uint8 [N, H, W, C]. masks: uint8 [N, H, W, 1] or None. crop: pixels left out at each border by
    PSNR and SSIM. n replaces all counts. Raises BadInput as `check`, and for images that a kind cannot compare.
    """
    from ganzoo.metrics.protocol import parse

    check(names, len(targets), masks is not None, n)
    results, made = {}, {}
    for protocol in (parse(name, n) for name in names):
        view, count = protocol.extractor.replace("hole", "pairs"), protocol.count
        if (view, count) not in made:
            made[view, count] = views(view, count)
        hole = masks[:count] if protocol.extractor == "hole" else None
        found = KINDS[protocol.kind].measure(made[view, count], targets[:count], crop, hole)
        each = {"each_image": [float(value) for value in found]} if np.ndim(found) else {}
        results[protocol.name] = each | {
            "value": float(np.mean(found)),
            "floor": None,
            "ceiling": None,
            "count": count,
            "reals": reals,
            "reals_count": count,
            "floor_count": 0,
            "extractor": protocol.extractor,
            "weights": "",
            "warnings": [],
        }
    return results


def check(names: Sequence[str], pairs: int, holes: bool, n: int | None = None, alpha: bool = True) -> None:
    """Refuse what `evaluate` would: more pairs than there are, holes where there are none, and alphas of a model that
    has one network only."""
    from ganzoo.metrics.protocol import parse

    for protocol in (parse(name, n) for name in names):
        if protocol.count > pairs:
            raise BadInput(f"metrics: {protocol.name} needs {protocol.count} pairs, and there are {pairs}")
        if protocol.extractor == "hole" and not holes:
            raise BadInput(f"metrics: {protocol.name} looks into holes, and these images have none")
        if protocol.extractor in ALPHAS and not alpha:
            raise BadInput(f"metrics: {protocol.name} needs a model with a warmup: alpha is between two networks")
