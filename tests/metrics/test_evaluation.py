"""Whole evaluations: values, floors, ceilings, what is kept and what is refused."""

import numpy as np
import pytest

import ganzoo.data
from ganzoo import metrics
from ganzoo.data import images
from ganzoo.errors import BadInput
from ganzoo.metrics import frechet, kernel, lenet
from ganzoo.recipe import Data


@pytest.fixture(autouse=True)
def few_subsets(monkeypatch):
    monkeypatch.setattr(kernel, "SUBSETS", 10)  # for speed


@pytest.fixture(scope="module")
def reals():
    return ganzoo.data.open(Data(name="fashion_mnist"))


@pytest.fixture
def others(reals):
    """Other real images under another name: no shipped features belong to them."""
    return images.ImageSet("others", reals.images[:1200])


class Noisy:
    """Images of a set with noise on them: a generator that remembers what it was asked for."""

    def __init__(self, reals, sigma):
        self.images, self.sigma, self.asked = reals.images, sigma, []

    def __call__(self, start, count):
        self.asked.append((start, count))
        seeds = range(start, start + count)
        noise = np.stack([np.random.default_rng(seed).normal(0, self.sigma, [28, 28, 1]) for seed in seeds])
        return np.clip(self.images[np.arange(start, start + count) % len(self.images)] + noise, 0, 255).astype(np.uint8)


def test_a_value_lies_between_floor_and_ceiling(reals, tmp_path):
    result = metrics.evaluate(
        ["fd10k_lenet", "kd10k_lenet"],
        Noisy(reals, 32),
        reals,
        n=600,
        untrained=lambda: Noisy(reals, 1e4),
        key="k",
        cache=tmp_path,
    )
    assert list(result) == ["fd600_lenet", "kd600_lenet"]
    for one in result.values():
        assert one["floor"] < one["value"] < one["ceiling"]
        assert (one["count"], one["reals_count"], one["floor_count"]) == (600, 600, 600)
        assert (one["reals"], one["extractor"], one["warnings"]) == ("fashion_mnist", "lenet", [])
        assert sum(one["classes"]) == pytest.approx(1, abs=1e-4) and len(one["classes"]) == 10
    assert result["kd600_lenet"]["spread"] > 0 and "spread" not in result["fd600_lenet"]


def test_values_are_the_distances_of_the_features(others, tmp_path):
    fakes, eyes = Noisy(others, 32), lenet.extractor()
    result = metrics.evaluate(["kd300_lenet", "fd400_lenet"], fakes, others, cache=tmp_path)
    order = np.random.default_rng(0).permutation(1200)
    fake, real = eyes(fakes(0, 400))[0], eyes(others.read(order[:400]))[0]
    first, second = frechet.FrechetDistance(64), frechet.FrechetDistance(64)
    first.update(fake)
    second.update(real)
    assert result["fd400_lenet"]["value"] == pytest.approx(first.to(second)["value"], rel=1e-4)
    assert result["kd300_lenet"]["value"] == pytest.approx(kernel.distance(fake[:300], real[:300])["value"], rel=1e-3)
    assert result["fd400_lenet"]["ceiling"] is None


def test_the_floor_of_other_data_is_between_disjoint_halves(others, tmp_path):
    fakes, eyes = Noisy(others, 8), lenet.extractor()
    result = metrics.evaluate(["fd1k_lenet"], fakes, others, cache=tmp_path)["fd1k_lenet"]
    order = np.random.default_rng(0).permutation(1200)
    first, second = frechet.FrechetDistance(64), frechet.FrechetDistance(64)
    first.update(eyes(others.read(order[:600]))[0])
    second.update(eyes(others.read(order[600:]))[0])
    assert result["floor"] == pytest.approx(first.to(second)["value"], rel=1e-4)
    assert (result["floor_count"], result["reals_count"]) == (600, 1000)
    assert any("floor is of 600 against 600" in line for line in result["warnings"])


def test_samples_are_asked_for_once_in_order_and_in_batches(others, tmp_path):
    fakes = Noisy(others, 8)
    metrics.evaluate(["fd600_lenet", "fd300_lenet"], fakes, others, cache=tmp_path)
    assert fakes.asked == [(0, 250), (250, 250), (500, 100)]


def test_floor_ceiling_and_real_features_are_computed_once(others, tmp_path, monkeypatch):
    made = []

    def untrained():
        made.append(1)
        return Noisy(others, 1e4)

    def evaluate(key):
        fakes = Noisy(others, 8)
        return metrics.evaluate(["fd200_lenet"], fakes, others, untrained=untrained, key=key, cache=tmp_path)

    first = evaluate("a generator")
    monkeypatch.setattr(images.ImageSet, "read", None)  # so that looking at a real image again fails
    assert evaluate("a generator") == first
    assert len(made) == 1
    evaluate("another generator")
    assert len(made) == 2


def test_damaged_files_of_the_cache_are_made_again(others, tmp_path):
    first = metrics.evaluate(["fd200_lenet"], Noisy(others, 8), others, cache=tmp_path)
    kept = list((tmp_path / "metrics").iterdir())
    assert len(kept) == 2
    for path in kept:
        path.write_bytes(path.read_bytes()[:-9])
    assert metrics.evaluate(["fd200_lenet"], Noisy(others, 8), others, cache=tmp_path) == first


def test_a_cache_that_cannot_be_written_is_told_and_done_without(others, tmp_path):
    (tmp_path / "file").write_text("")
    result = metrics.evaluate(["fd200_lenet"], Noisy(others, 8), others, cache=tmp_path / "file")["fd200_lenet"]
    assert result["floor"] > 0
    assert any("cannot be written" in line for line in result["warnings"])


def test_too_few_images_for_a_covariance_are_told(others, tmp_path):
    result = metrics.evaluate(["fd100_lenet", "kd100_lenet"], Noisy(others, 8), others, cache=tmp_path)
    assert any("too few for the covariance of 64" in line for line in result["fd100_lenet"]["warnings"])
    assert result["kd100_lenet"]["warnings"] == []


def test_samples_of_another_shape_are_refused_by_both_shapes(others, tmp_path):
    with pytest.raises(BadInput, match=r"uint8 \[250, 32, 32, 1\].*uint8 \[250, 28, 28, 1\]"):
        metrics.evaluate(
            ["fd300_lenet"], lambda start, count: np.zeros([count, 32, 32, 1], np.uint8), others, cache=tmp_path
        )
    with pytest.raises(BadInput, match="float32"):
        metrics.evaluate(
            ["fd300_lenet"], lambda start, count: np.zeros([count, 28, 28, 1], np.float32), others, cache=tmp_path
        )


def test_what_cannot_be_judged_is_refused_before_any_sample_is_made(reals, others):
    fakes = Noisy(others, 8)
    colour = images.ImageSet("colour", np.zeros([100, 32, 32, 3], np.uint8))
    with pytest.raises(BadInput, match=r"28x28 with 1 channel.*32x32 with 3"):
        metrics.evaluate(["fd50_lenet"], fakes, colour)
    with pytest.raises(BadInput, match="needs 4 or more real images, few has 3"):
        metrics.evaluate(["fd50_lenet"], fakes, images.ImageSet("few", reals.images[:3]))
    with pytest.raises(BadInput, match="n=0"):
        metrics.evaluate(["fd50_lenet"], fakes, others, n=0)
    assert fakes.asked == []
