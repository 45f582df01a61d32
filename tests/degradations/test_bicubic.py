"""MATLAB's imresize against its definition, written out pixel by pixel, and against closed forms."""

import math

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import degradations, gan
from ganzoo.degradations import bicubic
from ganzoo.errors import BadInput


def progress(images=0, seed=1):
    return gan.Progress(0, images, seed)


def pictures(rows=2, height=16, width=24, channels=3):
    draw = np.random.default_rng(0)
    return draw.integers(0, 256, [rows, height, width, channels]) / 127.5 - 1


def along(line, after):
    """imresize of one line of numbers, with MATLAB's indices from 1."""
    before, out = len(line), []
    scale = after / before
    shrink = min(scale, 1)
    for x in range(1, after + 1):
        centre = x / scale + 0.5 * (1 - 1 / scale)
        total = value = 0.0
        for place in range(math.floor(centre - 2 / shrink), math.ceil(centre + 2 / shrink) + 1):
            t = abs(shrink * (centre - place))
            if t <= 1:
                weight = 1.5 * t**3 - 2.5 * t**2 + 1
            elif t <= 2:
                weight = -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2
            else:
                weight = 0
            while not 1 <= place <= before:
                place = 1 - place if place < 1 else 2 * before + 1 - place
            value += weight * line[place - 1]
            total += weight
        out.append(value / total)
    return np.array(out)


def imresize(image, height, width):
    """image: [H, W, C]."""
    return np.apply_along_axis(along, 1, np.apply_along_axis(along, 0, image, height), width)


@pytest.mark.parametrize("size", [(8, 12), (4, 6), (5, 9), (32, 48), (3, 40)])
def test_resize_is_matlabs(size):
    images = pictures()
    expected = np.stack([imresize(image, *size) for image in images])
    np.testing.assert_allclose(bicubic.resize(tf.constant(images, tf.float32), *size), expected, atol=3e-6)


def test_weights_by_hand():
    # Halving puts outputs midway between pixels: the kernel at 1/4, 3/4, 5/4 and 7/4, halved.
    row = bicubic.matrix(16, 8)[3]
    near = np.array([111 / 128, 29 / 128, -9 / 128, -3 / 128]) / 2
    np.testing.assert_allclose(row[3:11], [*near[::-1], *near], atol=1e-15)
    assert not row[:3].any() and not row[11:].any()
    np.testing.assert_allclose(bicubic.matrix(16, 8).sum(axis=1), 1)


def test_interior_is_tensorflows_antialiased_bicubic():
    images = tf.constant(pictures(1, 64, 64), tf.float32)
    theirs = tf.image.resize(images, [16, 16], method="bicubic", antialias=True)
    ours = bicubic.resize(images, 16, 16)
    np.testing.assert_allclose(ours[:, 2:-2, 2:-2], theirs[:, 2:-2, 2:-2], atol=1e-2)
    assert np.abs(ours - theirs)[:, 0].max() > 1e-3  # borders are where the two differ


def test_degradation_rounds_to_levels():
    image = tf.constant(pictures(), tf.float32)
    value = degradations.Bicubic(4)
    found = value(image, progress(), "lr")["input"]
    expected = np.stack([imresize(each, 4, 6) for each in pictures()])
    expected = np.floor(np.clip(expected * 127.5 + 127.5, 0, 255) + 0.5)
    np.testing.assert_allclose(found * 127.5 + 127.5, expected, atol=1e-4)
    exact = degradations.Bicubic(4, rounded=False)(image, progress(), "lr")["input"]
    np.testing.assert_allclose(exact, bicubic.resize(image, 4, 6))
    assert (value.scale, value.channels(3)) == (4, 3)


def test_upsample_keeps_a_constant_and_its_gradient_is_the_adjoint():
    image = tf.constant(pictures(1, 6, 7), tf.float32)
    np.testing.assert_allclose(degradations.upsample(tf.ones_like(image), 3), np.ones([1, 18, 21, 3]), atol=1e-6)
    other = tf.random.stateless_normal([1, 18, 21, 3], [1, 2])
    with tf.GradientTape() as tape:
        tape.watch(image)
        product = tf.reduce_sum(degradations.upsample(image, 3) * other)
    back = tf.reduce_sum(image * tape.gradient(product, image))
    assert float(product) == pytest.approx(float(back), rel=1e-5)


def test_compiles_under_xla():
    image = tf.constant(pictures(), tf.float32)
    value = degradations.Bicubic(2)
    run = tf.function(lambda image: value(image, progress(), "lr")["input"], jit_compile=True)
    np.testing.assert_allclose(run(image), value(image, progress(), "lr")["input"], atol=1.01 / 127.5)


@pytest.mark.parametrize("scale, words", [(5, "16x24; allowed: sides that are multiples of 5"), (0, "scale: 0")])
def test_bad_sizes_are_refused(scale, words):
    with pytest.raises(BadInput, match=words):
        degradations.Bicubic(scale)(tf.constant(pictures(), tf.float32), progress(), "lr")
