"""Blur with a kernel drawn for each image.

Wang et al. 2021, "Real-ESRGAN", arXiv 2107.10833, sections 3.1 and 3.3 and the appendix: Gaussians, isotropic or not;
generalised ones, exp(-q^b / 2), and plateaus, 1 / (1 + q^b), where q is the squared distance in units of the
deviations; and the sinc filter, w J1(w r) / (2 pi r), whose ringing and overshoot many images on the web have.

All kernels are of 21x21 pixels with zeros around the odd size that was drawn, and images go on as their reflections.
They are applied by a Fourier transform. On a CPU that costs as much as a depth-wise convolution of the whole
batch (8 images of 192x192x3: 17 to 19 ms of processor time) and under XLA a twentieth of it (17 against 396 ms).
"""

import dataclasses
import math

import numpy as np
import tensorflow as tf

from ganzoo.degradations import levels

REACH = 10  # pixels: of the largest kernel, of 21x21
LEAST = 3  # pixels: of the smallest
DRAWS = 7  # of a kernel
POINTS = 48  # of the integral of J1
X = np.tile(np.arange(-REACH, REACH + 1, dtype=np.float32), [2 * REACH + 1, 1])
RADIUS = np.hypot(X, X.T)
BOX = np.maximum(np.abs(X), np.abs(X.T))


@dataclasses.dataclass(frozen=True)
class Blur:
    """A kernel of an odd size of 7..21 for each image, with probability `probability`; else the image stays.

    low, high: range of both deviations in pixels. shares: of Gaussians, generalised and plateau kernels, for each the
    isotropic and then the other ones. generalised, plateau: ranges of their exponents. sinc: share of sinc filters
    among all, with a cutoff of pi / 3 (pi / 5 from 13 pixels on) to pi. Raises BadInput for a deviation of 0 or less.
    """

    low: float = 0.2
    high: float = 3.0
    shares: tuple[float, ...] = (0.45, 0.25, 0.12, 0.03, 0.12, 0.03)
    generalised: tuple[float, float] = (0.5, 4.0)
    plateau: tuple[float, float] = (1.0, 2.0)
    sinc: float = 0.1
    probability: float = 1.0

    scale = 1

    def __post_init__(self):
        levels.check_range("Blur", self.low, self.high, 1e-3)

    def channels(self, channels: int) -> int:
        return channels

    def __call__(self, image: tf.Tensor, progress, stream: str) -> dict[str, tf.Tensor]:
        return {"input": blurred(image, self.kernels(image.shape[0], progress, stream))}

    def kernels(self, rows: int, progress, stream: str) -> tf.Tensor:
        """float32 [rows, 21, 21], each of sum 1."""
        draws = progress.uniform([rows, DRAWS + 2], f"{stream}/kernel")
        kind, size, first, second, turn, exponent, cutoff, is_sinc, stays = tf.unstack(draws[..., None, None], axis=1)
        bounds = np.cumsum(self.shares) / np.sum(self.shares)
        index = tf.reduce_sum(tf.cast(kind >= bounds[:-1], tf.int32), axis=-1, keepdims=True)  # 0..5
        reach = LEAST + tf.floor(size * (REACH - LEAST + 1))
        deviations = levels.between(first, self.low, self.high), levels.between(second, self.low, self.high)
        across = tf.where(index % 2 == 0, deviations[0], deviations[1])
        exponent = tf.where(
            index < 2,
            1.0,
            tf.where(index < 4, levels.between(exponent, *self.generalised), levels.between(exponent, *self.plateau)),
        )
        spread = _squares(deviations[0], across, (2 * turn - 1) * math.pi) ** exponent
        bell = tf.where(index < 4, tf.exp(-spread / 2), 1 / (1 + spread))
        lowest = tf.where(reach < 6, math.pi / 3, math.pi / 5)
        kernel = tf.where(is_sinc < self.sinc, sinc(lowest + cutoff * (math.pi - lowest)), bell)
        kernel = tf.where(stays < self.probability, tf.where(reach >= BOX, kernel, 0.0), np.float32(RADIUS == 0))
        return kernel / tf.reduce_sum(kernel, axis=[1, 2], keepdims=True)


def sinc_kernels(rows: int, probability: float, progress, stream: str) -> tf.Tensor:
    """Sinc filters as in `Blur`, their cutoff pi / 3 to pi whatever their size; float32 [rows, 21, 21]."""
    size, cutoff, stays = tf.unstack(progress.uniform([rows, 3], f"{stream}/sinc")[..., None, None], axis=1)
    reach = LEAST + tf.floor(size * (REACH - LEAST + 1))
    kernel = tf.where(reach >= BOX, sinc(levels.between(cutoff, math.pi / 3, math.pi)), 0.0)
    kernel = tf.where(stays < probability, kernel, np.float32(RADIUS == 0))
    return kernel / tf.reduce_sum(kernel, axis=[1, 2], keepdims=True)


def sinc(cutoff: tf.Tensor) -> tf.Tensor:
    """cutoff: float32 [B, 1, 1], radians a pixel -> float32 [B, 21, 21], not normalised."""
    return tf.where(
        RADIUS == 0, cutoff**2 / (4 * math.pi), cutoff * bessel(cutoff * RADIUS) / (2 * math.pi * np.maximum(RADIUS, 1))
    )


def bessel(x: tf.Tensor) -> tf.Tensor:
    """J1 of 0 <= x < 60 to 1e-6, by the midpoint rule in Bessel's integral: XLA has no kernel of it."""
    angles = (np.arange(POINTS, dtype=np.float32) + 0.5) * np.float32(math.pi / POINTS)
    return tf.reduce_mean(tf.cos(angles - x[..., None] * np.sin(angles)), axis=-1)


def blurred(image: tf.Tensor, kernels: tf.Tensor) -> tf.Tensor:
    """image: float32 [B, H, W, C]; kernels: float32 [B, 21, 21], correlated with all channels -> like image."""
    rows, height, width, channels = image.shape
    padded = tf.gather(tf.gather(image, _reflected(height), axis=1), _reflected(width), axis=2)
    length = [_smooth(size + 2 * REACH) for size in (height, width)]
    waves = tf.signal.rfft2d(tf.transpose(padded, [0, 3, 1, 2]), length)
    waves *= tf.math.conj(tf.signal.rfft2d(kernels, length))[:, None]
    found = tf.signal.irfft2d(waves, length)[:, :, :height, :width]
    return tf.ensure_shape(tf.transpose(found, [0, 2, 3, 1]), [rows, height, width, channels])


def _smooth(size: int) -> int:
    """The next even number without a factor above 5."""
    size += size % 2
    rest = size
    for factor in (2, 3, 5):
        while rest % factor == 0:
            rest //= factor
    return size if rest == 1 else _smooth(size + 2)


def _squares(first: tf.Tensor, second: tf.Tensor, turn: tf.Tensor) -> tf.Tensor:
    """Squared distances from the centre, in units of the deviations along the turned axes."""
    along, across = X * tf.cos(turn) + X.T * tf.sin(turn), X.T * tf.cos(turn) - X * tf.sin(turn)
    return (along / first) ** 2 + (across / second) ** 2


def _reflected(size: int) -> np.ndarray:
    index = np.arange(-REACH, size + REACH) % max(2 * (size - 1), 1)
    return np.where(index < size, index, 2 * (size - 1) - index)
