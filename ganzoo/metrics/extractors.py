"""The extractors that there are, by name. None of them is the Inception network of published FID and KID values."""

import hashlib
from collections.abc import Callable

import numpy as np

from ganzoo.errors import BadInput
from ganzoo.metrics.extractor import Extractor


def _lenet() -> Extractor:
    from ganzoo.metrics import lenet

    return lenet.extractor()


def _digits() -> Extractor:
    from ganzoo.metrics import digits

    return digits.extractor()


def _mixture(name: str) -> Extractor:
    from ganzoo.data import mixture

    mix = mixture.MIXTURES[name]()
    dim = mix.centres.shape[1]
    return Extractor(
        name=name,
        dim=dim,
        fingerprint=hashlib.sha256(mix.centres.tobytes() + str((mix.deviation, mix.radius)).encode()).hexdigest(),
        network=lambda points: (points, points),
        size=None,
        channels=(),
        point=dim,
        modes=len(mix.centres),
        assign=mix.assign,
    )


def _lite0() -> Extractor:
    from ganzoo.metrics import lite0

    return lite0.extractor()


def _pixels() -> Extractor:
    """No network: for metrics that look at the images themselves."""
    return Extractor(
        name="pixels",
        dim=0,
        fingerprint="",
        network=lambda images: (np.zeros([len(images), 0], np.float32), np.zeros([len(images), 1])),
        size=None,
        channels=(1, 3, 4),
    )


def _own() -> Extractor:
    raise BadInput("metrics: own stands for the extractor that `ganzoo evaluate --extractor` names, and none is given")


# Opened only when a metric asks for one: opening imports TensorFlow and may need a download.
EXTRACTORS: dict[str, Callable[[], Extractor]] = {
    "lenet": _lenet,
    "lite0": _lite0,
    "digits": _digits,
    "ring8": lambda: _mixture("ring8"),
    "grid25": lambda: _mixture("grid25"),
    "mixture10": lambda: _mixture("mixture10"),
    "pixels": _pixels,
    "own": _own,
}
