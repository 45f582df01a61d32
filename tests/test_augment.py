"""Augmentations against definitions in numpy on hand-made images."""

import numpy as np
import pytest
import tensorflow as tf
import toy

from ganzoo import augment, gan
from ganzoo.errors import BadInput

ALL = augment.DiffAugment()


def progress(images=0, seed=1):
    return gan.Progress(0, images, seed)


def pictures(rows=16, height=12, width=10, channels=3):
    """No two values of an image are equal, none is 0."""
    rng = np.random.default_rng(3)
    return tf.constant(rng.uniform(0.1, 0.9, [rows, height, width, channels]), tf.float32)


def adjoint_error(operate, images):
    """|<A x, y> - <x, A' y>| over their size, where A' is the gradient."""
    other = tf.random.stateless_normal(operate(images).shape, [1, 2])
    with tf.GradientTape() as tape:
        tape.watch(images)
        product = tf.reduce_sum(operate(images) * other)
    backwards = tape.gradient(product, images)
    there = tf.reduce_sum(tf.cast(operate(images), tf.float64) * tf.cast(other, tf.float64))
    back = tf.reduce_sum(tf.cast(images, tf.float64) * tf.cast(backwards, tf.float64))
    return abs(float(there - back)) / abs(float(there))


def shifted(image, down, right):
    """numpy's definition of a translation into zeros."""
    moved, (height, width, _) = np.zeros_like(image), image.shape
    for row in range(height):
        for column in range(width):
            if 0 <= row - down < height and 0 <= column - right < width:
                moved[row, column] = image[row - down, column - right]
    return moved


def test_translation_moves_each_image_by_up_to_an_eighth_into_zeros():
    images = pictures(rows=256, height=17)  # an eighth of 17 is 2, of 10 is 1
    moved = augment.translation(images, progress(), "t").numpy()
    found = set()
    for image, result in zip(images.numpy(), moved, strict=True):
        steps = [(d, r) for d in range(-3, 4) for r in range(-2, 3) if np.array_equal(shifted(image, d, r), result)]
        assert len(steps) == 1
        found.add(steps[0])
    assert found == {(down, right) for down in range(-2, 3) for right in range(-1, 2)}


def test_cutout_empties_a_box_of_half_the_side():
    images = pictures(rows=128, height=8, width=6)
    holes = (augment.cutout(images, progress(), "c").numpy() == 0).all(axis=3)
    kept = ~holes[..., None]
    np.testing.assert_array_equal(augment.cutout(images, progress(), "c"), images * tf.cast(kept, tf.float32))
    sizes = set()
    for hole in holes:
        rows, columns = np.flatnonzero(hole.any(axis=1)), np.flatnonzero(hole.any(axis=0))
        assert hole.sum() == len(rows) * len(columns)  # one box
        assert len(rows) == rows[-1] - rows[0] + 1 and len(columns) == columns[-1] - columns[0] + 1
        sizes.add((len(rows), len(columns)))
    # Half of 8 is 4, half of 6 is 3; a centre on the border leaves half of it outside.
    assert max(sizes) == (4, 3) and min(row for row, _ in sizes) == 2 and min(column for _, column in sizes) == 2


def test_color_changes_brightness_saturation_and_contrast():
    images = pictures(rows=256)
    result = augment.color(images, progress(), "c").numpy()
    before = images.numpy()
    brightness = result.mean(axis=(1, 2, 3)) - before.mean(axis=(1, 2, 3))  # the others leave the mean
    assert brightness.min() == pytest.approx(-0.5, abs=0.02) and brightness.max() == pytest.approx(0.5, abs=0.02)
    grey, old = result.mean(axis=3), before.mean(axis=3)  # saturation leaves the mean of a pixel
    contrast = grey.std(axis=(1, 2)) / old.std(axis=(1, 2))
    assert contrast.min() == pytest.approx(0.5, abs=0.02) and contrast.max() == pytest.approx(1.5, abs=0.02)
    chroma = (result - result.mean(axis=3, keepdims=True)).std(axis=(1, 2, 3))
    chroma /= contrast * (before - before.mean(axis=3, keepdims=True)).std(axis=(1, 2, 3))
    assert chroma.min() == pytest.approx(0.0, abs=0.02) and chroma.max() == pytest.approx(2.0, abs=0.02)
    center = old.mean(axis=(1, 2))
    for index in range(4):
        image = before[index] + brightness[index]
        image = image.mean(axis=2, keepdims=True) + chroma[index] * (image - image.mean(axis=2, keepdims=True))
        wanted = center[index] + brightness[index]
        wanted += contrast[index] * (image - wanted)
        np.testing.assert_allclose(result[index], wanted, atol=1e-5)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_any_number_of_channels(channels):
    images = pictures(channels=channels)
    assert ALL(images, progress(), "a").shape == images.shape
    colored = augment.color(images, progress(), "a")
    opaque = {2: 1, 4: 3}.get(channels)
    if opaque:
        np.testing.assert_array_equal(colored[..., opaque:], images[..., opaque:])
    if channels < 3:  # brightness and contrast, no saturation: an affine function of the grey
        one, other = images.numpy()[0, ..., 0].ravel(), colored.numpy()[0, ..., 0].ravel()
        slope, offset = np.polyfit(one, other, 1)
        np.testing.assert_allclose(other, slope * one + offset, atol=1e-5)
        assert abs(slope - 1) > 0.01


