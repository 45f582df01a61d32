"""Holes for inpainting: boxes, strokes of a brush, and what may be made of them.

A mask is a value called as `mask(rows, height, width, progress, stream)` -> float32 [rows, height, width, 1], 1 in the
hole, every image with a hole of its own. It is where a field, float32 [rows, height, width], is at most 0: the distance
in pixels from the hole's edge, below 0 inside. So shapes join by a minimum, and a hole that would be larger than the
share `most` of the image is worn down from its edges until it is not; the pixel that lies deepest is always part of
it, so that no mask is empty. All lengths are in pixels of an image whose shorter side is 256, and scale with it.

Yu et al. 2019, "Free-form image inpainting with gated convolution", arXiv 1806.03589, section 3.4 and the authors'
numbers: `Brush`, `DEEPFILL`. Suvorov et al. 2022, "Resolution-robust large mask inpainting with Fourier convolutions",
arXiv 2109.07161, section 2.4 and the numbers of the authors' configuration files: `Irregular`, `LAMA`, `THIN`,
`MEDIUM`, `THICK`. Known differences: strokes are unions of round-ended segments with a width that is no whole number
of pixels; where LaMa draws a test mask again until it covers at most half of the image, it is worn down here.
"""

import dataclasses
import math

import tensorflow as tf

from ganzoo.degradations import levels
from ganzoo.errors import BadInput

FAR = 1e6  # pixels: the distance of what is not there
HALVINGS = 14  # of the depth by which a hole is worn down
HALVES = 10  # of `grown`: a hole of up to a thousand pixels is filled from its surroundings
UNIT = 256  # pixels of the shorter side for which lengths are given


def _check_range(mask: str, name: str, value: tuple, least: float = 1, most: float = math.inf) -> None:
    if not least <= value[0] <= value[1] <= most:
        raise BadInput(f"mask {mask}.{name}: {value[0]}, {value[1]}; allowed: {least} <= first <= second <= {most}")


@dataclasses.dataclass(frozen=True)
class Mask:
    """What all masks share. A subclass has `field(rows, height, width, progress, stream)`, see the module.

    most: the largest share of the image that a hole may cover. Raises BadInput unless 0 < most <= 1, and for images
    where that share is narrower than one line of pixels.
    """

    most: float = dataclasses.field(default=0.5, kw_only=True)

    def __post_init__(self):
        if not 0 < self.most <= 1:
            raise BadInput(f"mask {type(self).__name__}.most: {self.most}; allowed: above 0 and at most 1")

    def __call__(self, rows: int, height: int, width: int, progress, stream: str) -> tf.Tensor:
        if self.most * min(height, width) < 1:
            raise BadInput(
                f"mask {type(self).__name__}.most: {self.most} of {height}x{width} pixels is less than a line; "
                f"allowed: at least {1 / min(height, width):.3f}"
            )
        return cut(self.field(rows, height, width, progress, stream), self.most)


@dataclasses.dataclass(frozen=True)
class Box(Mask):
    """One or several boxes anywhere, `margin` from the image's edges. low, high: of both sides, each drawn by itself.

    count: least and most boxes. centred: in the middle instead. Raises BadInput for an empty range or where the
    largest box does not fit.
    """

    low: int = 128
    high: int = 128
    count: tuple[int, int] = (1, 1)
    margin: int = 0
    centred: bool = False

    def __post_init__(self):
        super().__post_init__()
        _check_range("Box", "low, high", (self.low, self.high), 1, UNIT - 2 * self.margin)
        _check_range("Box", "count", self.count)

    def field(self, rows: int, height: int, width: int, progress, stream: str) -> tf.Tensor:
        unit, most = min(height, width) / UNIT, self.count[1]
        draws = progress.uniform([rows, 4 * most + 1], f"{stream}/box")
        absent = tf.range(most, dtype=tf.float32) >= _whole(draws[:, -1:], *self.count)  # [B, N]
        parts = []
        for index, side in enumerate((height, width)):
            size, place = draws[:, index * most : (index + 1) * most], draws[:, (index + 2) * most : (index + 3) * most]
            size = tf.maximum(tf.round(_whole(size, self.low, self.high) * unit), 1.0)
            free = side - size - 2 * round(self.margin * unit)
            first = round(self.margin * unit) + tf.floor(0.5 * free if self.centred else place * (free + 1))
            reach = (size - 1) / 2
            parts.append(tf.abs(tf.range(side, dtype=tf.float32) - (first + reach)[..., None]) - reach[..., None])
        field = tf.maximum(parts[0][:, :, :, None], parts[1][:, :, None, :])  # [B, N, H, W]
        return tf.reduce_min(tf.where(absent[:, :, None, None], FAR, field), axis=1)


