"""Fréchet and kernel distance against closed forms, SciPy and loops; the streaming statistics below them."""

import itertools

import numpy as np
import pytest
import scipy.linalg

from ganzoo.errors import BadInput
from ganzoo.metrics import frechet, kernel
from ganzoo.metrics.statistics import Statistics


def covariance(draw, dim):
    root = draw.normal(size=(dim, dim))
    return root @ root.T


def frechet_distance(x, y):
    a, b = frechet.FrechetDistance(x.shape[1]), frechet.FrechetDistance(x.shape[1])
    a.update(x)
    b.update(y)
    return a.to(b)["value"]


def test_frechet_of_two_normals_in_one_dimension():
    # |3 - 1|^2 + (sqrt 4 - sqrt 9)^2
    value = frechet.distance(np.array([3.0]), np.array([[4.0]]), np.array([1.0]), np.array([[9.0]]))
    assert value == pytest.approx(5.0, abs=1e-12)


def test_frechet_of_covariances_that_commute_is_the_distance_of_their_roots():
    draw = np.random.default_rng(0)
    vectors = np.linalg.qr(draw.normal(size=(16, 16)))[0]
    a, b = draw.uniform(0, 5, 16), draw.uniform(0, 5, 16)
    value = frechet.distance(np.zeros(16), (vectors * a) @ vectors.T, np.zeros(16), (vectors * b) @ vectors.T)
    assert value == pytest.approx(np.sum((np.sqrt(a) - np.sqrt(b)) ** 2), rel=1e-10)


def test_frechet_of_covariances_that_do_not_commute_agrees_with_the_papers_form():
    draw = np.random.default_rng(1)
    a, b = covariance(draw, 20), covariance(draw, 20)
    mean = draw.normal(size=20)
    expected = np.sum(mean**2) + np.trace(a + b - 2 * scipy.linalg.sqrtm(a @ b).real)
    assert frechet.distance(mean, a, np.zeros(20), b) == pytest.approx(expected, rel=1e-8)


def test_frechet_is_symmetric_and_zero_for_a_set_and_itself():
    draw = np.random.default_rng(2)
    x, y = draw.normal(size=(300, 12)), 1.5 * draw.normal(size=(200, 12)) + 1
    assert frechet_distance(x, y) == pytest.approx(frechet_distance(y, x), rel=1e-10)
    assert frechet_distance(x, x) == pytest.approx(0, abs=1e-10)


def test_frechet_stays_real_when_the_covariance_is_singular():
    x = np.random.default_rng(3).normal(size=(10, 64))  # rank 9
    assert frechet_distance(x, x) == pytest.approx(0, abs=1e-5)
    assert np.isfinite(frechet_distance(x, x + 1)) and frechet_distance(x, x + 1) == pytest.approx(64, rel=1e-6)


def test_square_root_agrees_with_scipy():
    matrix = covariance(np.random.default_rng(4), 50)
    np.testing.assert_allclose(frechet.sqrtm(matrix), scipy.linalg.sqrtm(matrix).real, atol=1e-6)


def test_statistics_of_batches_are_those_of_the_whole():
    # A mean of 1e6 beside a deviation of 1 loses all digits of a covariance from float32 or from sums of squares.
    x = np.random.default_rng(5).normal(size=(1000, 8)) + 1e6
    statistics = Statistics(8)
    for batch in np.split(x, [1, 3, 250, 999]):
        statistics.update(batch)
    assert statistics.count == 1000
    np.testing.assert_allclose(statistics.mean, x.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(statistics.covariance, np.cov(x, rowvar=False), atol=1e-9)


def test_merged_statistics_are_those_of_both():
    x = np.random.default_rng(6).normal(size=(100, 4))
    whole, first, second = Statistics(4), Statistics(4), Statistics(4)
    whole.update(x)
    first.update(x[:30])
    second.update(x[30:])
    first.merge(second)
    first.merge(Statistics(4))
    assert first.count == 100
    np.testing.assert_allclose(first.mean, whole.mean, atol=1e-14)
    np.testing.assert_allclose(first.covariance, whole.covariance, atol=1e-13)


@pytest.mark.parametrize("collector", [frechet.FrechetDistance, kernel.KernelDistance])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_features_that_are_not_finite_are_refused(collector, bad):
    features = np.ones([5, 3], np.float32)
    features[2, 1] = bad
    with pytest.raises(BadInput, match="1 of 5 images are not finite"):
        collector(3).update(features)


def naive_squared_mmd(x, y):
    def k(a, b):
        return (sum(p * q for p, q in zip(a, b, strict=True)) / len(a) + 1) ** 3

    within_x = [k(x[i], x[j]) for i, j in itertools.permutations(range(len(x)), 2)]
    within_y = [k(y[i], y[j]) for i, j in itertools.permutations(range(len(y)), 2)]
    across = [k(a, b) for a in x for b in y]
    return np.mean(within_x) + np.mean(within_y) - 2 * np.mean(across)


def test_squared_mmd_agrees_with_loops_over_pairs():
    draw = np.random.default_rng(7)
    x, y = draw.normal(size=(13, 5)), draw.normal(size=(9, 5)) + 0.5
    assert kernel.squared_mmd(x, y) == pytest.approx(naive_squared_mmd(x, y), rel=1e-12)


def test_squared_mmd_by_hand():
    # D = 1: k(1, 1) = 8, k(0, 0) = 1, k(0, 1) = 1, so 8 + 1 - 2.
    assert kernel.squared_mmd(np.ones([2, 1]), np.zeros([2, 1])) == 7.0


def test_kernel_distance_is_near_zero_for_one_law_and_not_for_two(monkeypatch):
    monkeypatch.setattr(kernel, "SUBSETS", 20)
    draw = np.random.default_rng(8)
    x, y = draw.normal(size=(400, 16)), draw.normal(size=(400, 16))
    same, other = kernel.distance(x, y), kernel.distance(x, y + 0.3)
    assert abs(same["value"]) < same["spread"]
    assert other["value"] > 3 * other["spread"]
    assert same["subset"] == 200


def test_kernel_distance_takes_subsets_of_a_thousand(monkeypatch):
    monkeypatch.setattr(kernel, "SUBSETS", 5)
    x = np.random.default_rng(9).normal(size=(2500, 4)).astype(np.float32)
    first, again = kernel.distance(x, x[::-1]), kernel.distance(x, x[::-1])
    assert first == again
    assert first["subset"] == 1000
