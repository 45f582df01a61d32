"""Colour transfers by hand: levels, Lab, and what they do to images that they were not fitted on."""

import dataclasses

import numpy as np
import pytest

import ganzoo.recipe
from ganzoo import translated
from ganzoo.errors import BadInput
from ganzoo.metrics import colours, paired


def draw(*shape, low=0, high=256, seed=0):
    return np.random.default_rng(seed).integers(low, high, shape, np.uint8)


def test_lab_of_known_colours():
    srgb = np.uint8([[255, 255, 255], [0, 0, 0], [255, 0, 0], [0, 0, 255], [119, 119, 119]])
    wanted = [[100, 0, 0], [0, 0, 0], [53.24, 80.09, 67.20], [32.30, 79.20, -107.86], [50.03, 0, 0]]
    np.testing.assert_allclose(colours.to_lab(srgb), wanted, atol=0.05)


def test_lab_and_back_is_the_same_level():
    levels = draw(5000, 3)
    assert np.array_equal(colours.from_lab(colours.to_lab(levels)), levels)


def test_histogram_by_hand():
    # Two levels of half the pixels each become two others; what lies between by interpolation.
    sources = np.uint8([10, 10, 20, 20]).reshape(1, 2, 2, 1).repeat(3, 3)
    targets = np.uint8([100, 100, 60, 60]).reshape(1, 2, 2, 1).repeat(3, 3)
    change = colours.histogram(sources, targets)
    assert np.array_equal(change(sources)[..., 0].reshape(-1), [60, 60, 100, 100])
    assert change(np.full([1, 1, 1, 3], 15, np.uint8))[0, 0, 0, 0] == 80


def test_histogram_undoes_a_curve_of_each_channel():
    day = draw(4, 32, 32, 3)
    night = np.stack([day[..., 0] // 2, 255 - (255 - day[..., 1]) // 2, day[..., 2] // 3], axis=-1)
    others = draw(2, 32, 32, 3, seed=1)
    made = colours.histogram(day, night)(others)
    wanted = np.stack([others[..., 0] // 2, 255 - (255 - others[..., 1]) // 2, others[..., 2] // 3], axis=-1)
    assert np.abs(made.astype(int) - wanted).max() <= 1


def test_means_and_deviations_become_those_of_the_targets():
    sources, targets = draw(3, 32, 32, 3, low=90, high=140), draw(5, 24, 24, 3, low=100, high=200, seed=1)
    made = colours.mean_deviation(sources, targets)(sources)
    for ours, theirs in zip(colours._moments(made), colours._moments(targets), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0.02, atol=0.3)
    flat = np.full([1, 4, 4, 3], 120, np.uint8)  # no deviation to divide by
    assert np.isfinite(colours.mean_deviation(flat, targets)(flat)).all()


def test_identity_leaves_images_alone():
    images = draw(2, 8, 8, 3)
    assert colours.identity(images, images[:1])(images) is images


def test_a_method_is_judged_as_the_recipes_runs_are():
    recipe = ganzoo.recipe.load("cut_lite_emoji", smoke=True)
    test = ganzoo.recipe.Pairs(a=recipe.data.a, b=recipe.data.a, aligned=True)
    recipe = dataclasses.replace(recipe, test=test, metrics=("ssim16_pairs", "psnr16_pairs"))
    found = translated.baseline(recipe, "identity")
    assert found["ssim16_pairs"]["value"] == pytest.approx(1)
    assert list(found) == ["ssim16_pairs", "psnr16_pairs"] and found["psnr16_pairs"]["count"] == 16
    played = translated.play(recipe, "histogram", seed=3)
    assert played["images"] == 0 and played["final"]["ssim16_pairs"]["value"] == pytest.approx(1)
    with pytest.raises(BadInput, match="baseline: 'paint'; allowed: identity, mean_deviation, histogram"):
        translated.baseline(recipe, "paint")
    grey = dataclasses.replace(recipe.data.a, channels=1)
    other = dataclasses.replace(recipe, data=ganzoo.recipe.Pairs(a=grey, b=grey))
    with pytest.raises(BadInput, match="1 and 1 channels; allowed: of 3"):
        translated.baseline(other, "histogram")
    assert paired.divide(recipe.metrics)[1] == []
