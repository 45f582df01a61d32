"""Sliced Wasserstein distance against SciPy, closed forms and loops; how it moves when images get worse."""

import numpy as np
import pytest
import scipy.ndimage
import scipy.stats

from ganzoo.errors import BadInput
from ganzoo.metrics import sliced


def scenes(count, side, channels, seed=0):
    """uint8 pictures with structure at all scales: blurred noise with a gradient and a little noise on it."""
    draw = np.random.default_rng(seed)
    base = scipy.ndimage.gaussian_filter(draw.normal(size=(count, side, side, channels)), (0, 2, 2, 0)) * 300
    return np.clip(base + 128 + draw.normal(0, 10, base.shape), 0, 255).astype(np.uint8)


def distance(a, b):
    x, y = sliced.SlicedWasserstein(0), sliced.SlicedWasserstein(0)
    for images, collected in ((a, x), (b, y)):
        for batch in np.array_split(images, 3):
            collected.update(batch)
    return x.to(y)


def test_projections_agree_with_scipys_wasserstein_distance():
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(400, 6)), draw.gamma(2.0, size=(400, 6))
    directions = draw.normal(size=(6, 40))
    directions /= np.linalg.norm(directions, axis=0)
    expected = np.mean([scipy.stats.wasserstein_distance(x @ d, y @ d) for d in directions.T])
    assert sliced.wasserstein(x, y, directions) == pytest.approx(expected, rel=1e-10)


def test_normals_in_one_dimension():
    # Quantiles instead of draws: W1 of N(1, 1) and N(3, 1) is 2; of N(0, 1) and N(0, 4) it is E|z| = sqrt(2 / pi).
    normal = scipy.stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)[:, None]
    one = np.ones((1, 1))
    assert sliced.wasserstein(normal + 1, normal + 3, one) == pytest.approx(2, rel=1e-10)
    assert sliced.wasserstein(normal, 2 * normal, one) == pytest.approx(np.sqrt(2 / np.pi), rel=1e-3)


def test_pyramid_adds_up_to_the_image_and_leaves_nothing_of_a_constant():
    images = scenes(2, 64, 3)
    levels = sliced.pyramid(images, 3)
    assert [level.shape for level in levels] == [(2, 64, 64, 3), (2, 32, 32, 3), (2, 16, 16, 3)]
    kernel = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256.0
    rebuilt = levels[2].astype(np.float64)
    for level in (levels[1], levels[0]):
        spread = np.zeros(level.shape)
        spread[:, ::2, ::2] = rebuilt
        rebuilt = level + scipy.ndimage.convolve(spread, 4 * kernel[None, :, :, None], mode="mirror")
    np.testing.assert_allclose(rebuilt, images, atol=1e-3)
    flat = sliced.pyramid(np.full((1, 32, 32, 1), 77, np.uint8), 2)
    np.testing.assert_allclose(flat[0], 0, atol=1e-4)
    np.testing.assert_allclose(flat[1], 77, rtol=1e-6)


def test_patches_are_cut_within_the_image_and_reach_every_corner():
    places = np.arange(14 * 14, dtype=np.float32).reshape(1, 14, 14, 1).repeat(40, axis=0)
    found = sliced.patches(places, np.random.default_rng(0))
    assert found.shape == (40 * 128, 1, 49)
    corner = found[:, 0, 0].astype(int)
    offsets = (np.arange(7)[:, None] * 14 + np.arange(7)).ravel()
    np.testing.assert_array_equal(found[:, 0], corner[:, None] + offsets)
    assert set(corner) == {14 * y + x for y in range(8) for x in range(8)}


def test_normalisation_is_by_channel():
    draw = np.random.default_rng(1)
    found = draw.normal(size=(500, 2, 49)) * [[[3.0], [0.0]]] + [[[50.0], [9.0]]]
    normal = sliced.normalise(found.astype(np.float32)).reshape(500, 2, 49)
    assert normal[:, 0].mean() == pytest.approx(0, abs=1e-4) and normal[:, 0].std() == pytest.approx(1, rel=1e-4)
    np.testing.assert_array_equal(normal[:, 1], 0)


@pytest.mark.parametrize(("side", "levels"), [(28, ["28", "14"]), (32, ["32", "16"]), (20, ["20"]), (30, ["30", "15"])])
def test_equal_sets_are_at_distance_zero_on_every_level(side, levels):
    images = scenes(6, side, 1)
    found = distance(images, images)
    assert found == {"value": 0.0, "levels": dict.fromkeys(levels, 0.0), "images": 6}


def test_batches_do_not_matter_nor_does_the_order_of_the_sets():
    a, b = scenes(6, 28, 3, seed=1), scenes(6, 28, 3, seed=2)
    whole, part = sliced.SlicedWasserstein(0), sliced.SlicedWasserstein(0)
    whole.update(a)
    part.update(b)
    assert distance(a, b) == whole.to(part)
    assert distance(b, a)["value"] == pytest.approx(distance(a, b)["value"], rel=1e-6)


def test_noise_shows_in_the_finest_level_and_grows():
    images, others = scenes(32, 32, 1, seed=3), scenes(32, 32, 1, seed=4)
    draw = np.random.default_rng(5)
    worse = [
        distance(np.clip(others + draw.normal(0, noise, others.shape), 0, 255).astype(np.uint8), images)["levels"]
        for noise in (0, 20, 60)
    ]
    assert worse[0]["32"] < worse[1]["32"] < worse[2]["32"]
    assert worse[2]["32"] > 2 * worse[0]["32"] and worse[2]["32"] > worse[2]["16"]


def test_blur_and_collapse_raise_it():
    images, others = scenes(32, 32, 1, seed=3), scenes(32, 32, 1, seed=4)
    floor = distance(others, images)["value"]
    edges = images.copy()
    edges[:, :, 16:] = 255 - edges[:, :, 16:]
    blurred = scipy.ndimage.gaussian_filter(edges, (0, 1.5, 1.5, 0))
    assert distance(blurred, edges)["levels"]["32"] > 1.5 * floor
    collapsed = [distance(others[np.arange(32) % kept], images)["value"] for kept in (32, 4, 1)]
    assert collapsed[0] < collapsed[1] < collapsed[2]


def test_of_the_larger_set_the_first_images_count():
    images, others = scenes(9, 28, 1, seed=1), scenes(6, 28, 1, seed=2)
    assert distance(images, others) == distance(images[:6], others)
    assert distance(images, others)["images"] == 6


def test_images_of_other_shapes_and_too_small_ones_are_refused():
    with pytest.raises(BadInput, match=r"\[28, 28, 1\] and \[32, 32, 1\]"):
        distance(scenes(5, 28, 1), scenes(5, 32, 1))
    with pytest.raises(BadInput, match="at least 14x14, these are 12x12"):
        distance(scenes(3, 12, 1), scenes(3, 12, 1))
