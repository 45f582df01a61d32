"""Augmentations of what D is shown, reals and fakes alike, so that few images last longer.

An augmentation is called as a(images, progress, stream) -> images of the same shape: images are float32 [B, H, W, C],
B static, any range (the published strengths are for [-1, 1]), progress is `gan.Progress`, stream names the draw. It
is differentiable, twice, with respect to the images. `stats` names what it logs and `adapt(real_logits, progress)`,
called once in each of D's updates with the logits of the reals, returns it; real_logits: float32 [B, ...], above 0
where D calls an image, or a part of it, real. One that keeps a state has a method `layer()`, which makes the
`layers.kept.Kept` that is called so. `alike` gives all frames of a clip the same draw.

Zhao et al. 2020, "Differentiable augmentation for data-efficient GAN training", arXiv 2006.10738: `DiffAugment`.
Karras et al. 2020, "Training generative adversarial networks with limited data", arXiv 2006.06676, appendix B: `ADA`.
Differences of `ADA` from the paper:
- images are resampled bilinearly at their own resolution, the paper's at twice that between two wavelet filters: what
  is turned or moved by a part of a pixel comes out softer;
- where the paper reflects an image by a margin that depends on the draw and reads zeros beyond, the reflection is
  without end here: the shapes are static;
- of the image-space corruptions there is cutout, and neither filtering nor noise.

Images of one or two channels are grey (with opacity), of three or more RGB (with opacity): the colour of the first or
of the first three changes, all channels move together. Everything geometric is a gather, whose gradient is its exact
adjoint.
"""

import dataclasses
import functools
import math
from collections.abc import Callable
from typing import ClassVar

import tensorflow as tf

from ganzoo import random, schedules
from ganzoo.errors import BadInput
from ganzoo.layers import kept
from ganzoo.schedules import Cosine, Exponential, Linear


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


@dataclasses.dataclass(frozen=True)
class Adaptive:
    """A probability that follows how sure D is of the reals: Karras et al. 2020, section 3.

    It starts at 0 and after every `interval` of D's updates moves up or down, by the share of `images` that D has seen
    in them: up where the mean of sign D(x) over the reals shown meanwhile is above `target`, down where it is below;
    never under 0, and with no bound above (from 1 on everything is always augmented). The sign means little where D's
    logits have no zero of their own: the losses wasserstein and relativistic.
    """

    target: float = 0.6
    images: int = 500_000  # in which p moves by 1
    interval: int = 4  # updates of D

    def __post_init__(self):
        if self.images < 1 or self.interval < 1:
            raise BadInput(f"Adaptive: images {self.images} and interval {self.interval} must be at least 1")


class Strength(kept.Kept):
    """A probability and its state: a number, a schedule of images seen, or `Adaptive`."""

    def __init__(self, choice: float | Linear | Exponential | Cosine | Adaptive, name: str):
        super().__init__(name=name)
        self.choice = choice
        if isinstance(choice, Adaptive):
            state = {"shape": (), "dtype": "float32", "initializer": "zeros", "trainable": False, "autocast": False}
            state |= {"aggregation": "only_first_replica"}
            self.p = self.add_weight(name="p", **state)
            self.signs = self.add_weight(name="signs", **state)  # sum of sign means since p last moved
            self.count = self.add_weight(name="count", **state)  # of them

    def call(self, progress) -> tf.Tensor:
        """The probability in force, float32 scalar."""
        if isinstance(self.choice, Adaptive):
            return tf.convert_to_tensor(self.p.value)
        return tf.cast(schedules.value(self.choice, progress.images), tf.float32)

    def adapt(self, real_logits: tf.Tensor) -> tf.Tensor:
        """Take notice of D's logits [B, ...] of one update. -> mean of their signs, over all replicas."""
        sign = kept.over_replicas(tf.reduce_mean(tf.sign(real_logits)))
        if isinstance(self.choice, Adaptive):
            step = self.choice.interval * random.whole(real_logits.shape[0]) / self.choice.images
            signs, count = self.signs + sign, self.count + 1.0
            due = count >= self.choice.interval
            moved = tf.nn.relu(self.p + step * tf.sign(signs / count - self.choice.target))
            self.p.assign(tf.where(due, moved, self.p))
            self.signs.assign(tf.where(due, 0.0, signs))
            self.count.assign(tf.where(due, 0.0, count))
        return sign


