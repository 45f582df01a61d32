"""Augmentations against definitions in numpy on hand-made images."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
import toy

from ganzoo import augment, checkpoint, gan, losses, schedules
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
    weight, images = tf.Variable(0.5), pictures(4)

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


@pytest.mark.slow
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


def only(p=1.0, **strengths):
    """ADA with the named transformations alone."""
    names = [field.name for field in dataclasses.fields(augment.ADA) if field.name != "p"]
    return augment.ADA(p=p, **dict.fromkeys(names, 0.0) | strengths).layer()


def inverses(choice, rows=256, side=48):
    """The affine map of each row, [rows, 2, 3] from the result's coordinates to the image's, read off two ramps."""
    ramp = tf.range(side, dtype=tf.float32) - (side - 1) / 2
    x, y = tf.meshgrid(ramp, ramp)
    shown = choice(tf.tile(tf.stack([x, y], axis=2)[None], [rows, 1, 1, 1]), progress(), "a").numpy()
    middle = side // 2  # half a pixel beside the centre
    here, right, down = shown[:, middle, middle], shown[:, middle, middle + 1], shown[:, middle + 1, middle]
    linear = np.stack([right - here, down - here], axis=2)
    return linear, here - linear @ np.array([0.5, 0.5])


def is_normal(values, deviation):
    assert abs(values.mean()) < 0.25 * deviation
    assert values.std() == pytest.approx(deviation, rel=0.15)


@pytest.mark.parametrize("shape, jit", [((4, 12, 10, 3), True), ((4, 9, 7, 4), False), ((4, 12, 10, 1), False)])
def test_ada_at_0_is_the_identity_bit_for_bit(shape, jit):
    images, choice = pictures(*shape), augment.ADA(p=0.0, cutout=1.0).layer()
    shown = tf.function(lambda: choice(images, progress(), "a"), jit_compile=jit)()
    np.testing.assert_array_equal(shown, images)


def test_flips_and_quarter_turns_are_numpys():
    images, turned, flipped = pictures(64, 6, 6), set(), set()
    turns, flips = (only(**{name: 1.0})(images, progress(), "a") for name in ("rotate90", "flip"))
    for image, turn, flip in zip(images.numpy(), turns, flips, strict=True):
        turned |= {quarters for quarters in range(4) if np.array_equal(np.rot90(image, quarters), turn)}
        flipped |= {way for way in (1, -1) if np.array_equal(image[:, ::way], flip)}
        assert any(np.array_equal(np.rot90(image, quarters), turn) for quarters in range(4))
        assert any(np.array_equal(image[:, ::way], flip) for way in (1, -1))
    assert turned == {0, 1, 2, 3} and flipped == {1, -1}


def test_whole_moves_are_crops_of_the_reflected_image():
    images, found = pictures(256, 16, 9), set()
    for image, shown in zip(images.numpy(), only(integer_translation=1.0)(images, progress(), "a"), strict=True):
        padded = np.pad(image, [(2, 2), (1, 1), (0, 0)], mode="reflect")
        fits = [(d, r) for d in range(5) for r in range(3) if np.array_equal(padded[d : d + 16, r : r + 9], shown)]
        assert len(fits) == 1
        found |= set(fits)
    assert len(found) == 15


def test_scale_is_about_the_centre_by_powers_of_two():
    linear, offset = inverses(only(scale=1.0))
    np.testing.assert_allclose(offset, 0, atol=1e-4)
    np.testing.assert_allclose(linear, linear[:, :1, :1] * np.eye(2), atol=1e-4)
    is_normal(np.log2(linear[:, 0, 0]), 0.2)


def test_anisotropic_scale_keeps_the_area():
    linear, offset = inverses(only(anisotropic_scale=1.0))
    np.testing.assert_allclose(offset, 0, atol=1e-4)
    np.testing.assert_allclose(linear[:, [0, 1], [1, 0]], 0, atol=1e-4)
    np.testing.assert_allclose(linear[:, 0, 0] * linear[:, 1, 1], 1, atol=1e-4)
    is_normal(np.log2(linear[:, 0, 0]), 0.2)


def test_rotations_are_about_the_centre_by_any_angle():
    linear, offset = inverses(only(rotation=1.0))
    np.testing.assert_allclose(offset, 0, atol=1e-4)
    np.testing.assert_allclose(linear @ linear.transpose(0, 2, 1), np.tile(np.eye(2), [256, 1, 1]), atol=1e-4)
    np.testing.assert_allclose(np.linalg.det(linear), 1, atol=1e-4)
    angles = np.sort(np.arctan2(linear[:, 1, 0], linear[:, 0, 0]))
    assert np.abs(angles - np.linspace(-np.pi, np.pi, 256)).max() < 0.6


def test_one_of_two_rotations_happens_with_probability_p():
    linear, _ = inverses(only(p=0.5, rotation=1.0), rows=1024, side=8)
    assert np.mean(np.abs(linear - np.eye(2)).max(axis=(1, 2)) < 1e-6) == pytest.approx(0.5, abs=0.05)


def test_fractional_moves_are_an_eighth_in_deviation():
    linear, offset = inverses(only(fractional_translation=0.5, p=2.0))
    np.testing.assert_allclose(linear, np.tile(np.eye(2), [256, 1, 1]), atol=1e-4)
    # Beyond 23 pixels, 4 deviations, is the reflected ramp.
    is_normal(offset[:, 0], 6.0)
    is_normal(offset[:, 1], 6.0)
    assert abs(np.corrcoef(offset.T)[0, 1]) < 0.2


def test_each_change_of_color_by_its_formula():
    images = pictures(256)
    before = images.numpy()

    def shown(**strengths):
        return only(**strengths)(images, progress(), "a").numpy()

    def gray(pixels):
        return pixels.mean(axis=3, keepdims=True)

    def one_number_each(values):
        """The number that a whole image shares."""
        flat = values.reshape(256, -1)
        np.testing.assert_allclose(flat, np.broadcast_to(flat.mean(axis=1, keepdims=True), flat.shape), atol=2e-3)
        return flat.mean(axis=1)

    is_normal(one_number_each(shown(brightness=1.0) - before), 0.2)
    is_normal(np.log2(one_number_each(shown(contrast=1.0) / before)), 0.5)
    negative = one_number_each((shown(luma_flip=1.0) - before) / gray(before))
    assert set(np.round(negative, 3)) == {0.0, -2.0} and abs(negative.mean() + 1) < 0.2
    saturated = shown(saturation=1.0)
    np.testing.assert_allclose(gray(saturated), gray(before), atol=1e-5)
    chroma = (before - gray(before)).reshape(256, -1)
    factor = np.sum((saturated - gray(saturated)).reshape(256, -1) * chroma, axis=1) / np.sum(chroma**2, axis=1)
    np.testing.assert_allclose((saturated - gray(saturated)).reshape(256, -1), factor[:, None] * chroma, atol=1e-5)
    is_normal(np.log2(factor), 1.0)
    hued = shown(hue=1.0)
    np.testing.assert_allclose(gray(hued), gray(before), atol=1e-5)
    np.testing.assert_allclose(np.sum(hued**2, axis=3), np.sum(before**2, axis=3), atol=1e-5)
    turned = (hued - gray(hued)).reshape(256, -1)
    cosines = np.sum(turned * chroma, axis=1) / np.sum(chroma**2, axis=1)  # one angle for all pixels of an image
    assert cosines.min() < -0.95 and cosines.max() > 0.95 and abs(cosines.mean()) < 0.15


def test_a_grey_image_takes_brightness_contrast_and_the_negative_alone():
    images = pictures(64, channels=1)
    for name in ("hue", "saturation"):
        np.testing.assert_allclose(only(**{name: 1.0})(images, progress(), "a"), images, atol=1e-6)
    negative = only(luma_flip=1.0)(images, progress(), "a").numpy() / images.numpy()
    assert set(np.round(negative, 4).ravel()) == {-1.0, 1.0}
    for name in ("brightness", "contrast"):
        assert (np.abs(only(**{name: 1.0})(images, progress(), "a") - images) > 1e-4).any(axis=(1, 2, 3)).all()


def test_opacity_moves_with_the_image_and_keeps_its_value():
    images = pictures(16, channels=4)
    colors = {"brightness": 1.0, "contrast": 1.0, "luma_flip": 1.0, "hue": 1.0, "saturation": 1.0}
    np.testing.assert_array_equal(only(**colors)(images, progress(), "a")[..., 3], images[..., 3])
    moved = only(flip=1.0)(images, progress(), "a")
    np.testing.assert_array_equal(moved[..., 3:], only(flip=1.0)(images[..., 3:], progress(), "a"))


def test_adas_hole_is_at_most_half_of_each_side():
    images = pictures(256, 8, 8)
    holes = (only(cutout=0.5)(images, progress(), "a").numpy() == 0).all(axis=3)
    sizes = {(hole.any(axis=1).sum(), hole.any(axis=0).sum()) for hole in holes}
    assert max(sizes) == (4, 4) and (0, 0) in sizes
    assert all(hole.sum() == hole.any(axis=1).sum() * hole.any(axis=0).sum() for hole in holes)
    assert np.mean(holes.any(axis=(1, 2))) == pytest.approx(0.5, abs=0.1)


def matrices():
    """A turn of 30 degrees, a stretch, a move by parts of a pixel that leaves the image, and nothing."""
    cosine, sine = np.cos(np.pi / 6), np.sin(np.pi / 6)
    rows = (
        [[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]],
        [[2.2, 0.1, 0], [0, 0.4, 0], [0, 0, 1]],
        [[1, 0, 7.3], [0, 1, -21.75], [0, 0, 1]],
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    )
    return tf.constant(rows, tf.float32)


def test_resampling_is_bilinear_between_the_pixels_of_the_reflected_image():
    images = pictures(4, 7, 6, 2)
    height, width = 7, 6
    result = augment.resampled(images, matrices()).numpy()
    for image, matrix, shown in zip(images.numpy(), matrices().numpy(), result, strict=True):
        padded = np.pad(image, [(60, 60), (60, 60), (0, 0)], mode="reflect")
        for row in range(height):
            for column in range(width):
                x, y, _ = matrix @ [column - (width - 1) / 2, row - (height - 1) / 2, 1]
                x, y = x + (width - 1) / 2 + 60, y + (height - 1) / 2 + 60
                left, top = int(np.floor(x)), int(np.floor(y))
                lower = padded[top + 1, left] + (x - left) * (padded[top + 1, left + 1] - padded[top + 1, left])
                upper = padded[top, left] + (x - left) * (padded[top, left + 1] - padded[top, left])
                np.testing.assert_allclose(shown[row, column], upper + (y - top) * (lower - upper), atol=1e-5)


def test_the_gradient_of_resampling_is_the_adjoint():
    inverse = tf.repeat(matrices(), 4, axis=0)
    assert adjoint_error(lambda images: augment.resampled(images, inverse), pictures(16)) < 1e-6
    for matrix in inverse[::4]:  # a reflected move cannot make up for a wrong scale
        assert adjoint_error(lambda images, one=matrix[None]: augment.resampled(images, one), pictures(1)) < 1e-6


def test_ada_is_the_same_under_xla_with_a_second_gradient():
    choice = augment.ADA(p=0.8, cutout=1.0).layer()
    plain = tf.function(second_derivative(choice))()
    compiled = tf.function(second_derivative(choice), jit_compile=True)()
    assert not np.allclose(plain[0], pictures(4), atol=0.1)
    for left, right in zip(plain, compiled, strict=True):
        assert np.isfinite(left).all()
        np.testing.assert_allclose(left, right, rtol=1e-3, atol=1e-4)


def test_ada_of_one_stream_is_equal_and_of_two_is_not():
    images, choice = pictures(), augment.ADA(p=1.0).layer()
    first, again, other = (choice(images, progress(), stream).numpy() for stream in ("a", "a", "b"))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any(axis=(1, 2, 3)).all()


def test_p_follows_a_schedule_of_images_seen():
    choice = augment.ADA(p=schedules.Cosine(0.0, 0.55, finish=100), hue=0.5).layer()
    for images, p in ((0, 0.0), (50, 0.275), (100, 0.55), (1000, 0.55)):
        stats = choice.adapt(tf.constant([1.0, -1.0, -1.0, -1.0]), progress(images))
        assert float(stats["augment_p"]) == pytest.approx(p) and float(stats["augment_sign"]) == -0.5
    assert not choice.weights


def test_p_moves_by_the_share_of_images_towards_the_target():
    strength = augment.Strength(augment.Adaptive(target=0.6, images=80, interval=4), name="p")
    sure, torn = tf.constant([3.0, 0.1]), tf.constant([3.0, -0.1])
    seen = []
    for logits in [sure] * 8 + [torn, sure, sure, sure] + [torn] * 12:
        sign = strength.adapt(logits)
        assert float(sign) == (1.0 if logits is sure else 0.0)
        seen.append(round(float(strength(progress())), 6))
    # 4 updates of 2 images are a tenth of 80; a mean of signs of 0.75 is above the target, 0 below; never under 0.
    assert seen == [0.0] * 3 + [0.1] * 4 + [0.2] * 4 + [0.3] * 4 + [0.2] * 4 + [0.1] * 4 + [0.0]
    for _ in range(4):
        strength.adapt(torn)
    assert float(strength(progress())) == 0.0


def test_replicas_move_p_by_the_mean_of_all_signs(two_cpus):
    with two_cpus.scope():
        strength = augment.Strength(augment.Adaptive(target=0.1, images=40, interval=1), name="p")

    @tf.function
    def adapt(first, second):
        def replica():
            index = tf.distribute.get_replica_context().replica_id_in_sync_group
            return strength.adapt(tf.where(index == 0, first, second))

        return two_cpus.experimental_local_results(two_cpus.run(replica))

    assert [float(sign) for sign in adapt(tf.ones([2]), tf.constant([1.0, -1.0]))] == [0.5, 0.5]
    assert float(np.asarray(strength.p)) == pytest.approx(0.1)  # 4 of 40 images
    adapt(tf.ones([2]), -tf.ones([2]))
    assert float(np.asarray(strength.p)) == 0.0


def test_p_and_what_it_has_seen_survive_a_checkpoint(tmp_path):
    choice = augment.ADA(p=augment.Adaptive(target=-1.5, images=100, interval=3))
    whole, half, resumed = (toy.model(augment=choice, seed=seed, regularizers=()) for seed in (0, 0, 5))
    logs = toy.fit(whole, 8, 0, 8)
    assert logs["augment_p"] > 0 and -1 <= logs["augment_sign"] <= 1
    assert float(whole.augment.strength.p.value) == pytest.approx(2 * 3 * 8 / 100)
    toy.fit(half, 8, 0, 4)
    checkpoint.write(tmp_path / "half.npz", half, {})
    checkpoint.restore(tmp_path / "half.npz", resumed)
    assert float(resumed.augment.strength.count.value) == 1.0
    toy.fit(resumed, 8, 32, 4)
    for left, right in zip(toy.weights(whole), toy.weights(resumed), strict=True):
        np.testing.assert_array_equal(left, right)


def test_p_follows_what_d_calls_real_by_its_own_boundary():
    model = toy.model(augment=augment.ADA(), run_eagerly=True)
    model.adversarial = losses.least_squares()  # reals are above 0.5
    model.observe_accuracy(tf.constant([0.4, 0.6, 0.7, 0.1]), tf.zeros([4]))
    assert float(model.trackers["augment_sign"].result()) == 0.0


def test_impossible_strengths_are_refused():
    with pytest.raises(BadInput, match=r"game\.augment\.hue: -1 is not at least 0"):
        augment.ADA(hue=-1)
    with pytest.raises(BadInput, match="must be at least 1"):
        augment.Adaptive(images=0)


@pytest.mark.parametrize("choice", [ALL, augment.ADA(p=1.0)])
def test_all_frames_of_a_clip_are_augmented_alike(choice):
    still = tf.repeat(pictures(rows=3)[:, None], 4, axis=1)
    layer = choice.layer() if hasattr(choice, "layer") else choice
    seen = augment.alike(layer, still, progress(), "t").numpy()
    assert seen.shape == still.shape
    np.testing.assert_array_equal(seen, np.repeat(seen[:, :1], 4, axis=1))
    assert not np.allclose(seen, still)
    # A clip of one frame is an image.
    np.testing.assert_array_equal(
        augment.alike(layer, still[:, :1], progress(), "t")[:, 0], layer(still[:, 0], progress(), "t")
    )
