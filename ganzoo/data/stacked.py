"""Stacked-MNIST: three digits as the colours of one image, so that there are a thousand modes.

Metz et al. 2017, "Unrolled generative adversarial networks", arXiv 1611.02163, section 3.3.1, after Che et al. 2017,
arXiv 1612.02136: triples are drawn at random, on the fly. Here each colour has its own permutation of the digits in
each epoch, so every digit is seen once a colour and epoch, and triples do not repeat.
"""

import dataclasses

import numpy as np
import tensorflow as tf

from ganzoo.data import order
from ganzoo.data.images import ImageSet, Spec
from ganzoo.data.source import refuse
from ganzoo.errors import BadInput
from ganzoo.recipe import Data

SEED = 0  # of the triples that `read` gives
NAMES = ("mnist",)


class StackedSet(ImageSet):
    """images: uint8 [N, 28, 28, 1], the digits. An image is three of them; `read` gives N fixed ones."""

    @property
    def spec(self) -> Spec:
        return Spec(*self.images.shape[1:3], channels=3)

    def read(self, indices: np.ndarray) -> np.ndarray:
        """The stacks at these places: uint8 [B, 28, 28, 3]."""
        places = tf.constant(np.asarray(indices, np.int64))
        return np.concatenate([self.images[each.numpy()] for each in self._triple(places, SEED)], axis=-1)

    def _triple(self, positions: tf.Tensor, seed: int) -> list[tf.Tensor]:
        return [order.index(positions, len(self), 3 * seed + colour) for colour in range(3)]

    @tf.autograph.experimental.do_not_convert
    def _batch(self, positions, seed, gather) -> dict[str, tf.Tensor]:
        digits = [gather(index) for index in self._triple(positions, seed)]
        return {"image": self.to_float(tf.concat(digits, axis=-1))}


def open_set(data: Data) -> StackedSet:
    """The stacks of the digits of that package set."""
    import ganzoo.data

    if data.name not in NAMES:
        raise BadInput(f"data.name: no digits {data.name!r} to stack; allowed: {', '.join(NAMES)}")
    for field, only in (("size", 28), ("channels", 3), ("classes", 0)):
        if getattr(data, field) not in (None, only):
            raise BadInput(f"data.{field}: {getattr(data, field)}, stacked digits have {only}")
    refuse(data, "path", "tile", "window", "flip", "skip_bad")
    digits = ganzoo.data.open(dataclasses.replace(data, source="package", channels=None, classes=None))
    return StackedSet(
        name=f"stacked_{digits.name}", images=digits.images, licence=digits.licence, citation=digits.citation
    )
