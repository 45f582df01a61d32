"""Noise: Gaussian, and the Poisson noise of counted photons.

Poisson counts are exact and compile under XLA, for which TensorFlow's own sampler has no kernel: the clean image is
rounded to 8 bits first, so that there are 256 rates; the distribution functions of all of them are tables, and a
uniform draw is looked up in that of its pixel by bisection (inversion). Draws have 24 bits, which ends the tails at
probability 2^-24.

Wang et al. 2021, "Real-ESRGAN", arXiv 2107.10833, section 3.1 and appendix: noise is of each channel by itself or, for
a share of the images, the same in all ("grey noise"); Poisson noise is multiplied by a number drawn for the image.
Known difference: rates there are scaled by the number of levels that an image has, rounded up to a power of two, which
for nearly all photos is 256; here it is always 256.
"""

import dataclasses
import functools

import numpy as np
import tensorflow as tf

from ganzoo.degradations import levels

PHOTONS = 256  # of white
BAND = 256  # counts whose probabilities a table holds for one rate


@dataclasses.dataclass(frozen=True)
class GaussianNoise:
    """Noise of deviation U[low, high) grey levels of 255, drawn for each image, equal in all channels for the share
    `grey` of the images. rounded: to 8 bits, as a file would hold it; else not clipped. Raises BadInput for low < 0 or
    high < low, and, where grey > 0, for images that are neither grey nor RGB."""

    low: float = 0.0
    high: float = 50.0
    grey: float = 0.0
    rounded: bool = True

    scale = 1

    def __post_init__(self):
        levels.check_range("GaussianNoise", self.low, self.high, 0)

    def channels(self, channels: int) -> int:
        return channels

    def __call__(self, image: tf.Tensor, progress, stream: str) -> dict[str, tf.Tensor]:
        draws = progress.uniform([image.shape[0], 2], f"{stream}/strength")
        sigma = levels.between(draws[:, 0], self.low, self.high)
        spoiled = image + gaussian(image, sigma, draws[:, 1] < self.grey, progress, stream)
        return {"input": levels.rounded(spoiled) if self.rounded else spoiled}


@dataclasses.dataclass(frozen=True)
class PoissonNoise:
    """Noise of a count of photons, 256 of white, times U[low, high) drawn for each image; grey and rounded as in
    `GaussianNoise`, and the same BadInput."""

    low: float = 0.05
    high: float = 3.0
    grey: float = 0.0
    rounded: bool = True

    scale = 1

    def __post_init__(self):
        levels.check_range("PoissonNoise", self.low, self.high, 0)

    def channels(self, channels: int) -> int:
        return channels

    def __call__(self, image: tf.Tensor, progress, stream: str) -> dict[str, tf.Tensor]:
        draws = progress.uniform([image.shape[0], 2], f"{stream}/strength")
        strength = levels.between(draws[:, 0], self.low, self.high)
        spoiled = image + poisson(image, strength, draws[:, 1] < self.grey, progress, stream)
        return {"input": levels.rounded(spoiled) if self.rounded else spoiled}


def gaussian(image: tf.Tensor, sigma: tf.Tensor, grey: tf.Tensor, progress, stream: str) -> tf.Tensor:
    """Noise like `image`, of deviation sigma, float32 [B] in levels of 255; equal in all channels where grey [B]."""
    noise = progress.normal(image.shape, f"{stream}/gaussian")
    noise = tf.where(levels.each(grey), noise[..., :1], noise)
    return noise * levels.each(sigma) / 127.5


def poisson(image: tf.Tensor, strength: tf.Tensor, grey: tf.Tensor, progress, stream: str) -> tf.Tensor:
    """Noise like `image`, times strength, float32 [B]; that of the luma in all channels where grey [B]."""
    grey = levels.each(grey)
    rates = levels.counted(tf.where(grey, levels.luma(image), image) if image.shape[-1] in (1, 3) else image)
    draws = progress.uniform(image.shape, f"{stream}/poisson")
    draws = tf.where(grey, draws[..., :1], draws)
    noise = counts(draws, tf.cast(rates, tf.int32)) - rates * (PHOTONS / 255)
    return noise * levels.each(strength) * (2 / PHOTONS)


def counts(draws: tf.Tensor, rates: tf.Tensor) -> tf.Tensor:
    """The Poisson counts, float32, at draws U[0, 1) of rates int32 0..255, each in 255ths of `PHOTONS`."""
    first, table = _tables()
    table, row = tf.constant(table.ravel()), rates * BAND
    below = tf.zeros_like(rates)  # entries of the row known to be at most the draw
    for step in (BAND >> shift for shift in range(1, BAND.bit_length())):
        below = tf.where(tf.gather(table, row + below + step - 1) <= draws, below + step, below)
    return tf.cast(tf.gather(tf.constant(first), rates) + below, tf.float32)


@functools.cache
def _tables() -> tuple[np.ndarray, np.ndarray]:
    """For each of 256 rates the first count of its band, int32 [256], and P(X <= first + k), float32 [256, BAND]."""
    import scipy.stats

    rates = np.arange(256) * (PHOTONS / 255)
    # 6.5 deviations below the mean: the probability of less is under 2^-33.
    first = np.maximum(0, np.floor(rates - 6.5 * np.sqrt(rates))).astype(np.int32)
    return first, scipy.stats.poisson.cdf(first[:, None] + np.arange(BAND), rates[:, None]).astype(np.float32)
