"""A feature extractor: a network through whose eyes images are compared.

A distance is a distance between features, so the extractor is part of a metric's name and numbers of different
extractors are never compared. `extractors` lists those that there are.
"""

import dataclasses
import functools
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
    point: int | None = None  # the only dimension it takes, of an extractor of points; `size` and `channels` are idle
    classes: int = 0  # classes whose logits the network gives beside features
    modes: int = 0  # modes that `assign` knows
    # What the network gives beside features -> the mode of each, int64 [B] in 0..modes-1, -1 = none
    assign: Callable[[np.ndarray], np.ndarray] = lambda logits: logits.argmax(axis=1)
    chunk: int | None = None  # images that the network takes at once, where the maps of a batch would fill memory
    maps: Callable | None = None  # () -> the `perceptual.Maps` of the network, where distances are taken in them

    def check(self, shape: tuple[int, ...]) -> None:
        """Refuse pictures [H, W, C] or points [D] that this extractor cannot see."""
        if self.point is not None or len(shape) != 3:
            if shape != (self.point,):
                takes = "images" if self.point is None else f"points of {self.point} numbers"
                raise BadInput(f"metrics: {self.name} takes {takes}, these are of shape {list(shape)}")
            return
        height, width, channels = shape
        if (self.size is None or self.size == (height, width)) and channels in self.channels:
            return
        size = "any size" if self.size is None else f"{self.size[0]}x{self.size[1]}"
        raise BadInput(
            f"metrics: {self.name} takes images of {size} with {' or '.join(map(str, self.channels))} channel(s), "
            f"these are {height}x{width} with {channels}"
        )

    @functools.cached_property
    def compare(self) -> Callable:
        """The distance of images float32 [B, H, W, C] in -1..1 and their partners in feature maps -> float32 [B]."""
        from ganzoo.metrics import perceptual

        return perceptual.between(self.maps())

    def __call__(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """images: uint8 [B, H, W, C], or points float32 [B, D] -> features float32 [B, dim], class int64 [B]."""
        seen = self.views(images)
        return seen["features"], seen["classes"]

    def views(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """What a metric may need of a batch: images (as given), features [B, dim], logits, classes int64 [B].

        The class is the most probable one, or what `assign` makes of the network's second output.
        """
        step = self.chunk or max(1, len(images))
        parts = [self.network(images[start : start + step]) for start in range(0, max(1, len(images)), step)]
        features, logits = (
            np.concatenate([np.asarray(part) for part in output]) for output in zip(*parts, strict=True)
        )
        return {"images": images, "features": features, "logits": logits, "classes": self.assign(logits)}