@dataclasses.dataclass(frozen=True)
class ADA:
    """Karras et al. 2020: reflections, turns, moves, stretches and changes of colour, each with probability p.

    p: a number, a schedule of images seen or `Adaptive`. Each other field is what p is multiplied by for that
    transformation; the defaults are the paper's bgc. In their order, with the paper's strengths:

    flip: left to right, of those with probability 1/2. rotate90: by 0 to 3 quarter turns. integer_translation: whole
    pixels, up to 1/8 of each side. scale: by 2 ** (0.2 N). rotation: by any angle, once before and once after
    anisotropic_scale: width by s = 2 ** (0.2 N), height by 1 / s. fractional_translation: by 0.125 N of each side.
    brightness: + 0.2 N. contrast: x 2 ** (0.5 N). luma_flip: grey to its negative, of those with probability 1/2. hue:
    turned by any angle about the grey axis. saturation: x 2 ** N. cutout: zeros in a box of half of each side.
    N is one draw from N(0, 1) each. What comes in from outside is the image's reflection. p = 0 shows the images
    exactly as they are. Logs augment_p and augment_sign, the mean of sign D(x) over reals. Raises BadInput for a
    negative p or multiplier.
    """

    p: float | Linear | Exponential | Cosine | Adaptive = Adaptive()
    flip: float = 1.0
    rotate90: float = 1.0
    integer_translation: float = 1.0
    scale: float = 1.0
    rotation: float = 1.0
    anisotropic_scale: float = 1.0
    fractional_translation: float = 1.0
    brightness: float = 1.0
    contrast: float = 1.0
    luma_flip: float = 1.0
    hue: float = 1.0
    saturation: float = 1.0
    cutout: float = 0.0

    def __post_init__(self):
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if isinstance(value, (int, float)) and value < 0:
                raise BadInput(f"game.augment.{field.name}: {value} is not at least 0")

    def layer(self) -> kept.Kept:
        """The augmentation with its state."""
        return _ADA(self)


class _ADA(kept.Kept):
    stats = ("augment_p", "augment_sign")

    def __init__(self, choice: ADA):
        super().__init__(name="augment")
        self.choice = choice
        self.strength = Strength(choice.p, name="strength")

    def call(self, images, progress, stream):
        check(images)
        dice = _Dice(images.shape[0], progress, stream)
        p = self.strength(progress)
        images = resampled(images, _geometry(self.choice, p, dice, *images.shape[1:3]))
        return _hole(recolored(images, _colors(self.choice, p, dice)), p * self.choice.cutout, dice)

    def adapt(self, real_logits, progress):
        sign = self.strength.adapt(real_logits)
        return {"augment_p": self.strength(progress), "augment_sign": sign}


class _Dice:
    """The numbers of one look, each [B]; of each kind there is one draw, which is handed out column by column."""

    UNIFORM, NORMAL = 24, 7  # as many as `_ADA` asks for

    def __init__(self, rows: int, progress, stream: str):
        self._uniform = iter(tf.unstack(progress.uniform([rows, self.UNIFORM], f"{stream}/uniform"), axis=1))
        self._normal = iter(tf.unstack(progress.normal([rows, self.NORMAL], f"{stream}/normal"), axis=1))

    def chosen(self, p: tf.Tensor) -> tf.Tensor:
        """True with probability p."""
        return next(self._uniform) < p

    def uniform(self, chosen: tf.Tensor) -> tf.Tensor:
        """U[-0.5, 0.5) where chosen, else 0."""
        return tf.where(chosen, next(self._uniform) - 0.5, 0.0)

    def normal(self, chosen: tf.Tensor) -> tf.Tensor:
        """N(0, 1) where chosen, else 0."""
        return tf.where(chosen, next(self._normal), 0.0)


def _geometry(choice: ADA, p: tf.Tensor, dice: _Dice, height: int, width: int) -> tf.Tensor:
    """Where a pixel of the result comes from, as `resampled` takes it.

    The first transformation of an image is the last that its inverse makes.
    """
    flip = dice.uniform(dice.chosen(p * choice.flip)) > 0
    quarters = tf.cast(tf.floor(4 * dice.uniform(dice.chosen(p * choice.rotate90))), tf.int32) % 4
    whole = dice.chosen(p * choice.integer_translation)
    right, down = (tf.round(dice.uniform(whole) * size / 4) for size in (width, height))
    scale = _power(-0.2 * dice.normal(dice.chosen(p * choice.scale)))
    # One of the two turns happens with probability p.
    turn = 1 - tf.sqrt(tf.nn.relu(1 - p * choice.rotation))
    before = 2 * math.pi * dice.uniform(dice.chosen(turn))
    stretch = 0.2 * dice.normal(dice.chosen(p * choice.anisotropic_scale))
    after = 2 * math.pi * dice.uniform(dice.chosen(turn))
    part = dice.chosen(p * choice.fractional_translation)
    by_x, by_y = (dice.normal(part) * size / 8 for size in (width, height))
    steps = (
        _scaled(tf.where(flip, -1.0, 1.0), tf.ones_like(scale)),
        # From a table: the cosine of a quarter turn is not exactly 0.
        _turned(tf.gather([1.0, 0.0, -1.0, 0.0], quarters), tf.gather([0.0, 1.0, 0.0, -1.0], quarters)),
        _moved(-right, -down),
        _scaled(scale, scale),
        _turned(tf.cos(before), tf.sin(before)),
        _scaled(_power(-stretch), _power(stretch)),
        _turned(tf.cos(after), tf.sin(after)),
        _moved(-by_x, -by_y),
    )
    return functools.reduce(_product, steps)


