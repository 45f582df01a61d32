"""Noise against the moments and quantiles of its law."""

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from ganzoo import degradations, gan
from ganzoo.degradations import noise
from ganzoo.errors import BadInput


def progress(images=0, seed=1):
    return gan.Progress(0, images, seed)


def flat(*values, side=64, channels=3):
    """One image of each grey level."""
    return tf.constant(np.stack([np.full([side, side, channels], value / 127.5 - 1, np.float32) for value in values]))


def spoiled(value, image, **kwargs):
    return value(image, progress(**kwargs), "noise")["input"].numpy() * 127.5 + 127.5


def test_counts_are_poissons_quantiles():
    draws = np.concatenate([(np.arange(200) + 0.5) / 200, [0, 2.0**-24, 0.9999, 1 - 2.0**-24]]).astype(np.float32)
    levels = np.array([0, 1, 2, 17, 128, 255])
    found = noise.counts(
        tf.constant(np.tile(draws, (6, 1))), tf.constant(np.repeat(levels[:, None], len(draws), 1), tf.int32)
    )
    # The least k with P(X <= k) > u, which is SciPy's quantile wherever u is no value of the distribution function.
    expected = scipy.stats.poisson.ppf(draws.astype(np.float64), (levels * 256 / 255)[:, None])
    np.testing.assert_array_equal(found[:, 1:200], expected[:, 1:200])
    assert not found[0].numpy().any()
    # The table is float32 and so ends where probabilities come in steps of 2^-24.
    assert np.all(np.abs(found[:, 201:] - expected[:, 201:]) <= [0, 0, 2])
    assert found.numpy().max() < 360 and np.all(np.diff(found[:, :200]) >= 0)


def test_poisson_noise_has_the_moments_of_its_rate():
    image, strength = flat(10, 128, 250, side=64), 0.7
    found = spoiled(noise.PoissonNoise(strength, strength, rounded=False), image) - (image.numpy() * 127.5 + 127.5)
    # counts of mean and variance 256 v / 255, each photon 255 / 256 of a level.
    for level, values in zip((10, 128, 250), found, strict=True):
        deviation = strength * np.sqrt(level * 255 / 256)
        assert abs(values.mean()) < 4 * deviation / np.sqrt(values.size)
        assert values.std() == pytest.approx(deviation, rel=0.03)


def test_gaussian_noise_has_the_deviation_asked_for():
    found = spoiled(noise.GaussianNoise(25, 25, rounded=False), flat(0, 100, 255)) - [[[[0]]], [[[100]]], [[[255]]]]
    assert abs(found.mean()) < 0.5 and found.std() == pytest.approx(25, rel=0.02)
    assert abs(np.corrcoef(found[..., 0].ravel(), found[..., 1].ravel())[0, 1]) < 0.03


def test_every_image_has_a_deviation_of_its_own():
    image = flat(*[128] * 32, side=32)
    deviations = spoiled(noise.GaussianNoise(10, 30, rounded=False), image).std(axis=(1, 2, 3))
    assert deviations.min() > 9 and deviations.max() < 31
    assert deviations.max() - deviations.min() > 12


@pytest.mark.parametrize("kind", [noise.GaussianNoise, noise.PoissonNoise])
def test_grey_noise_is_equal_in_all_channels(kind):
    image = flat(*[128] * 24, side=8)
    alike = np.ptp(spoiled(kind(2, 2, grey=0.5, rounded=False), image), axis=3).max(axis=(1, 2)) < 1e-3
    assert 4 < alike.sum() < 20
    coloured = spoiled(kind(2, 2, rounded=False), image)
    assert np.ptp(coloured, axis=3).max(axis=(1, 2)).min() > 1


def test_rounded_noise_is_of_whole_levels():
    found = spoiled(degradations.GaussianNoise(50, 50), flat(0, 255))
    np.testing.assert_allclose(found, np.round(found), atol=1e-4)
    assert found.min() >= 0 and found.max() <= 255


@pytest.mark.parametrize("value", [degradations.GaussianNoise(0, 50, 0.4), degradations.PoissonNoise(grey=0.4)])
def test_noise_is_a_function_of_seed_and_images_with_xla_and_without(value):
    image = flat(3, 200, side=16)
    run = tf.function(lambda image: value(image, progress(), "noise")["input"], jit_compile=True)
    np.testing.assert_allclose(run(image), value(image, progress(), "noise")["input"], atol=1.01 / 127.5)
    assert np.any(spoiled(value, image) != spoiled(value, image, images=8))
    assert np.any(spoiled(value, image) != spoiled(value, image, seed=2))
    assert (value.scale, value.channels(3)) == (1, 3)


def test_empty_ranges_are_refused():
    with pytest.raises(BadInput, match="GaussianNoise: from 30 to 10"):
        degradations.GaussianNoise(30, 10)
    with pytest.raises(BadInput, match="PoissonNoise: from -1 to 2"):
        degradations.PoissonNoise(-1, 2)
