"""Augmentations of what D is shown, reals and fakes alike, so that few images last longer.

An augmentation is called as a(images, progress, stream) -> images of the same shape: images are float32 [B, H, W, C],
B static, any range (the published strengths are for [-1, 1]), progress is `gan.Progress`, stream names the draw. It
is differentiable, twice, with respect to the images. `stats` names what it logs and `adapt(real_logits, progress)`,
called once in each of D's turns with the logits of the reals, returns it; real_logits: float32 [B], above 0 where D
calls an image real.

Zhao et al. 2020, "Differentiable augmentation for data-efficient GAN training", arXiv 2006.10738: `DiffAugment`.
Karras et al. 2020, "Training generative adversarial networks with limited data" (ADA), arXiv 2006.06676: `ADA`.

Images of one or two channels are grey (with opacity), of three or more RGB (with opacity): the colour of the first or
of the first three changes, all channels move together. Everything geometric is a gather, whose gradient is its exact
adjoint.
"""

import dataclasses
from collections.abc import Callable
from typing import ClassVar

import tensorflow as tf

from ganzoo.errors import BadInput


@dataclasses.dataclass(frozen=True)
class DiffAugment:
    """Zhao et al. 2020, section 4 and the strengths of the authors' code; every image of every look by its own draw.

    policy: any of "color" (brightness + U[-0.5, 0.5), saturation x U[0, 2), contrast x U[0.5, 1.5)), "translation" (by
    up to an eighth of each side, zeros come in) and "cutout" (zeros in a box of half of each side). Raises BadInput for
    another name.
    """

    policy: tuple[str, ...] = ("color", "translation", "cutout")

    stats: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self):
        for part in self.policy:
            if part not in PARTS:
                raise BadInput(f"game.augment.policy: {part!r} is not one of {', '.join(PARTS)}")

    def __call__(self, images: tf.Tensor, progress, stream: str) -> tf.Tensor:
        check(images)
        for part in self.policy:
            images = PARTS[part](images, progress, f"{stream}/{part}")
        return images

    def adapt(self, real_logits: tf.Tensor, progress) -> dict[str, tf.Tensor]:
        """Nothing: the strength stays."""
        return {}


def color(images: tf.Tensor, progress, stream: str) -> tf.Tensor:
    """Brightness, saturation (about the mean of a pixel's channels) and contrast (about the mean of the image)."""
    brightness, saturation, contrast = _columns(progress.uniform([images.shape[0], 3], stream))

    def change(colors):
        colors += brightness - 0.5
        colors = _about(tf.reduce_mean(colors, axis=3, keepdims=True), colors, 2 * saturation)
        return _about(tf.reduce_mean(colors, axis=[1, 2, 3], keepdims=True), colors, contrast + 0.5)

    return _recolored(images, change)


def translation(images: tf.Tensor, progress, stream: str) -> tf.Tensor:
    """Whole pixels along both axes, by up to an eighth of the side; zeros come in."""
    height, width = images.shape[1:3]
    down, right = _columns(progress.uniform([images.shape[0], 2], stream), rank=1)
    rows = tf.range(height) - _spread(down, _share(height, 8))[:, None]  # [B, H]
    columns = tf.range(width) - _spread(right, _share(width, 8))[:, None]
    inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None]
    moved = gathered(images, tf.clip_by_value(rows, 0, height - 1), tf.clip_by_value(columns, 0, width - 1))
    return moved * tf.cast(inside, tf.float32)[..., None]


def cutout(images: tf.Tensor, progress, stream: str) -> tf.Tensor:
    """Zeros in a box of half of each side, whose centre is anywhere in the image."""
    height, width = images.shape[1:3]
    draws = _columns(progress.uniform([images.shape[0], 2], stream), rank=1)
    inside = []
    for size, draw in zip((height, width), draws, strict=True):
        box = _share(size, 2)
        first = tf.cast(tf.floor(draw * (size + 1 - box % 2)), tf.int32)[:, None] - box // 2
        inside.append((tf.range(size) >= first) & (tf.range(size) < first + box))  # [B, size]
    hole = inside[0][:, :, None] & inside[1][:, None]
    return images * tf.cast(~hole, tf.float32)[..., None]


PARTS = {"color": color, "translation": translation, "cutout": cutout}


def flip_and_shift(images: tf.Tensor, progress, stream: str, pixels: int = 4) -> tf.Tensor:
    """Each image mirrored left to right with probability 1/2 and moved by up to `pixels` along both axes, its own
    mirror image coming in: the augmentation of consistency regularisation (Zhang et al. 2020, arXiv 1910.12027)."""
    height, width = images.shape[1:3]
    flip, down, right = _columns(progress.uniform([images.shape[0], 3], stream), rank=1)
    columns = tf.where((flip < 0.5)[:, None], tf.range(width), tf.range(width - 1, -1, -1))
    rows, columns = tf.range(height) - _spread(down, pixels)[:, None], columns - _spread(right, pixels)[:, None]
    return gathered(images, mirrored(rows, height), mirrored(columns, width))


def check(images: tf.Tensor) -> None:
    """Refuse, by ValueError, samples that are not images."""
    if len(images.shape) != 4:
        raise ValueError(f"an augmentation of images was given samples of shape {images.shape[1:]}")


def mirrored(index: tf.Tensor, size: int) -> tf.Tensor:
    """Any int32 index -> the index in 0..size - 1 that stands there when the image is reflected without end, its edge
    not repeated."""
    index = tf.math.floormod(index, max(2 * (size - 1), 1))
    return tf.where(index < size, index, 2 * (size - 1) - index)


def gathered(images: tf.Tensor, rows: tf.Tensor, columns: tf.Tensor) -> tf.Tensor:
    """images [B, H, W, C] at the rows [B, H'] and columns [B, W'] of each."""
    return tf.gather(tf.gather(images, rows, axis=1, batch_dims=1), columns, axis=2, batch_dims=1)


def _share(size: int, part: int) -> int:
    """size / part, to the nearest whole pixel."""
    return int(size / part + 0.5)


def _spread(draw: tf.Tensor, most: int) -> tf.Tensor:
    """U[0, 1) -> int32, each of -most..most equally likely."""
    return tf.cast(tf.floor(draw * (2 * most + 1)), tf.int32) - most


def _columns(draws: tf.Tensor, rank: int = 4) -> list[tf.Tensor]:
    """[B, N] -> N times [B] with as many axes of length 1 as make it of that rank."""
    return [tf.reshape(column, [-1] + [1] * (rank - 1)) for column in tf.unstack(draws, axis=1)]


def _about(center: tf.Tensor, values: tf.Tensor, scale: tf.Tensor) -> tf.Tensor:
    return center + (values - center) * scale


def _recolored(images: tf.Tensor, change: Callable[[tf.Tensor], tf.Tensor]) -> tf.Tensor:
    """The images with `change` applied to their colour and opacity as it is."""
    channels = images.shape[3]
    colors = 1 if channels < 3 else 3
    if channels == colors:
        return change(images)
    return tf.concat([change(images[..., :colors]), images[..., colors:]], axis=3)
