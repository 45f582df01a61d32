"""Blur kernels, random resizing and Real-ESRGAN's chain of them, against SciPy, Pillow's numbers and closed forms."""

import dataclasses
import math

import numpy as np
import pytest
import scipy.ndimage
import scipy.special
import tensorflow as tf

from ganzoo import degradations, gan
from ganzoo.degradations import blur, resize
from ganzoo.errors import BadInput


def progress(images=0, seed=1):
    return gan.Progress(0, images, seed)


def pictures(rows=4, height=24, width=32, channels=3):
    draw = np.random.default_rng(0)
    smooth = scipy.ndimage.gaussian_filter(draw.uniform(-4, 4, [rows, height, width, channels]), (0, 1.5, 1.5, 0))
    return tf.constant(np.clip(smooth, -1, 1), tf.float32)


def only(index):
    return tuple(float(place == index) for place in range(6))


def test_bessel_is_scipys():
    x = np.linspace(0, 50, 301, dtype=np.float32)
    np.testing.assert_allclose(blur.bessel(tf.constant(x)), scipy.special.j1(x), atol=2e-6)


def test_isotropic_kernels_are_gaussians():
    value = degradations.Blur(1.0, 1.0, only(0), sinc=0.0)
    for kernel in value.kernels(8, progress(), "k").numpy():
        reach = int((kernel[10] > 0).sum()) // 2
        y, x = np.mgrid[-10:11, -10:11]
        bell = np.exp(-(x**2 + y**2) / 2) * (np.maximum(abs(x), abs(y)) <= reach)
        np.testing.assert_allclose(kernel, bell / bell.sum(), atol=1e-6)
        assert 3 <= reach <= 10


def moments(kernel):
    """The eigenvalues of its covariance, smaller first."""
    y, x = np.mgrid[-10:11, -10:11]
    xx, yy, xy = ((kernel * product).sum() for product in (x * x, y * y, x * y))
    return np.linalg.eigvalsh([[xx, xy], [xy, yy]])


def test_anisotropic_kernels_have_two_deviations_and_turn():
    kernels = degradations.Blur(0.8, 2.0, only(1), sinc=0.0).kernels(32, progress(), "k").numpy()
    small, large = np.array([moments(kernel) for kernel in kernels]).T
    assert (small > 0.4).all() and (large < 4.2).all() and (large / small).max() > 2
    assert np.mean(np.abs(kernels[:, 12, 12] - kernels[:, 12, 8]) > 1e-4) > 0.8  # neither axis is favoured


@pytest.mark.parametrize("index, law", [(2, lambda q: np.exp(-(q**2) / 2)), (4, lambda q: 1 / (1 + q**2))])
def test_generalised_and_plateau_kernels(index, law):
    value = degradations.Blur(2.0, 2.0, only(index), (2.0, 2.0), (2.0, 2.0), sinc=0.0)
    y, x = np.mgrid[-10:11, -10:11]
    for kernel in value.kernels(4, progress(), "k").numpy():
        bell = law((x**2 + y**2) / 4) * (kernel > 0)
        np.testing.assert_allclose(kernel, bell / bell.sum(), atol=1e-6)


def test_sinc_kernels_pass_low_and_stop_high_frequencies():
    kernel = blur.sinc(tf.fill([1, 1, 1], math.pi / 2))[0].numpy()
    y, x = np.mgrid[-10:11, -10:11]
    r = np.maximum(np.hypot(x, y), 1e-9)
    expected = math.pi / 2 * scipy.special.j1(math.pi / 2 * r) / (2 * math.pi * r)
    np.testing.assert_allclose(kernel, expected, atol=1e-6)
    gain = [abs((kernel * np.cos(frequency * x)).sum()) for frequency in (0.5, 2.8)]
    assert gain[0] > 0.9 and gain[1] < 0.1
    kernels = blur.sinc_kernels(64, 0.5, progress(), "k").numpy()
    np.testing.assert_allclose(kernels.sum(axis=(1, 2)), 1, atol=1e-5)
    assert 20 < (kernels.max(axis=(1, 2)) == 1).sum() < 44


def test_every_image_is_blurred_by_its_own_kernel():
    image = pictures(3)
    kernels = degradations.Blur(0.5, 3.0).kernels(3, progress(), "k")
    found = blur.blurred(image, kernels)
    for each, kernel, result in zip(image.numpy(), kernels.numpy(), found.numpy(), strict=True):
        for channel in range(3):
            expected = scipy.ndimage.correlate(each[..., channel], kernel, mode="mirror")
            np.testing.assert_allclose(result[..., channel], expected, atol=1e-5)


def test_blur_keeps_some_images_as_they_are():
    image = pictures(24, 12, 12)
    found = degradations.Blur(1.0, 3.0, probability=0.5)(image, progress(), "blur")["input"]
    same = np.abs(found - image).max(axis=(1, 2, 3)) < 1e-5
    assert 5 < same.sum() < 19


def weights(before, after, way):
    found = resize.weights(tf.constant([float(before)]), tf.constant([float(after)]), before, after, tf.constant([way]))
    return found[0].numpy()


def test_area_is_the_mean_of_what_it_covers():
    expected = np.kron(np.eye(4), np.full([1, 3], 1 / 3))
    np.testing.assert_allclose(weights(12, 4, 0), expected, atol=1e-6)
    np.testing.assert_allclose(weights(3, 2, 0), [[2 / 3, 1 / 3, 0], [0, 1 / 3, 2 / 3]], atol=1e-6)


