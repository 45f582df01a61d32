"""What is measured of a game at a tick: known values for known players, and nothing is moved by looking."""

import numpy as np
import pytest
import toy

import ganzoo.data
import ganzoo.recipe
from ganzoo import probe
from ganzoo import train as training


@pytest.fixture(scope="module")
def images():
    return ganzoo.data.open(ganzoo.recipe.load("dcgan_small", (), smoke=True).data)


def made(images, name="dcgan_small"):
    recipe = ganzoo.recipe.load(name, (), smoke=True)
    return training.build(recipe, images.spec), recipe.train.batch


def test_the_area_under_the_curve_by_hand():
    assert probe._above(np.array([3.0, 2.0]), np.array([1.0, 0.0])) == 1
    assert probe._above(np.array([1.0, 3.0]), np.array([2.0, 0.0])) == 0.75
    assert probe._above(np.array([1.0]), np.array([1.0])) == 0.5


def test_r_v_by_hand():
    """Equation 1 of ADA's paper: 0 where held-out reals are judged like reals, 1 like fakes."""
    real, fake = np.array([4.0]), np.array([0.0])
    assert [probe._between(real, np.array([other]), fake) for other in (4.0, 3.0, 0.0)] == [0, 0.25, 1]
    assert probe._between(fake, real, real) is None  # D tells nothing apart


def test_nearest_reals_by_hand():
    reals = np.array([[0.0], [1.0], [2.0], [3.0]])
    assert probe._hits(np.array([[0.1], [-5.0]]), reals) == 1
    assert probe._hits(reals + 0.2, reals) == 4


@pytest.mark.parametrize("name", ["dcgan_small", "pacgan_small", "minibatch_small", "acgan_small", "sngan_small"])
def test_looking_moves_nothing_and_repeats(images, name):
    model, batch = made(images, name)
    looking = probe.Probe(model, images, batch)
    before = toy.weights(model)
    first = looking.measure()
    assert first == looking.measure()
    assert all(np.array_equal(old, new) for old, new in zip(before, toy.weights(model), strict=True))
    assert all(value is None or np.isfinite(value) for value in first.values())
    assert 0 <= first["separation"] <= 1 and 0 <= first["memory"] <= 1


def test_without_held_out_images_their_measures_are_none(images):
    model, batch = made(images)
    found = probe.Probe(model, images.whole, batch).measure()
    assert {name for name, value in found.items() if value is None} == {
        "logit_held_out",
        "accuracy_held_out",
        "memory",
        "overfitting",
        "classes",
    }


def test_a_generator_of_one_image_has_no_diversity_and_one_of_reals_has_all(images):
    model, batch = made(images)
    looking = probe.Probe(model, images, batch)
    reals = looking.others["image"]
    looking._generate = lambda: np.repeat(reals[:1], len(reals), axis=0)
    one = looking.measure()
    looking._generate = lambda: reals
    all_ = looking.measure()
    assert one["diversity"] == pytest.approx(0, abs=1e-6) and one["spread"] < 0.05
    assert all_["diversity"] == pytest.approx(1, abs=0.1) and all_["spread"] > 0.7


def test_the_signal_is_the_derivative_of_the_loss_by_a_logit(images):
    """-log sigmoid(x) has the derivative sigmoid(-x) in size: 0.5 at 0, nearly 1 for a D that is certain."""
    model, batch = made(images)
    looking = probe.Probe(model, images, batch)
    assert looking._signal(np.zeros(4), np.zeros(4)) == pytest.approx(0.5)
    assert looking._signal(np.zeros(4), np.full(4, -9.0)) == pytest.approx(1, abs=1e-3)
