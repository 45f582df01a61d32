"""MS-SSIM against an implementation in NumPy, and how the mean of pairs moves with diversity."""

import numpy as np
import pytest
import scipy.ndimage

from ganzoo.errors import BadInput
from ganzoo.metrics import msssim
from ganzoo.metrics.statistics import matching


def scenes(count, side, channels, seed=0):
    draw = np.random.default_rng(seed)
    base = scipy.ndimage.gaussian_filter(draw.normal(size=(count, side, side, channels)), (0, 2, 2, 0)) * 400
    return np.clip(base + 128, 0, 255).astype(np.uint8)


def reference(a, b, weights):
    """MS-SSIM of two channels [H, W] by Wang et al.'s equations 1 to 7, float64."""
    window = np.exp(-((np.arange(11) - 5.0) ** 2) / (2 * 1.5**2))
    window = np.outer(window, window) / window.sum() ** 2
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2

    def local(x):
        return scipy.ndimage.correlate(x, window)[5:-5, 5:-5]

    product = 1.0
    for scale, weight in enumerate(weights):
        ma, mb = local(a), local(b)
        va, vb, covariance = local(a * a) - ma**2, local(b * b) - mb**2, local(a * b) - ma * mb
        contrast = (2 * covariance + c2) / (va + vb + c2)
        if scale == len(weights) - 1:
            contrast = contrast * (2 * ma * mb + c1) / (ma**2 + mb**2 + c1)
        else:
            a, b = (x.reshape(x.shape[0] // 2, 2, x.shape[1] // 2, 2).mean(axis=(1, 3)) for x in (a, b))
        product *= max(contrast.mean(), 0) ** weight
    return product


@pytest.mark.parametrize(("side", "scales"), [(28, 2), (64, 3), (176, 5)])
def test_similarity_agrees_with_the_equations(side, scales):
    draw = np.random.default_rng(1)
    a = scenes(3, side, 3)
    b = np.clip(a + draw.normal(0, 40, a.shape), 0, 255).astype(np.uint8)
    weights = msssim.weights(side, side)
    assert len(weights) == scales and sum(weights) == pytest.approx(1)
    expected = [
        np.mean([reference(x[..., c].astype(float), y[..., c].astype(float), weights) for c in range(3)])
        for x, y in zip(a, b, strict=True)
    ]
    np.testing.assert_allclose(msssim.similarity(a, b), expected, rtol=2e-5)  # float32 within


def test_five_scales_have_the_papers_weights():
    assert msssim.weights(176, 200) == pytest.approx((0.0448, 0.2856, 0.3001, 0.2363, 0.1333), rel=1e-3)


def test_equal_images_are_one_and_noise_lowers_it():
    images = scenes(4, 32, 1)
    draw = np.random.default_rng(2)
    noise = draw.normal(size=images.shape)
    values = [
        msssim.similarity(images, np.clip(images + s * noise, 0, 255).astype(np.uint8)).mean() for s in (0, 20, 60)
    ]
    assert values[0] == pytest.approx(1, abs=1e-6) and values[0] > values[1] > values[2]


def test_collapse_and_blur_raise_the_mean_of_pairs():
    images = scenes(60, 32, 1)
    values = [msssim.diversity(images[np.arange(60) % kept])["value"] for kept in (60, 4, 2, 1)]
    assert values == sorted(values) and values[-1] == pytest.approx(1, abs=1e-6) and values[0] < 0.5
    blurred = scipy.ndimage.gaussian_filter(images, (0, 3, 3, 0))
    assert msssim.diversity(blurred)["value"] > values[0]


def test_pairs_stay_within_a_class_and_are_of_two_images():
    labels = np.array([3, 1, 3, 1, 1, 3, 3])
    found = msssim.pairs(labels, 1, 50, np.random.default_rng(0))
    assert found.shape == (50, 2) and (labels[found] == 1).all()
    assert {tuple(sorted(pair)) for pair in found} == {(1, 3), (1, 4), (3, 4)}


def test_every_image_is_in_one_pair():
    found = matching(9)
    assert found.shape == (4, 2) and len(set(found.ravel())) == 8
    assert not np.array_equal(matching(9, seed=1), found)


def test_collapse_within_classes_shows_only_with_labels():
    kinds = scenes(4, 32, 1, seed=3)
    labels = np.arange(40) % 4
    found = msssim.within(kinds[labels], labels, count=10)
    assert found["value"] == pytest.approx(1, abs=1e-6) and found["pairs_count"] == 40
    assert found["by_class"] == pytest.approx([1, 1, 1, 1], abs=1e-6)
    assert msssim.diversity(kinds[labels])["value"] < 0.7


def test_result_names_its_pairs_and_scales_and_repeats():
    images = scenes(10, 28, 1)
    found = msssim.diversity(images, seed=5)
    assert (found["pairs_count"], found["scales"]) == (5, 2) and found == msssim.diversity(images, seed=5)
    assert found != msssim.diversity(images, seed=6)


def test_the_error_is_that_of_other_sets_of_as_many_images():
    images = scenes(1600, 28, 1)
    found = [msssim.diversity(part) for part in np.split(images, 40)]
    spread = np.std([one["value"] for one in found], ddof=1)
    assert np.mean([one["error"] for one in found]) == pytest.approx(spread, rel=0.4)


def test_small_images_and_lonely_ones_are_refused():
    with pytest.raises(BadInput, match="at least 11x11, these are 10x12"):
        msssim.diversity(np.zeros((4, 10, 12, 1), np.uint8))
    with pytest.raises(BadInput, match="class 7 has 1"):
        msssim.within(scenes(3, 28, 1), np.array([2, 2, 7]))