@dataclasses.dataclass(frozen=True)
class Brush(Mask):
    """Free-form strokes: from anywhere, turning back and forth by `angle` give or take `spread` radians.

    strokes, vertices: least and most, of the latter in a stroke. width: of a stroke. A stroke's steps are drawn from a
    normal law with an eighth of the image's diagonal as mean and a sixteenth as deviation, cut at 0 and at twice the
    mean, and end at the image's edge. The image is mirrored along both axes, each with probability 1/2.
    """

    strokes: tuple[int, int] = (1, 3)
    vertices: tuple[int, int] = (4, 11)
    width: tuple[float, float] = (12.0, 40.0)
    angle: float = 2 * math.pi / 5
    spread: float = 2 * math.pi / 15

    def __post_init__(self):
        super().__post_init__()
        for name in ("strokes", "vertices", "width"):
            _check_range("Brush", name, getattr(self, name))

    def field(self, rows: int, height: int, width: int, progress, stream: str) -> tf.Tensor:
        strokes, steps = self.strokes[1], self.vertices[1]
        once, each = _dice(rows, strokes, steps, progress, f"{stream}/brush", once=5, each=1)
        mean = math.hypot(height, width) / 8
        length = mean + mean / 2 * progress.normal([rows, strokes, steps], f"{stream}/length")
        angle = self.angle + (2 * each[0] - 1) * self.spread
        back = tf.range(steps) % 2 == 0
        radius = levels.between(once[3][..., None], *self.width) * (min(height, width) / UNIT / 2)
        present = tf.range(steps, dtype=tf.float32) < _whole(once[2], *self.vertices)[..., None]
        present &= (tf.range(strokes, dtype=tf.float32) < _whole(once[4][:, :1], *self.strokes))[..., None]
        field = _drawn(
            (once[0], once[1]),
            tf.where(back, -angle, angle),
            tf.clip_by_value(length, 0.0, 2 * mean),
            tf.where(present, radius, -FAR),
            height,
            width,
        )
        for axis, draw in enumerate(tf.unstack(progress.uniform([rows, 2], f"{stream}/mirror"), axis=1)):
            field = tf.where(draw[:, None, None] < 0.5, field, tf.reverse(field, [axis + 1]))
        return field


@dataclasses.dataclass(frozen=True)
class Irregular(Mask):
    """LaMa's strokes: each of up to 5 segments that go to one of `angles` directions, a radian apart, and every other
    stroke the other way round.

    strokes: least and most. length: of a segment, 10 more than drawn below it. width: of a segment, 5 more than drawn
    below it.
    """

    strokes: tuple[int, int] = (1, 5)
    length: int = 200
    width: int = 100
    angles: int = 4
    segments: int = 5

    def __post_init__(self):
        super().__post_init__()
        _check_range("Irregular", "strokes", self.strokes)

    def field(self, rows: int, height: int, width: int, progress, stream: str) -> tf.Tensor:
        strokes, steps, unit = self.strokes[1], self.segments, min(height, width) / UNIT
        once, each = _dice(rows, strokes, steps, progress, f"{stream}/irregular", once=4, each=3)
        angle = 0.01 + _whole(each[0], 0, self.angles - 1)
        back = (tf.range(strokes) % 2 == 0)[:, None]
        present = tf.range(steps, dtype=tf.float32) < _whole(once[2], 1, steps)[..., None]
        present &= (tf.range(strokes, dtype=tf.float32) < _whole(once[3][:, :1], *self.strokes))[..., None]
        return _drawn(
            (once[0], once[1]),
            tf.where(back, -angle, angle),
            _whole(each[1], 10, 9 + self.length) * unit,
            tf.where(present, _whole(each[2], 5, 4 + self.width) * unit / 2, -FAR),
            height,
            width,
        )


