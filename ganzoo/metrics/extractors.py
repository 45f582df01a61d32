"""Feature extractors: the networks through whose eyes images are compared.

A distance is a distance between features, so the extractor is part of a metric's name and numbers of different
extractors are never compared. None of these is the Inception network of published FID and KID values.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

from ganzoo.errors import BadInput


@dataclasses.dataclass(frozen=True)
class Extractor:
    """A fixed network from pictures to features."""

    name: str
    dim: int  # numbers in one picture's features
    fingerprint: str  # SHA-256 of the weights, hex
    network: Callable  # uint8 [B, H, W, C] -> (features float32 [B, dim], logits float32 [B, K])
    size: tuple[int, int] | None  # the only height x width it takes; None = any, resized inside
    channels: tuple[int, ...]  # numbers of channels it takes
    class_names: tuple[str, ...] = ()  # classes whose shares say something about a set of samples
    # ImageSet -> features [M, dim] of other real images of the same kind, where they are shipped
    others: Callable = lambda reals: None

    def check(self, shape: tuple[int, int, int]) -> None:
        """Refuse pictures [H, W, C] that this extractor cannot see."""
        height, width, channels = shape
        if (self.size is None or self.size == (height, width)) and channels in self.channels:
            return
        size = "any size" if self.size is None else f"{self.size[0]}x{self.size[1]}"
        raise BadInput(
            f"metrics: {self.name} takes images of {size} with {' or '.join(map(str, self.channels))} channel(s), "
            f"these are {height}x{width} with {channels}"
        )

    def __call__(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """images: uint8 [B, H, W, C] -> features float32 [B, dim], most probable class int64 [B]."""
        features, logits = self.network(images)
        return features.numpy(), logits.numpy().argmax(axis=1)


def _lenet() -> Extractor:
    from ganzoo.metrics import lenet

    return lenet.extractor()


def _lite0() -> Extractor:
    from ganzoo.metrics import lite0

    return lite0.extractor()


# Opened only when a metric asks for one: opening imports TensorFlow and may need a download.
EXTRACTORS: dict[str, Callable[[], Extractor]] = {"lenet": _lenet, "lite0": _lite0}