@pytest.mark.parametrize("after", [5, 12, 17])
def test_bilinear_is_tensorflows(after):
    image = pictures(1, 12, 12)
    matrix = tf.constant(weights(12, after, 1))
    found = tf.einsum("ph,bhwc,qw->bpqc", matrix, image, matrix)
    np.testing.assert_allclose(found, tf.image.resize(image, [after, after]), atol=1e-5)


def test_bicubic_by_hand():
    # Doubling: a quarter of a pixel off, so the kernel of a = -0.75 at 1.25, 0.25, 0.75 and 1.75.
    def kernel(x):
        return 1.25 * x**3 - 2.25 * x**2 + 1 if x <= 1 else -0.75 * x**3 + 3.75 * x**2 - 6 * x + 3

    np.testing.assert_allclose(weights(8, 16, 2)[7, 2:6], [kernel(x) for x in (1.25, 0.25, 0.75, 1.75)], atol=1e-6)
    np.testing.assert_allclose(weights(8, 8, 2), np.eye(8), atol=1e-6)


def test_a_canvas_goes_on_as_the_reflection_of_its_image():
    found = resize.weights(tf.constant([4.0]), tf.constant([4.0]), 6, 9, tf.constant([1]))[0].numpy()
    np.testing.assert_allclose(found, np.eye(6)[[0, 1, 2, 3, 2, 1, 0, 1, 2]], atol=1e-6)


def test_images_get_sizes_of_their_own_and_come_back():
    image = pictures(64, 20, 30)
    value = degradations.Resize(0.3, 1.5, (0.25, 0.5, 0.25))
    canvas = value.resized(resize.whole(image), (20, 30), progress(), "r")
    assert canvas.pixels.shape == (64, 30, 45, 3)
    factors = canvas.height.numpy() / 20
    assert factors.min() >= 0.3 and factors.max() <= 1.5
    np.testing.assert_allclose(canvas.width.numpy() / 30, factors, atol=0.05)
    for law, share in ((factors > 1, 0.25), (factors < 1, 0.5), (factors == 1, 0.25)):
        assert abs(law.mean() - share) < 0.2
    back = resize.fitted(canvas, (20, 30), progress(), "b").pixels.numpy()
    kept = factors == 1
    np.testing.assert_allclose(back[kept], image.numpy()[kept], atol=1e-5)
    assert np.abs(back - image.numpy())[~kept].mean() < 0.1


@pytest.mark.parametrize("channels", [1, 3])
def test_second_order_gives_small_images_of_whole_levels(channels):
    value = degradations.SecondOrder(2)
    image = pictures(4, 32, 48, channels)
    found = value(image, progress(), "lr")["input"].numpy()
    assert found.shape == (4, 16, 24, channels) and value.channels(channels) == channels and value.scale == 2
    levels = found * 127.5 + 127.5
    np.testing.assert_allclose(levels, np.round(levels), atol=1e-4)
    assert levels.min() >= 0 and levels.max() <= 255
    clean = degradations.Bicubic(2)(image, progress(), "lr")["input"].numpy()
    errors = np.abs(found - clean).mean(axis=(1, 2, 3))
    assert errors.min() > 0.01 and errors.max() < 0.5
    assert (found != value(image, progress(images=8), "lr")["input"].numpy()).any()


def test_second_order_without_strength_is_a_resize():
    weak = {"gaussian": (0.0, 0.0), "gaussian_share": 1.0, "jpeg": (100, 100)}
    still = degradations.Resize(1.0, 1.0, (0.0, 0.0, 1.0))
    first, second = degradations.SecondOrder().first, degradations.SecondOrder().second
    none = degradations.Blur(probability=0.0)
    value = degradations.SecondOrder(
        2,
        dataclasses.replace(first, blur=none, resize=still, **weak),
        dataclasses.replace(second, blur=none, resize=still, **weak),
        sinc=0.0,
    )
    image = pictures(4, 32, 32, 1)
    found = value(image, progress(), "lr")["input"].numpy()
    area = image.numpy().reshape(4, 16, 2, 16, 2, 1).mean(axis=(2, 4))
    # The way is drawn: area and bilinear are means of four at a half, bicubic is a little sharper.
    assert np.abs(found - area).mean() < 0.05


@pytest.mark.slow
def test_second_order_compiles_under_xla():
    value, image = degradations.SecondOrder(2), pictures(2, 16, 16)
    run = tf.function(lambda image: value(image, progress(), "lr")["input"], jit_compile=True)
    # A level that rounds the other way may turn a coefficient of the compression.
    difference = np.abs(run(image) - value(image, progress(), "lr")["input"]) * 127.5
    assert difference.mean() < 1


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: degradations.Blur(0.0, 1.0), "Blur: from 0.0 to 1.0"),
        (lambda: degradations.Resize(1.2, 1.5), "Resize: from 1.2 to 1"),
        (lambda: degradations.SecondOrder(0), "SecondOrder.scale: 0"),
        (lambda: degradations.SecondOrder(4)(tf.zeros([1, 18, 16, 3]), progress(), "lr"), "18x16; allowed"),
        (lambda: degradations.SecondOrder(4)(tf.zeros([1, 16, 16, 4]), progress(), "lr"), "4 channels"),
    ],
)
def test_bad_input_is_refused(make, words):
    with pytest.raises(BadInput, match=words):
        make()