@dataclasses.dataclass(frozen=True)
class Union(Mask):
    """The holes of all of `masks` at once."""

    masks: tuple[Mask, ...] = ()

    def field(self, rows: int, height: int, width: int, progress, stream: str) -> tf.Tensor:
        fields = [
            mask.field(rows, height, width, progress, f"{stream}/{index}") for index, mask in enumerate(self.masks)
        ]
        return tf.reduce_min(tf.stack(fields), axis=0)


@dataclasses.dataclass(frozen=True)
class Either(Mask):
    """The hole of `first` for the share `share` of the images, that of `second` for the others."""

    first: Mask = Brush()
    second: Mask = Box()
    share: float = 0.5

    def field(self, rows: int, height: int, width: int, progress, stream: str) -> tf.Tensor:
        chosen = progress.uniform([rows], f"{stream}/either") < self.share
        fields = [
            mask.field(rows, height, width, progress, f"{stream}/{index}")
            for index, mask in enumerate((self.first, self.second))
        ]
        return tf.where(chosen[:, None, None], *fields)


CENTRE = Box(centred=True)  # a quarter of the image: Pathak et al. 2016, arXiv 1604.07379
DEEPFILL = Union((Box(96, 128), Brush()))
LAMA = Either(Irregular(), Box(30, 150, (1, 4), margin=10))
# LaMa's test sets: boxes in 0.3 of 1.3 masks, none in the thin ones.
THIN = Irregular((4, 50), length=40, width=10)
MEDIUM = Either(Irregular((4, 5), length=100, width=50), Box(10, 50, (1, 5)), 1 / 1.3)
THICK = Either(Irregular(), Box(30, 150, (1, 3), margin=10), 1 / 1.3)


@dataclasses.dataclass(frozen=True)
class Inpaint:
    """The degradation of inpainting: the hole filled, and the mask as one more channel, 1 in the hole.

    fill: a value in [-1, 1]; "mean": the mean colour of what is known of the image; "surroundings": what is known about
    the hole grows into it, see `grown`. Raises BadInput for another.
    """

    mask: Mask = LAMA
    fill: float | str = 0.0

    scale = 1

    def __post_init__(self):
        if self.fill not in FILLS and (isinstance(self.fill, str) or not -1 <= self.fill <= 1):
            raise BadInput(f"degradation Inpaint.fill: {self.fill!r}; allowed: -1 to 1, {' or '.join(FILLS)}")

    def channels(self, channels: int) -> int:
        return channels + 1

    def __call__(self, image: tf.Tensor, progress, stream: str) -> dict[str, tf.Tensor]:
        mask = self.mask(*image.shape[:3], progress, stream)
        return {"input": hidden(image, mask, self.fill), "mask": mask}


def hidden(image: tf.Tensor, mask: tf.Tensor, fill: float | str = 0.0) -> tf.Tensor:
    """image [B, H, W, C] with the hole of mask [B, H, W, 1] filled as in `Inpaint` -> float32 [B, H, W, C + 1]."""
    known = image * (1 - mask)
    if fill in FILLS:
        fill = FILLS[fill](known, 1 - mask)
    return tf.concat([known + fill * mask, mask], axis=-1)


