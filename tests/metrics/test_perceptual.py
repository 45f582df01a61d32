"""Perceptual distance against loops in NumPy, and of the shipped network's maps."""

import numpy as np
import pytest
import scipy.ndimage
import tensorflow as tf

import ganzoo.data
from ganzoo.metrics import lenet, lite0, path_length, perceptual
from ganzoo.recipe import Data


@pytest.fixture(scope="module")
def pictures():
    """float32 [16, 28, 28, 1] in -1..1."""
    images = ganzoo.data.open(Data(source="bundled", name="fashion_mnist")).read(np.arange(16))
    return images.astype(np.float32) / 127.5 - 1


@pytest.fixture(scope="module")
def maps():
    return lenet.maps()


def unit(vector):
    return vector / np.sqrt(np.sum(vector**2) + 0.01)


def test_distance_is_the_mean_of_squared_differences_of_unit_vectors():
    draw = np.random.default_rng(0)
    a = [draw.normal(size=(3, 5, 4, 7)), draw.normal(size=(3, 2, 2, 11))]
    b = [draw.normal(size=x.shape) for x in a]
    expected = np.zeros(3)
    for x, y in zip(a, b, strict=True):
        for image in range(3):
            places = [
                np.sum((unit(u) - unit(v)) ** 2)
                for u, v in zip(x[image].reshape(-1, x.shape[-1]), y[image].reshape(-1, x.shape[-1]), strict=True)
            ]
            expected[image] += np.mean(places)
    found = perceptual.distance([tf.constant(x) for x in a], [tf.constant(y) for y in b])
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_scale_of_a_large_map_does_not_count_and_opposites_are_at_four():
    x = 1000 * tf.random.stateless_normal([2, 3, 3, 5], seed=[0, 0])
    np.testing.assert_allclose(perceptual.distance([x], [7 * x]), 0, atol=1e-6)
    np.testing.assert_allclose(perceptual.distance([x], [-x]), 4, rtol=1e-6)


def test_a_place_without_activation_is_zero_and_has_a_finite_gradient():
    x = tf.zeros([1, 2, 2, 3])
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = perceptual.distance([x], [tf.ones([1, 2, 2, 3])])
    assert value.numpy() == pytest.approx(3 / 3.01, rel=1e-6)
    assert np.isfinite(tape.gradient(value, x)).all()


def test_lenets_maps_are_those_of_its_own_pass(pictures, maps):
    found = maps(tf.constant(pictures))
    assert [layer.shape for layer in found] == [(16, 28, 28, 32), (16, 14, 14, 64)]
    assert all(layer.numpy().min() == 0 for layer in found)
    pooled = tf.reshape(tf.nn.max_pool2d(found[1], 2, 2, "VALID"), [16, -1])
    with np.load(lenet.WEIGHTS) as stored:
        dense, bias = stored["w4"].astype(np.float32), stored["w5"].astype(np.float32)
    images = np.round((pictures + 1) * 127.5).astype(np.uint8)
    np.testing.assert_allclose(tf.nn.elu(pooled @ dense + bias), lenet.extractor()(images)[0], rtol=1e-3, atol=1e-4)


def test_images_are_not_rounded(pictures, maps):
    # A tenth of a grey level: an input of uint8 would see no difference.
    moved = pictures + np.float32(0.1 / 127.5) * np.sign(np.random.default_rng(0).normal(size=pictures.shape))
    compare = perceptual.between(maps)
    assert compare(pictures, pictures).numpy().max() == 0
    assert compare(pictures, moved.astype(np.float32)).numpy().min() > 0


def test_noise_and_blur_raise_the_distance(pictures, maps):
    compare = perceptual.between(maps)
    noise = np.random.default_rng(1).normal(size=pictures.shape).astype(np.float32)
    noisy = [compare(pictures, pictures + s * noise).numpy().mean() for s in (0.0, 0.1, 0.3)]
    blurred = [
        compare(pictures, scipy.ndimage.gaussian_filter(pictures, (0, s, s, 0))).numpy().mean() for s in (0.5, 1, 3)
    ]
    assert noisy[0] == 0 and noisy == sorted(noisy) and 0 < blurred[0] < blurred[1] < blurred[2]


def test_a_path_has_one_length_whatever_the_step(maps):
    matrix = np.random.default_rng(2).normal(size=(32, 784)).astype(np.float32) / 6
    compare = perceptual.between(maps)
    values = [
        path_length.path_length(
            lambda z: np.tanh(z @ matrix).reshape(-1, 28, 28, 1), compare, 32, pairs=100, epsilon=step
        )["value"]
        for step in (1e-3, 1e-4, 1e-5)
    ]
    assert values[1] == pytest.approx(values[2], rel=0.01) and values[0] == pytest.approx(values[2], rel=0.05)


@pytest.mark.slow
def test_lite0s_maps_have_five_resolutions(pictures):
    maps = lite0.maps()
    found = maps(tf.constant(pictures[:2]))
    assert [layer.shape[1] for layer in found] == [112, 56, 28, 14, 7]
    colour = maps(tf.constant(np.repeat(pictures[:2], 3, axis=-1)))
    for grey, other in zip(found, colour, strict=True):
        np.testing.assert_array_equal(grey, other)
    assert all(layer.numpy().min() >= 0 and layer.numpy().max() <= 6 for layer in found)
    clear = np.concatenate([np.repeat(pictures[:2], 3, axis=-1), np.full([2, 28, 28, 1], -1, np.float32)], axis=-1)
    for see_through, white in zip(maps(tf.constant(clear)), maps(tf.ones([2, 28, 28, 3])), strict=True):
        np.testing.assert_array_equal(see_through, white)
