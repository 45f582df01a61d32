"""Holes: their shapes by hand, their shares, and what the network is given."""

import math

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import degradations, gan
from ganzoo.degradations import masks
from ganzoo.errors import BadInput

PRESETS = {
    "centre": masks.CENTRE,
    "deepfill": masks.DEEPFILL,
    "lama": masks.LAMA,
    "thin": masks.THIN,
    "medium": masks.MEDIUM,
    "thick": masks.THICK,
}


def progress(images=0, seed=1):
    return gan.Progress(0, images, seed)


def holes(mask, rows=8, height=32, width=48, **kwargs):
    found = mask(rows, height, width, progress(**kwargs), "mask").numpy()
    assert found.shape == (rows, height, width, 1) and set(np.unique(found)) <= {0.0, 1.0}
    return found[..., 0] > 0


def bounds(hole):
    """(first row, last row, first column, last column)."""
    rows, columns = np.nonzero(hole)
    return rows.min(), rows.max(), columns.min(), columns.max()


@pytest.mark.parametrize("name", PRESETS)
def test_no_mask_is_empty_or_larger_than_it_may_be(name):
    shares = holes(PRESETS[name], rows=24, height=16, width=24).mean(axis=(1, 2))
    assert shares.min() > 0 and shares.max() <= 0.5
    assert name == "centre" or len(np.unique(shares)) > 12  # every image has its own


def test_centre_is_the_middle_quarter():
    expected = np.zeros([64, 64], bool)
    expected[16:48, 16:48] = True
    np.testing.assert_array_equal(holes(masks.CENTRE, 2, 64, 64), [expected, expected])


def test_boxes_are_whole_and_keep_their_margin():
    # Lengths are for 256 pixels: sides of 6 to 12 and a margin of 4 here.
    sides = set()
    for hole in holes(masks.Box(48, 96, margin=32, most=1.0), rows=64, height=32, width=40):
        top, bottom, left, right = bounds(hole)
        assert hole.sum() == (bottom - top + 1) * (right - left + 1)
        assert top >= 4 and bottom < 28 and left >= 4 and right < 36
        sides |= {bottom - top + 1, right - left + 1}
    assert sides == set(range(6, 13))


def test_boxes_reach_every_place():
    corners = {bounds(hole)[::2] for hole in holes(masks.Box(128, 128), rows=256, height=8, width=8)}
    assert corners == {(top, left) for top in range(5) for left in range(5)}


def test_a_stroke_is_a_segment_with_round_ends():
    start = tf.constant([[0.25]]), tf.constant([[0.5]])
    one = tf.ones([1, 1, 1])
    field = masks._drawn(start, 0 * one, 10 * one, 3 * one, 21, 41)[0].numpy()  # from x = 10 to 20 at y = 10
    y, x = np.mgrid[:21, :41]
    expected = np.hypot(x - np.clip(x, 10, 20), y - 10) - 3
    np.testing.assert_allclose(field, expected, atol=1e-5)


def test_strokes_turn_and_stop_at_the_edge():
    start = tf.constant([[0.5]]), tf.constant([[0.5]])
    angle, length = tf.constant([[[0, math.pi / 2]]]), tf.constant([[[30.0, 6.0]]])
    hole = masks._drawn(start, angle, length, tf.fill([1, 1, 2], 0.6), 21, 21)[0].numpy() <= 0
    expected = np.zeros([21, 21], bool)
    expected[10, 10:] = expected[10:17, 20] = True
    np.testing.assert_array_equal(hole, expected)


@pytest.mark.parametrize("mask", [masks.Brush(width=(40, 40), most=1.0), masks.Irregular(most=1.0)])
def test_strokes_cover_a_part_of_the_image_in_one_piece_each(mask):
    import scipy.ndimage

    found = holes(mask, rows=32, height=64, width=64)
    pieces = [scipy.ndimage.label(hole, np.ones([3, 3]))[1] for hole in found]
    assert min(pieces) >= 1 and max(pieces) <= mask.strokes[1]
    assert 0.05 < found.mean() < 0.8


def test_a_hole_that_is_too_large_is_worn_down_evenly():
    whole = masks.Box(192, 192, centred=True, most=1.0)
    assert bounds(holes(whole, 1, 64, 64)[0]) == (8, 55, 8, 55)
    worn = holes(masks.Box(192, 192, centred=True, most=0.25), 1, 64, 64)[0]
    assert bounds(worn) == (16, 47, 16, 47) and worn.sum() == 32**2


def test_a_hole_between_pixels_is_the_nearest_one():
    field = tf.constant([[[3.0, 0.2], [0.7, 1.0]]])
    np.testing.assert_array_equal(masks.cut(field, 0.5)[0, ..., 0], [[0, 1], [0, 0]])