def mean(known: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
    """[B, 1, 1, C], the mean colour of images [B, H, W, C] that are 0 where weight [B, H, W, 1] is, and 1 elsewhere."""
    total = tf.reduce_sum(known, axis=[1, 2], keepdims=True)
    return tf.math.divide_no_nan(total, tf.reduce_sum(weight, axis=[1, 2], keepdims=True))


def grown(known: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
    """[B, H, W, C], smooth in the hole: the pull and push of Gortler et al. 1996, "The Lumigraph".

    Halved and halved again, until everywhere something is known; then each level fills the holes of the next finer one,
    smoothed by two means of 3x3. Arguments as of `mean`.
    """
    levels = []
    for _ in range(HALVES):
        levels.append((known, weight))
        known, part = (tf.nn.avg_pool2d(each, 2, 2, "SAME") for each in (known, weight))
        weight = tf.minimum(4 * part, 1.0)  # one known pixel of four is enough
        known = known * tf.math.divide_no_nan(weight, part)
    color = known + (1 - weight) * mean(known, weight)
    for known, weight in reversed(levels):
        color = tf.repeat(tf.repeat(color, 2, axis=1), 2, axis=2)[:, : tf.shape(known)[1], : tf.shape(known)[2]]
        for _ in range(2):
            color = tf.nn.avg_pool2d(color, 3, 1, "SAME")
        color = known + (1 - weight) * color
    return color


FILLS = {"mean": mean, "surroundings": grown}


def cut(field: tf.Tensor, most: float) -> tf.Tensor:
    """field: float32 [B, H, W], see the module -> mask float32 [B, H, W, 1] of at most that share, never empty.

    The caller makes sure that the pixels that lie equally deep at the bottom of a hole are no larger share.
    """

    def fits(level):
        share = tf.reduce_mean(tf.cast(field <= level[:, None, None], tf.float32), axis=[1, 2])
        return share <= most

    low = tf.reduce_min(field, axis=[1, 2])

    def halved(step, low, high):
        middle = (low + high) / 2
        good = fits(middle)
        return step + 1, tf.where(good, middle, low), tf.where(good, high, middle)

    top = tf.maximum(low, 0.0)
    # A loop, so that the compiler sees one reduction.
    found = tf.while_loop(lambda step, *_: step < HALVINGS, halved, (0, low, top), maximum_iterations=HALVINGS)[1]
    return tf.cast(field <= tf.where(fits(top), top, found)[:, None, None], tf.float32)[..., None]


def _dice(rows: int, strokes: int, steps: int, progress, stream: str, once: int, each: int) -> tuple[list, list]:
    """`once` draws U[0, 1) for a stroke, [B, strokes] each, and `each` for a step of it, [B, strokes, steps] each."""
    draws = progress.uniform([rows, strokes, once + each * steps], stream)
    of_steps = tf.reshape(draws[..., once:], [rows, strokes, each, steps])
    return tf.unstack(draws[..., :once], axis=-1), tf.unstack(of_steps, axis=2)


def _drawn(start, angle: tf.Tensor, length: tf.Tensor, radius: tf.Tensor, height: int, width: int) -> tf.Tensor:
    """The field of strokes of S steps. start: two draws U[0, 1) [B, N]; angle, length, radius: [B, N, S]."""
    last = (width - 1, height - 1)
    point = [draw * side for draw, side in zip(start, last, strict=True)]
    corners = [point]
    for step in range(angle.shape[2]):
        moves = (length[..., step] * turn(angle[..., step]) for turn in (tf.cos, tf.sin))
        point = [tf.clip_by_value(here + move, 0.0, side) for here, move, side in zip(point, moves, last, strict=True)]
        corners.append(point)
    x, y = (tf.stack([corner[axis] for corner in corners], axis=-1) for axis in (0, 1))  # [B, N, S + 1]
    parts = [x[..., :-1], y[..., :-1], x[..., 1:] - x[..., :-1], y[..., 1:] - y[..., :-1], radius]
    parts = tf.reshape(tf.stack(parts), [5, angle.shape[0], -1])
    segments = parts.shape[2]
    across, along = tf.range(width, dtype=tf.float32), tf.range(height, dtype=tf.float32)[:, None]

    def joined(index, field):
        left, top, right, down, reach = tf.unstack(tf.gather(parts, index, axis=2)[..., None, None])  # [B, 1, 1]
        dx, dy = across - left, along - top
        share = (dx * right + dy * down) / tf.maximum(right**2 + down**2, 1e-6)
        share = tf.clip_by_value(share, 0.0, 1.0)
        distance = tf.sqrt((dx - share * right) ** 2 + (dy - share * down) ** 2) - reach
        return index + 1, tf.minimum(field, distance)

    # A loop, not an axis: fifty strokes of five segments would be 250 fields at once.
    field = tf.fill([angle.shape[0], height, width], FAR)
    return tf.while_loop(lambda index, _: index < segments, joined, (0, field), maximum_iterations=segments)[1]


def _whole(draw: tf.Tensor, low: int, high: int) -> tf.Tensor:
    """U[0, 1) -> float32, each whole number of low..high equally likely."""
    return low + tf.floor(draw * (high - low + 1))