@pytest.mark.parametrize("part", ["translation", "cutout"])
def test_the_gradient_of_diffaugment_is_the_adjoint(part):
    operate = augment.DiffAugment((part,))
    assert adjoint_error(lambda images: operate(images, progress(), "a"), pictures()) < 1e-6


def test_diffaugment_of_one_stream_is_equal_and_of_two_is_not():
    images = pictures()
    first, again, other, later = (
        ALL(images, progress(seen), stream).numpy() for seen, stream in ((0, "a"), (0, "a"), (0, "b"), (16, "a"))
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any(axis=(1, 2, 3)).all() and (first != later).any(axis=(1, 2, 3)).all()


def second_derivative(choice):
    """Of a penalty on the gradient through the augmentation, with respect to D's weight; and the augmented images."""
    weight, images = tf.Variable(0.5), pictures()

    def call():
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(images)
                shown = choice(images, progress(), "a")
                logits = tf.reduce_sum(tf.tanh(weight * shown))
            penalty = tf.reduce_sum(tf.square(inner.gradient(logits, images)))
        return shown, penalty, outer.gradient(penalty, weight)

    return call


def test_diffaugment_is_the_same_under_xla_with_a_second_gradient():
    plain = tf.function(second_derivative(ALL))()
    compiled = tf.function(second_derivative(ALL), jit_compile=True)()
    for left, right in zip(plain, compiled, strict=True):
        assert np.isfinite(left).all()
        np.testing.assert_allclose(left, right, rtol=1e-4, atol=1e-5)


def test_what_is_no_augmentation_or_no_image_is_refused():
    with pytest.raises(BadInput, match=r"game\.augment\.policy: 'colour' is not one of color, translation, cutout"):
        augment.DiffAugment(("colour",))
    with pytest.raises(ValueError, match=r"was given samples of shape \(2,\)"):
        ALL(tf.zeros([4, 2]), progress(), "a")


def test_a_game_with_diffaugment_and_r1_compiles_under_xla():
    plain = toy.fit(toy.model(augment=ALL), 8, 0, 3)
    compiled = toy.fit(toy.model(augment=ALL, jit_compile=True), 8, 0, 3)
    for name, value in plain.items():
        assert compiled[name] == pytest.approx(value, rel=1e-3, abs=1e-4), name


def test_flip_and_shift_shows_the_image_or_its_mirror_moved_within_its_own_reflection():
    images = pictures(rows=256, height=6, width=5)
    results, found = augment.flip_and_shift(images, progress(), "f", pixels=1).numpy(), set()
    for image, result in zip(images.numpy(), results, strict=True):
        for flip in (False, True):
            padded = np.pad(image[:, ::-1] if flip else image, [(1, 1), (1, 1), (0, 0)], mode="reflect")
            for down in range(3):
                for right in range(3):
                    if np.array_equal(padded[down : down + 6, right : right + 5], result):
                        found.add((flip, down, right))
    assert len(found) == 18


def test_mirrored_repeats_the_reflection_without_end():
    wanted = np.pad(np.arange(4), 9, mode="reflect")
    np.testing.assert_array_equal(augment.mirrored(tf.range(-9, 13), 4), wanted)
    assert np.all(augment.mirrored(tf.range(-3, 3), 1) == 0)
