"""Sets that are drawn or stacked: mixtures of Gaussians, and Stacked-MNIST."""

import numpy as np
import pytest
import tensorflow as tf

import ganzoo.data
from ganzoo.data import mixture, stacked
from ganzoo.data.images import Spec
from ganzoo.data.points import PointSpec
from ganzoo.errors import BadInput
from ganzoo.recipe import Data


@pytest.mark.parametrize(("name", "modes", "distance"), [("ring8", 8, 2 * np.sin(np.pi / 8)), ("grid25", 25, 2.0)])
def test_the_modes_of_a_mixture_lie_apart(name, modes, distance):
    centres = mixture.MIXTURES[name]().centres
    apart = np.linalg.norm(centres[:, None] - centres, axis=2)
    assert len(centres) == modes
    # The published ring closes the circle: its first and last mode are one.
    assert apart[apart > 0].min() == pytest.approx(distance, rel=1e-5) and (apart == 0).sum() == modes


def test_the_share_of_good_points_is_rayleighs():
    ring = mixture.MIXTURES["ring8"]()
    points, modes = ring.draw(50_000, seed=1)
    assigned = ring.assign(points)
    assert np.mean(assigned >= 0) == pytest.approx(1 - np.exp(-4.5), abs=2e-3)
    assert (assigned[assigned >= 0] == modes[assigned >= 0]).all()
    np.testing.assert_allclose(np.bincount(modes) / len(modes), 1 / 8, atol=0.01)


def test_a_point_between_the_modes_belongs_to_none():
    grid = mixture.MIXTURES["grid25"]()
    assert grid.assign(np.array([[0, 0], [0.149, 0], [0.151, 0], [1, 1], [4, -4]])).tolist() == [12, 12, -1, -1, 20]


def test_the_high_dimensional_mixture_knows_its_own_points():
    high = mixture.MIXTURES["mixture10"]()
    points, modes = high.draw(500, seed=1)
    assert points.shape == (500, 1200) and (high.assign(points) == modes).all()
    assert (high.assign(points + 0.1) == -1).all()  # a tenth in each of 1200 directions is far away


def test_points_come_in_batches_as_they_are():
    points = ganzoo.data.open(Data(source="mixture", name="ring8"))
    assert points.spec == PointSpec(2) and points.spec.shape == (2,) and len(points) == 100_000
    batch = next(iter(points.stream(64, seed=0)))["image"]
    assert batch.dtype == tf.float32 and batch.shape == (64, 2)
    rows = {row.tobytes() for row in points.images}
    assert all(row.tobytes() in rows for row in batch.numpy())
    np.testing.assert_array_equal(points.lookup(tf.range(64, dtype=tf.int64), 0)["image"], batch)
    assert points.picture(points.read(np.arange(50)), 8).size == (384, 384)


@pytest.mark.parametrize("field", [{"name": "ring7"}, {"flip": True}, {"size": 2}, {"split": "test"}, {"path": "x"}])
def test_what_a_mixture_has_not_is_refused(field):
    with pytest.raises(BadInput, match=f"data.{next(iter(field))}"):
        ganzoo.data.open(Data(**({"source": "mixture", "name": "ring8"} | field)))


def digits(count=50):
    images = np.zeros([count, 28, 28, 1], np.uint8)
    images[:] = np.arange(count)[:, None, None, None]
    return stacked.StackedSet(name="stacked", images=images)


def test_a_stack_has_three_digits_drawn_apart():
    images = digits()
    assert images.spec == Spec(28, 28, 3, 0)
    read = images.read(np.arange(50))
    assert read.shape == (50, 28, 28, 3) and read.dtype == np.uint8
    columns = read[:, 0, 0].T
    assert [sorted(column) for column in columns] == [list(range(50))] * 3  # each digit once in each colour
    assert (columns[0] != columns[1]).mean() > 0.9 and (columns[1] != columns[2]).mean() > 0.9


def test_stacks_are_other_triples_in_each_epoch():
    batches = iter(digits().stream(50, seed=3))
    first, second = (
        {tuple(np.round((row + 1) * 127.5).astype(int)) for row in next(batches)["image"].numpy()[:, 0, 0]}
        for _ in range(2)
    )
    assert len(first) == 50 and len(first & second) < 5


@pytest.mark.parametrize("field", [{"name": "cifar"}, {"channels": 1}, {"size": 32}, {"classes": 10}, {"flip": True}])
def test_what_stacks_have_not_is_refused(field):
    with pytest.raises(BadInput, match=f"data.{next(iter(field))}"):
        ganzoo.data.open(Data(**({"source": "stacked", "name": "mnist"} | field)))