def _colors(choice: ADA, p: tf.Tensor, dice: _Dice) -> tf.Tensor:
    """float32 [B, 4, 4], as `recolored` takes it. The last transformation stands first in the product."""
    grey, rest = tf.fill([3, 3], 1 / 3), tf.eye(3) - 1 / 3  # projections on the grey axis and across it
    brightness = 0.2 * dice.normal(dice.chosen(p * choice.brightness))
    contrast = _power(0.5 * dice.normal(dice.chosen(p * choice.contrast)))
    negative = tf.cast(dice.uniform(dice.chosen(p * choice.luma_flip)) > 0, tf.float32)
    hue = 2 * math.pi * dice.uniform(dice.chosen(p * choice.hue))
    saturation = _power(dice.normal(dice.chosen(p * choice.saturation)))
    # Written as changes from the identity, which they are exactly where nothing was chosen.
    cross = tf.constant([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]]) / math.sqrt(3)
    turn = _each(tf.cos(hue) - 1) * rest + _each(tf.sin(hue)) * cross
    steps = (
        _color(_each(saturation - 1) * rest),
        _color(turn),
        _color(-2 * _each(negative) * grey),
        _color(_each(contrast - 1) * tf.eye(3)),
        _color(tf.zeros_like(turn), brightness),
    )
    return functools.reduce(_product, steps)


def _hole(images: tf.Tensor, p: tf.Tensor, dice: _Dice) -> tf.Tensor:
    """Zeros, with probability p, in a box of half of each side around a point anywhere in the image."""
    chosen = dice.chosen(p)
    inside = [
        tf.abs((tf.range(size, dtype=tf.float32) + 0.5) / size - 0.5 - dice.uniform(chosen)[:, None]) < 0.25
        for size in images.shape[1:3]
    ]
    hole = inside[0][:, :, None] & inside[1][:, None] & chosen[:, None, None]
    return images * tf.cast(~hole, tf.float32)[..., None]


def resampled(images: tf.Tensor, inverse: tf.Tensor) -> tf.Tensor:
    """Images [B, H, W, C] read, bilinearly, where `inverse` says.

    inverse: float32 [B, 3, 3], takes (x, y, 1) of a pixel of the result to that of the image; x to the right and y down
    in pixels from the centre. Beyond its edges an image goes on as its reflection. Not differentiable with respect to
    `inverse`.
    """
    rows, height, width, channels = images.shape
    x = tf.range(width, dtype=tf.float32) - (width - 1) / 2
    y = tf.range(height, dtype=tf.float32)[:, None] - (height - 1) / 2
    # Products and sums, for a matrix product may round to TF32 and move what should stay.
    there = [
        inverse[:, axis, 0, None, None] * x
        + inverse[:, axis, 1, None, None] * y
        + inverse[:, axis, 2, None, None]
        + (size - 1) / 2
        for axis, size in ((0, width), (1, height))
    ]  # [B, H, W] each
    (left, top), indices, weights = (tf.floor(each) for each in there), [], []
    across, along = there[0] - left, there[1] - top
    left, top = tf.cast(left, tf.int32), tf.cast(top, tf.int32)
    for row, share in ((top, 1 - along), (top + 1, along)):
        for column, part in ((left, 1 - across), (left + 1, across)):
            indices.append(mirrored(row, height) * width + mirrored(column, width))
            weights.append(share * part)
    flat = tf.reshape(tf.stack(indices, axis=1), [rows, 4 * height * width])
    corners = tf.gather(tf.reshape(images, [rows, height * width, channels]), flat, axis=1, batch_dims=1)
    corners = tf.reshape(corners, [rows, 4, height, width, channels])
    return tf.reduce_sum(corners * tf.stop_gradient(tf.stack(weights, axis=1))[..., None], axis=1)


