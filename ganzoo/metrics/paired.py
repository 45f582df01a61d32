"""Metrics of images that have a target each: how near they are, over how many pairs, and of which images.

`psnry24_pairs` is PSNR-Y of 24 images and their targets, `patches24_hole` the distance of their patches in the holes
alone, `ssim24_alpha50` SSIM of what the network gives half-way between its network of fidelity and the final one,
`ssimy24_input` SSIM of Y with what the network was given: how much of the content is kept. `perceptual24_lite0` is the
mean distance in Lite0's feature maps. Names are a kind of `KINDS`, a number of pairs and one of the kind's views. A
realism metric alone can be gamed (repeated pixels have the most detail), and so can a fidelity metric (blur): ask for
both.
"""

import functools
from collections.abc import Callable, Sequence

import numpy as np

from ganzoo.errors import BadInput
from ganzoo.metrics import fidelity

ALPHAS = {f"alpha{percent}": percent / 100 for percent in (0, 25, 50, 75)}
VIEWS = ("pairs", "hole", "input", *ALPHAS)
BATCH = 64  # images whose feature maps are in memory at once


class Paired:
    """A kind of this module: `measure(images, targets, crop, mask, view)` -> a value for each pair, or one of them all.

    VIEWS: what may end a name of it, and so be its view. LEAST: pairs that it takes. HIGHER: whether higher is better.
    """

    LEAST = 1
    HIGHER = True
    VIEWS = VIEWS


class PSNR(Paired):
    """`fidelity.psnr` of all channels, dB; EXACT of an image that is equal in every pixel, so that there is a mean."""

    IN_LUMA = False
    EXACT = 60.0  # more than rounding to levels leaves, which is 58.9

    @classmethod
    def measure(cls, images, targets, crop, mask, view):
        return np.minimum(fidelity.psnr(images, targets, crop, cls.IN_LUMA, mask), cls.EXACT)


class LumaPSNR(PSNR):
    """`fidelity.psnr` of Y, dB."""

    IN_LUMA = True


class PooledPSNR(Paired):
    """PSNR of the mean squared error over all images, dB: no image that is easy, or exact, weighs more than another."""

    @classmethod
    def measure(cls, images, targets, crop, mask, view):
        errors = 10 ** (-fidelity.psnr(images, targets, crop, mask=mask) / 10)  # of the peak squared, each image's mean
        sizes = np.ones(len(errors)) if mask is None else (mask > 0).sum(axis=(1, 2, 3))
        return np.minimum(-10 * np.log10(np.average(errors, weights=sizes) + 1e-30), PSNR.EXACT)


class SSIM(Paired):
    """`fidelity.ssim` of all channels."""

    IN_LUMA = False

    @classmethod
    def measure(cls, images, targets, crop, mask, view):
        return fidelity.ssim(images, targets, crop, cls.IN_LUMA, mask)


class LumaSSIM(SSIM):
    """`fidelity.ssim` of Y."""

    IN_LUMA = True


class Detail(Paired):
    """`fidelity.detail`, of the whole set: 1 is right, so that neither higher nor lower is better alone."""

    @classmethod
    def measure(cls, images, targets, crop, mask, view):
        return fidelity.detail(images, targets, mask)


class PerceptualDistance(Paired):
    """`perceptual.distance` in the maps of an extractor, which ends the name; lower is better."""

    HIGHER = False
    VIEWS = ("lite0", "lenet")

    @classmethod
    def measure(cls, images, targets, crop, mask, view):
        extractor = _seeing(view)
        extractor.check(targets.shape[1:])
        # A batch at a time: the maps of all would fill memory.
        parts = []
        for start in range(0, len(images), BATCH):
            pair = (each[start : start + BATCH].astype(np.float32) / 127.5 - 1 for each in (images, targets))
            parts.append(np.asarray(extractor.compare(*pair)))
        return np.concatenate(parts)


@functools.cache
def _seeing(view: str):
    """The extractor of a view, whose network is read and traced once."""
    from ganzoo.metrics.extractors import EXTRACTORS

    return EXTRACTORS[view]()


class PatchDistance(Paired):
    """`fidelity.patch_distance`, of the whole set; lower is better."""

    HIGHER = False

    @classmethod
    def measure(cls, images, targets, crop, mask, view):
        return fidelity.patch_distance(images, targets, mask)["value"]


KINDS = {
    "psnr": PSNR,
    "psnry": LumaPSNR,
    "pooledpsnr": PooledPSNR,
    "ssim": SSIM,
    "ssimy": LumaSSIM,
    "detail": Detail,
    "patches": PatchDistance,
    "perceptual": PerceptualDistance,
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
    inputs: np.ndarray | None = None,
    crop: int = 0,
    reals: str = "",
) -> dict[str, dict]:
    """Every metric of `names`, all of this module, by its name: a result as of `metrics.evaluate`, without floor and
    ceiling, and with each_image (a value for each pair), where the kind has one.

    views(view, count): uint8 [count, H, W, C], what was made of the first so many inputs: view is one of `ALPHAS`, or
    "pairs" for all others. targets: uint8 [N, H, W, C], () where no kind needs them. inputs: uint8 [N, h, w, c], masks:
    uint8 [N, H, W, 1], or None. crop: pixels left out at each border by PSNR and SSIM. For names that
    `check` has passed; raises BadInput for images that a kind cannot compare.
    """
    from ganzoo.metrics.protocol import parse

    results, made = {}, {}
    for protocol in map(parse, names):
        view, count = protocol.extractor if protocol.extractor in ALPHAS else "pairs", protocol.count
        if (view, count) not in made:
            made[view, count] = views(view, count)
        kind, wanted = KINDS[protocol.kind], inputs if protocol.extractor == "input" else targets
        hole = masks[:count] if protocol.extractor == "hole" else None
        found = kind.measure(made[view, count], wanted[:count], crop, hole, protocol.extractor)
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


def check(names: Sequence[str], pairs: int, inputs: int, holes: bool, alpha: bool) -> None:
    """Refuse what `evaluate` would: more pairs than there are, holes where there are none, and alphas of a model that
    has one network only. pairs: 0 = what is made has no targets; inputs: images that something is made of."""
    from ganzoo.metrics.protocol import parse

    for protocol in map(parse, names):
        there, what = (inputs, "images") if protocol.extractor == "input" else (pairs, "pairs")
        if protocol.count > there:
            raise BadInput(f"metrics: {protocol.name} needs {protocol.count} {what}, and there are {there}")
        if protocol.extractor == "hole" and not holes:
            raise BadInput(f"metrics: {protocol.name} looks into holes, and these images have none")
        if protocol.extractor in ALPHAS and not alpha:
            raise BadInput(f"metrics: {protocol.name} needs a model with a warmup: alpha is between two networks")
