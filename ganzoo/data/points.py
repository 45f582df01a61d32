"""A set of points: vectors in place of images, for games whose modes can be counted.

Everything that images do holds for points: the batch after `start` of them is a pure function of (seed, start).
"""

import dataclasses

import numpy as np
import PIL.Image
import tensorflow as tf

from ganzoo import pictures
from ganzoo.data.images import ImageSet

SHOWN = 2000  # points of the data in a picture


@dataclasses.dataclass(frozen=True)
class PointSpec:
    """What a batch is made of. classes: 0 = no labels."""

    dim: int
    classes: int = 0

    @property
    def shape(self) -> tuple[int]:
        return (self.dim,)

    @property
    def channels(self) -> int:
        """Numbers of a point, by the name that a packing game knows (`ganzoo.models.pacgan`)."""
        return self.dim

    def with_channels(self, channels: int) -> "PointSpec":
        return dataclasses.replace(self, dim=channels)

    def element(self) -> dict[str, tf.TensorSpec]:
        """One row of a batch."""
        return {"image": tf.TensorSpec([self.dim], tf.float32)}


class PointSet(ImageSet):
    """Points of one dimension in memory. images: float32 [N, D], given to the game as they are; `flip` is False."""

    @property
    def spec(self) -> PointSpec:
        return PointSpec(self.images.shape[1])

    def to_float(self, image: tf.Tensor) -> tf.Tensor:
        return image

    def picture(self, samples: np.ndarray, columns: int) -> PIL.Image.Image:
        """Samples float32 [N, D] over the data, in the first two dimensions."""
        return pictures.scatter(samples, self.images[:SHOWN])