def recolored(images: tf.Tensor, matrix: tf.Tensor) -> tf.Tensor:
    """The colour (r, g, b, 1) of each pixel times the matrix, float32 [B, 4, 4], of its image. Grey g is the mean of
    what (g, g, g) becomes."""
    linear, offset = matrix[:, :3, :3], matrix[:, :3, 3]

    def change(colors):
        if colors.shape[3] == 1:
            slope = tf.reduce_mean(tf.reduce_sum(linear, axis=2), axis=1)
            return _each(slope, 4) * colors + _each(tf.reduce_mean(offset, axis=1), 4)
        parts = [linear[:, None, None, :, source] * colors[..., source, None] for source in range(3)]
        return tf.add_n(parts) + offset[:, None, None]

    return _recolored(images, change)


def _scaled(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    zero, one = tf.zeros_like(x), tf.ones_like(x)
    return _matrix([x, zero, zero], [zero, y, zero], [zero, zero, one])


def _turned(cosine: tf.Tensor, sine: tf.Tensor) -> tf.Tensor:
    zero, one = tf.zeros_like(cosine), tf.ones_like(cosine)
    return _matrix([cosine, -sine, zero], [sine, cosine, zero], [zero, zero, one])


def _moved(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    zero, one = tf.zeros_like(x), tf.ones_like(x)
    return _matrix([one, zero, x], [zero, one, y], [zero, zero, one])


def _matrix(*rows: list[tf.Tensor]) -> tf.Tensor:
    """Rows of entries [B] -> [B, rows, columns]."""
    return tf.stack([tf.stack(row, axis=1) for row in rows], axis=1)


def _color(change: tf.Tensor, offset: tf.Tensor | None = None) -> tf.Tensor:
    """[B, 4, 4] that adds `change` [B, 3, 3] times the colour, and `offset` [B], to it."""
    column = tf.zeros_like(change[:, :, :1]) if offset is None else tf.tile(_each(offset), [1, 3, 1])
    return tf.eye(4) + tf.pad(tf.concat([change, column], axis=2), [[0, 0], [0, 1], [0, 0]])


def _product(left: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """[B, N, N] times [B, N, N] in full float32, see `resampled`."""
    return tf.reduce_sum(left[:, :, :, None] * right[:, None], axis=2)


def _power(exponent: tf.Tensor) -> tf.Tensor:
    return tf.exp(math.log(2) * exponent)


def _each(values: tf.Tensor, rank: int = 3) -> tf.Tensor:
    """[B] -> [B, 1, ...] of that rank."""
    return tf.reshape(values, [-1] + [1] * (rank - 1))


def flip_and_shift(images: tf.Tensor, progress, stream: str, pixels: int = 4) -> tf.Tensor:
    """Each image mirrored left to right with probability 1/2 and moved by up to `pixels` along both axes, its own
    mirror image coming in: the augmentation of consistency regularisation (Zhang et al. 2020, arXiv 1910.12027)."""
    height, width = images.shape[1:3]
    flip, down, right = _columns(progress.uniform([images.shape[0], 3], stream), rank=1)
    columns = tf.where((flip < 0.5)[:, None], tf.range(width), tf.range(width - 1, -1, -1))
    rows, columns = tf.range(height) - _spread(down, pixels)[:, None], columns - _spread(right, pixels)[:, None]
    return gathered(images, mirrored(rows, height), mirrored(columns, width))


def alike(augment, clips: tf.Tensor, progress, stream: str) -> tf.Tensor:
    """Clips float32 [B, T, H, W, C] through an augmentation of images, all frames of a clip by one draw: what moves
    does so as before."""
    frames = tf.reshape(clips, [clips.shape[0] * clips.shape[1], *clips.shape[2:]])
    return tf.reshape(augment(frames, _Alike(progress, clips.shape[1]), stream), clips.shape)


class _Alike:
    """`gan.Progress` whose draws are the same for every `times` rows."""

    def __init__(self, progress, times: int):
        self.step, self.images, self._progress, self._times = progress.step, progress.images, progress, times

    def uniform(self, shape, stream: str) -> tf.Tensor:
        return self._repeated(self._progress.uniform, shape, stream)

    def normal(self, shape, stream: str) -> tf.Tensor:
        return self._repeated(self._progress.normal, shape, stream)

    def _repeated(self, draw: Callable, shape, stream: str) -> tf.Tensor:
        return tf.repeat(draw([shape[0] // self._times, *shape[1:]], stream), self._times, axis=0)


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
    return [_each(column, rank) for column in tf.unstack(draws, axis=1)]


def _about(center: tf.Tensor, values: tf.Tensor, scale: tf.Tensor) -> tf.Tensor:
    return center + (values - center) * scale


def _recolored(images: tf.Tensor, change: Callable[[tf.Tensor], tf.Tensor]) -> tf.Tensor:
    """The images with `change` applied to their colour and opacity as it is."""
    channels = images.shape[3]
    colors = 1 if channels < 3 else 3
    if channels == colors:
        return change(images)
    return tf.concat([change(images[..., :colors]), images[..., colors:]], axis=3)
