"""Precision, recall, density and coverage against scikit-learn's neighbours, by hand, and as they should behave."""

import numpy as np
import pytest
import sklearn.neighbors

from ganzoo.errors import BadInput
from ganzoo.metrics import manifold

KINDS = (manifold.Precision, manifold.Recall, manifold.Density, manifold.Coverage)


def value(kind, samples, reals):
    a, b = kind(samples.shape[1]), kind(reals.shape[1])
    for part in np.array_split(samples, 3):
        a.update(part)
    b.update(reals)
    return a.to(b)["value"]


def independent(kind, samples, reals):
    def ball(x, k):
        return sklearn.neighbors.NearestNeighbors(n_neighbors=k + 1, algorithm="kd_tree").fit(x).kneighbors(x)[0][:, k]

    between = sklearn.metrics.pairwise_distances(samples, reals)
    if kind is manifold.Precision:
        return (between <= ball(reals, 3)).any(axis=1).mean()
    if kind is manifold.Recall:
        return (ball(samples, 3) >= between.T).any(axis=1).mean()
    if kind is manifold.Density:
        return (between <= ball(reals, 5)).sum() / 5 / len(samples)
    return (between.min(axis=0) <= ball(reals, 5)).mean()


@pytest.mark.parametrize("kind", KINDS)
def test_it_agrees_with_scikit_learn(kind, monkeypatch):
    monkeypatch.setattr(manifold, "BLOCK", 70)
    draw = np.random.default_rng(0)
    reals, samples = draw.normal(size=(300, 8)), 1.2 * draw.normal(size=(250, 8)) + 0.3
    result = value(kind, samples, reals)
    assert 0 < result < 1.5
    assert result == pytest.approx(independent(kind, samples, reals), rel=1e-9)


def test_by_hand():
    reals = np.array([[0.0], [1], [2], [3], [10]])
    assert manifold.radii(reals, 3).tolist() == [9, 4, 4, 9, 81]
    # 4.9 is in the balls of 3 and 10; -4 in none; 0.5 in those of 0 to 3.
    assert manifold.inside(np.array([[4.9], [-4], [0.5]]), reals, manifold.radii(reals, 3)).tolist() == [2, 0, 4]


@pytest.mark.parametrize("kind", KINDS)
def test_collapse_noise_and_the_law_itself(kind):
    draw = np.random.default_rng(1)
    reals, same = draw.normal(size=(2, 500, 4))
    whole = value(kind, same, reals)
    assert whole > 0.85
    collapsed = [
        value(kind, same[draw.integers(k, size=500)] + 1e-3 * draw.normal(size=(500, 4)), reals) for k in (50, 5)
    ]
    if kind in (manifold.Recall, manifold.Coverage):
        assert whole > collapsed[0] > collapsed[1]
    noisy = [value(kind, same + s * draw.normal(size=same.shape), reals) for s in (1, 4)]
    if kind is not manifold.Recall:  # the balls of samples that lie far apart hold anything
        assert whole > noisy[0] > noisy[1]


def test_features_that_are_not_finite_are_refused():
    with pytest.raises(BadInput, match="1 of 2 images are not finite"):
        manifold.Recall(2).update(np.array([[0, np.nan], [1, 1]]))