def test_union_and_either():
    box, brush = masks.Box(64, 64, most=1.0), masks.Brush(most=1.0)
    both = holes(masks.Union((box, brush), most=1.0))
    parts = [
        np.asarray(mask(8, 32, 48, progress(), f"mask/{index}"))[..., 0] > 0 for index, mask in enumerate((box, brush))
    ]
    np.testing.assert_array_equal(both, parts[0] | parts[1])
    either = holes(masks.Either(box, brush, 0.5, most=1.0))
    first = [(hole == part).all() for hole, part in zip(either, parts[0], strict=True)]
    second = [(hole == part).all() for hole, part in zip(either, parts[1], strict=True)]
    assert all(a or b for a, b in zip(first, second, strict=True)) and any(first) and any(second)


@pytest.mark.parametrize(
    "mask", [masks.Union((masks.Box(48, 96), masks.Brush((1, 2), (1, 2)))), masks.Irregular((1, 2))]
)
def test_masks_are_functions_of_seed_and_images_with_xla_and_without(mask):
    compiled = tf.function(lambda: mask(4, 32, 32, progress(), "mask"), jit_compile=True)().numpy()[..., 0] > 0
    plain = holes(mask, 4, 32, 32)
    assert (compiled != plain).mean() < 0.002  # pixels on the very edge may round to either side
    assert (plain != holes(mask, 4, 32, 32, images=4)).any() and (plain != holes(mask, 4, 32, 32, seed=2)).any()


@pytest.mark.parametrize("fill", [0.0, -1.0, "mean"])
def test_inpaint_hides_the_hole_and_tells_where(fill):
    value = degradations.Inpaint(masks.Box(64, 128), fill)
    image = tf.constant(np.random.default_rng(0).uniform(-1, 1, [3, 16, 16, 3]), tf.float32)
    batch = value(image, progress(), "hole")
    mask, hole = batch["mask"].numpy(), batch["mask"].numpy()[..., 0] > 0
    assert batch["input"].shape == (3, 16, 16, value.channels(3)) and value.scale == 1
    np.testing.assert_array_equal(batch["input"][..., 3:], mask)
    for given, target, inside in zip(batch["input"].numpy(), image.numpy(), hole, strict=True):
        np.testing.assert_array_equal(given[~inside, :3], target[~inside])
        expected = target[~inside].mean(axis=0) if fill == "mean" else fill
        np.testing.assert_allclose(given[inside, :3], np.broadcast_to(expected, [inside.sum(), 3]), atol=1e-5)


def test_surroundings_grow_into_the_hole():
    def filled(image, mask):
        return masks.hidden(tf.constant(image, tf.float32), tf.constant(mask, tf.float32), "surroundings")[..., :-1]

    draw = np.random.default_rng(0)
    image, mask = draw.uniform(-1, 1, [2, 13, 20, 3]), np.zeros([2, 13, 20, 1])
    mask[0, 3:9, 5:15] = 1
    found = filled(image, mask).numpy()
    np.testing.assert_allclose(np.where(mask, 0, found), np.where(mask, 0, image), atol=1e-6)
    one = np.broadcast_to([0.3, -0.5, 0.9], image.shape)
    np.testing.assert_allclose(filled(one, mask), one, atol=1e-6)
    # Left of the hole all is dark, right of it bright: between them it grows lighter from column to column.
    ramp = np.broadcast_to(np.where(np.arange(20) < 10, -1.0, 1.0)[:, None], image.shape)
    columns = filled(ramp, mask).numpy()[0, 5, 5:15, 0]
    assert np.all(np.diff(columns) > 0) and columns[0] < -0.7 and columns[-1] > 0.7
    # Two by two pixels, one of them hidden: the mean of the three.
    assert np.all(filled(image, np.ones_like(mask)).numpy() == 0)  # of nothing, nothing
    np.testing.assert_allclose(
        filled([[[[1.0], [2.0]], [[6.0], [9.0]]]], [[[[0.0], [0.0]], [[0.0], [1.0]]]]).numpy()[0, 1, 1], 3.0
    )


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: masks.Box(most=0.0), "Box.most: 0.0"),
        (lambda: masks.Box(100, 300), "Box.low, high: 100, 300"),
        (lambda: masks.Brush(strokes=(3, 2)), "Brush.strokes: 3, 2"),
        (lambda: degradations.Inpaint(fill="median"), "Inpaint.fill: 'median'"),
        (lambda: masks.Box(most=0.1)(1, 8, 8, progress(), "mask"), "0.1 of 8x8 pixels"),
    ],
)
def test_bad_masks_are_refused(make, words):
    with pytest.raises(BadInput, match=words):
        make()
