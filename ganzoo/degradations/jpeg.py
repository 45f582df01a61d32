"""JPEG compression in the graph: what a baseline file would give back, without writing one.

ITU-T T.81 (1992): the discrete cosine transform of 8x8 blocks (A.3.3), its coefficients rounded to multiples of a table
(A.3.4) - here those of annex K.1, scaled with the quality as the Independent JPEG Group's library does - and back.
Colour as JFIF has it; chroma is halved in both directions by the mean of four pixels and interpolated by weights of 3
and 1, which is that library's default. Entropy coding loses nothing and is left out.

Known difference: the transforms are in float32 and the library's in integers, so that a coefficient near a half now
and then goes to the other side; see tests/degradations/test_jpeg.py for how seldom. An operation of rounding, without
gradient.
"""

import dataclasses

import numpy as np
import tensorflow as tf

from ganzoo.degradations import levels

LUMINANCE = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ],
    np.float32,
)
CHROMINANCE = np.full([8, 8], 99, np.float32)
CHROMINANCE[:4, :4] = [[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]]
COSINES = np.array(
    [
        [np.cos((2 * x + 1) * u * np.pi / 16) * (np.sqrt(1 / 8) if u == 0 else np.sqrt(1 / 4)) for x in range(8)]
        for u in range(8)
    ],
    np.float32,
)
TO_YCC = np.array(
    [[0.299, 0.587, 0.114], [-0.168735892, -0.331264108, 0.5], [0.5, -0.418687589, -0.081312411]], np.float32
)
TO_RGB = np.array([[1, 0, 1.402], [1, -0.344136286, -0.714136286], [1, 1.772, 0]], np.float32)


@dataclasses.dataclass(frozen=True)
class JPEG:
    """Compression of a quality of low..high, whole numbers, drawn for each image. subsampled: chroma at half the size.

    Raises BadInput for qualities beyond 1..100 and for images that are neither grey nor RGB.
    """

    low: int = 30
    high: int = 95
    subsampled: bool = True

    scale = 1

    def __post_init__(self):
        levels.check_range("JPEG", self.low, self.high, 1, 100)

    def channels(self, channels: int) -> int:
        return channels

    def __call__(self, image: tf.Tensor, progress, stream: str) -> dict[str, tf.Tensor]:
        draw = progress.uniform([image.shape[0]], f"{stream}/quality")
        quality = self.low + tf.floor(draw * (self.high - self.low + 1))
        return {"input": compressed(image, quality, self.subsampled)}


def compressed(image: tf.Tensor, quality: tf.Tensor, subsampled: bool = True) -> tf.Tensor:
    """image: float32 [B, H, W, 1 or 3], any range, is rounded to 8 bits. quality: float32 [B], whole numbers 1..100.

    -> float32 of the same shape, of whole levels in [-1, 1].
    """
    levels.check_colours("JPEG", image)
    height, width, channels = image.shape[1:]
    block = 16 if subsampled and channels == 3 else 8
    pixels = _extended(levels.counted(image), -height % block, -width % block)
    luminance, chrominance = _table(LUMINANCE, quality), _table(CHROMINANCE, quality)
    if channels == 1:
        return (_coded(pixels, luminance) / 127.5 - 1)[:, :height, :width]
    ycc = tf.round(_mixed(pixels, TO_YCC) + tf.constant([0.0, 128.0, 128.0]))
    chroma = _halved(ycc[..., 1:]) if subsampled else ycc[..., 1:]
    chroma = _coded(chroma, chrominance)
    chroma = _doubled(chroma) if subsampled else chroma
    colours = _mixed(tf.concat([_coded(ycc[..., :1], luminance), chroma - 128], axis=-1), TO_RGB)
    return levels.rounded(colours[:, :height, :width] / 127.5 - 1)


def _table(base: np.ndarray, quality: tf.Tensor) -> tf.Tensor:
    """The quantisation table of each image, float32 [B, 8, 8]."""
    percent = tf.where(quality < 50, tf.floor(5000 / quality), 200 - 2 * quality)
    # 0.01 keeps the exact hundredths that a float32 division may put just below a whole number.
    return tf.clip_by_value(tf.floor((base * percent[:, None, None] + 50.01) / 100), 1.0, 255.0)


def _coded(pixels: tf.Tensor, table: tf.Tensor) -> tf.Tensor:
    """Levels [B, 8 M, 8 N, C] through the quantised transform of their blocks -> whole levels."""
    rows, height, width, channels = pixels.shape
    blocks = tf.reshape(pixels - 128, [rows, height // 8, 8, width // 8, 8, channels])
    blocks = tf.einsum("ui,bpiqjc->bpuqjc", COSINES, blocks)
    blocks = tf.einsum("vj,bpuqjc->bpuqvc", COSINES, blocks)
    # Five axes, for TensorFlow broadcasts no more.
    steps = tf.repeat(table, channels, axis=2)[:, None, :, None]
    blocks = tf.reshape(blocks, [rows, height // 8, 8, width // 8, 8 * channels])
    blocks = tf.reshape(_nearest(blocks / steps) * steps, [rows, height // 8, 8, width // 8, 8, channels])
    blocks = tf.einsum("ui,bpuqvc->bpiqvc", COSINES, blocks)
    blocks = tf.einsum("vj,bpiqvc->bpiqjc", COSINES, blocks)
    return tf.clip_by_value(tf.round(tf.reshape(blocks, pixels.shape) + 128), 0.0, 255.0)


def _nearest(values: tf.Tensor) -> tf.Tensor:
    """Whole numbers, halves away from 0 as in the library: means of whole levels often give exact halves.

    The margin is for halves that float32 puts just below.
    """
    return tf.sign(values) * tf.floor(tf.abs(values) + 0.5001)


def _mixed(colours: tf.Tensor, matrix: np.ndarray) -> tf.Tensor:
    # Products and sums, for a matrix product may round to TF32.
    return tf.stack([tf.reduce_sum(colours * row, axis=-1) for row in matrix], axis=-1)


def _halved(chroma: tf.Tensor) -> tf.Tensor:
    """The mean of four pixels; a remainder of a half goes down and up by turns, as the library has it."""
    rows, height, width, channels = chroma.shape
    sums = tf.reduce_sum(tf.reshape(chroma, [rows, height // 2, 2, width // 2, 2, channels]), axis=[2, 4])
    return tf.floor((sums + (1.0 + tf.range(width // 2, dtype=tf.float32) % 2)[:, None]) / 4)


def _doubled(chroma: tf.Tensor) -> tf.Tensor:
    """Twice the size: three parts of the nearest pixel and one of the next, along both axes, then rounded."""
    rows, height, width, channels = chroma.shape
    for axis, size in ((1, height), (2, width)):
        before, after = (tf.gather(chroma, np.clip(np.arange(size) + step, 0, size - 1), axis=axis) for step in (-1, 1))
        pair = tf.stack([3 * chroma + before, 3 * chroma + after], axis=axis + 1)
        chroma = tf.reshape(pair, [rows, 2 * height, width if axis == 1 else 2 * width, channels])
    bias = 8.0 - tf.range(2 * width, dtype=tf.float32) % 2
    return tf.floor((chroma + bias[:, None]) / 16)


def _extended(pixels: tf.Tensor, down: int, right: int) -> tf.Tensor:
    """The last row and column repeated."""
    for axis, more in ((1, down), (2, right)):
        if more:
            size = pixels.shape[axis]
            pixels = tf.gather(pixels, np.minimum(np.arange(size + more), size - 1), axis=axis)
    return pixels
