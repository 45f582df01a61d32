"""MATLAB's imresize: the resampling by which the super-resolution literature makes its small images.

Its documented steps: a cubic kernel with a = -0.5 (Keys 1981, "Cubic convolution interpolation for digital image
processing", eq. 4); where an image shrinks the kernel is as much wider, so that nothing aliases; beyond its edges an
image goes on as its reflection, the edge repeated; each output's weights are divided by their sum.

The weights of a size are two matrices, made once in float64, and an image is one product with each. They are
multiplied in float32; where a device multiplies float32 matrices as TF32, with 10 bits behind the point, what is
rounded to 8 bits may now and then be the next level.

Known difference: MATLAB rounds a uint8 image to whole levels after the first of its two passes; here only the result
is rounded.
"""

import dataclasses
import functools
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from ganzoo.degradations import levels
from ganzoo.errors import BadInput

Kernel = tuple[Callable[[np.ndarray], np.ndarray], int]  # function of a distance in pixels, and its support's width


def _cubic(x: np.ndarray) -> np.ndarray:
    x = np.abs(x)
    return np.where(x <= 1, 1.5 * x**3 - 2.5 * x**2 + 1, np.where(x <= 2, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2, 0))


def _lanczos(x: np.ndarray) -> np.ndarray:
    return np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0)


CUBIC: Kernel = (_cubic, 4)
LANCZOS: Kernel = (_lanczos, 6)


@functools.lru_cache(maxsize=64)
def matrix(before: int, after: int, kernel: Kernel = CUBIC) -> np.ndarray:
    """float64 [after, before]: what each pixel along an axis of `after` pixels takes of one of `before`."""
    function, support = kernel
    scale = after / before
    slope = min(scale, 1)
    width = support / slope
    places = (np.arange(after) + 0.5) / scale - 0.5
    taps = np.floor(places - width / 2)[:, None].astype(int) + np.arange(int(np.ceil(width)) + 2)
    weights = function(slope * (places[:, None] - taps))
    weights /= weights.sum(axis=1, keepdims=True)
    taps %= 2 * before
    found = np.zeros([after, before])
    np.add.at(found, (np.arange(after)[:, None], np.where(taps < before, taps, 2 * before - 1 - taps)), weights)
    return found


def resize(image: tf.Tensor, height: int, width: int) -> tf.Tensor:
    """image: float32 [B, H, W, C], H and W static -> float32 [B, height, width, C], not clipped. Differentiable."""
    down, right = (
        tf.constant(matrix(before, after), tf.float32)
        for before, after in zip(image.shape[1:3], (height, width), strict=True)
    )
    return tf.einsum("qw,bpwc->bpqc", right, tf.einsum("ph,bhwc->bpwc", down, image))


def upsample(image: tf.Tensor, scale: int) -> tf.Tensor:
    """float32 [B, H, W, C] -> float32 [B, scale H, scale W, C], not clipped: the baseline, and a network's skip."""
    return resize(image, image.shape[1] * scale, image.shape[2] * scale)


@dataclasses.dataclass(frozen=True)
class Bicubic:
    """Images `scale` times smaller along both axes. rounded: to 8 bits, as a file would hold them; else not clipped.

    Raises BadInput for images whose sides are no multiples of `scale`.
    """

    scale: int = 4
    rounded: bool = True

    def __post_init__(self):
        if self.scale < 1:
            raise BadInput(f"degradation Bicubic.scale: {self.scale}; allowed: at least 1")

    def channels(self, channels: int) -> int:
        return channels

    def __call__(self, image: tf.Tensor, progress, stream: str) -> dict[str, tf.Tensor]:
        height, width = image.shape[1:3]
        if height % self.scale or width % self.scale:
            raise BadInput(
                f"degradation Bicubic: images of {height}x{width}; allowed: sides that are multiples of {self.scale}"
            )
        small = resize(image, height // self.scale, width // self.scale)
        return {"input": levels.rounded(small) if self.rounded else small}
