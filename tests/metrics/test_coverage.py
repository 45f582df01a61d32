"""Mode coverage by hand and against laws, and the classifier of stacked digits."""

import json

import numpy as np
import pytest
import scipy.stats

import ganzoo.data
from ganzoo import metrics, runs
from ganzoo.data import mixture
from ganzoo.errors import BadInput
from ganzoo.metrics import coverage, digits
from ganzoo.recipe import Data


def value(kind, classes, modes=4):
    counts = kind(modes)
    for part in np.array_split(np.array(classes), 2):
        counts.update(part)
    return counts.to()


def test_coverage_by_hand():
    classes = [0, 0, 1, -1, 2, 2, -1, 1]
    assert value(coverage.Modes, classes) == {"value": 3.0, "of": 4}
    assert value(coverage.HighQuality, classes)["value"] == 0.75
    # Three modes of four with equal shares: log 4 - log 3.
    assert value(coverage.ReverseKL, classes)["value"] == pytest.approx(np.log(4 / 3), rel=1e-12)


def test_reverse_kl_agrees_with_scipy_and_collapse_is_log_k():
    classes = np.random.default_rng(0).choice(10, 500, p=np.arange(1, 11) / 55)
    expected = scipy.stats.entropy(np.bincount(classes, minlength=10), np.ones(10))
    assert value(coverage.ReverseKL, classes, 10)["value"] == pytest.approx(expected, rel=1e-12)
    assert value(coverage.ReverseKL, [3] * 50, 10)["value"] == pytest.approx(np.log(10), rel=1e-12)
    assert value(coverage.ReverseKL, [-1] * 50, 10)["value"] == pytest.approx(np.log(10), rel=1e-12)


def test_the_noise_of_reverse_kl_is_that_of_a_perfect_sampler():
    draw = np.random.default_rng(1)
    results = [value(coverage.ReverseKL, draw.integers(25, size=2500), 25) for _ in range(200)]
    assert results[0]["noise"] == pytest.approx(24 / 5000)
    assert np.mean([each["value"] for each in results]) == pytest.approx(24 / 5000, rel=0.1)


def test_coverage_falls_with_collapse_and_quality_with_noise(tmp_path):
    reals = ganzoo.data.open(Data(source="mixture", name="grid25"))
    grid = mixture.MIXTURES["grid25"]()

    def judged(points):
        names = ["modes500_grid25", "hq500_grid25", "rkl500_grid25"]
        results = metrics.evaluate(names, lambda start, count: points[start : start + count], reals, cache=tmp_path)
        return [results[name]["value"] for name in names], results

    draw = np.random.default_rng(2)
    points, modes = grid.draw(20_000, seed=3)
    values = [judged(points[modes < kept])[0] for kept in (25, 10, 1)]
    assert [value[0] for value in values] == [25, 10, 1]
    assert values[0][2] < values[1][2] < values[2][2] == pytest.approx(np.log(25))
    noisy = [judged((points + draw.normal(0, s, points.shape)).astype(np.float32))[0] for s in (0, 0.05, 0.2)]
    assert noisy[0][1] > noisy[1][1] > noisy[2][1]
    result = judged(points)[1]["hq500_grid25"]
    assert result["floor"] == pytest.approx(1 - np.exp(-4.5), abs=0.02) and result["reals"] == "grid25"


def test_points_and_images_are_not_mixed():
    grid = ganzoo.data.open(Data(source="mixture", name="grid25"))
    with pytest.raises(BadInput, match=r"lenet takes images, these are of shape \[2\]"):
        metrics.check(["fd500_lenet"], grid)
    with pytest.raises(BadInput, match=r"ring8 takes points of 2 numbers, these are of shape \[28, 28, 1\]"):
        metrics.check(["modes500_ring8"], ganzoo.data.open(Data(name="fashion_mnist")))
    with pytest.raises(BadInput, match="the samples are float64"):
        metrics.evaluate(["modes50_grid25"], lambda start, count: np.zeros([count, 2]), grid)


def test_the_best_record_has_the_most_modes_or_the_least_distance():
    def records(name, values):
        return [{"images": i, "metrics": {name: {"value": value}}} for i, value in enumerate(values)]

    assert runs.best(records("modes2500_ring8", [3.0, 8.0, 5.0]))["images"] == 1
    assert runs.best(records("rkl2500_ring8", [3.0, 8.0, 5.0]))["images"] == 0


def test_a_stack_of_digits_is_the_number_they_write():
    logits = np.zeros([2, 3, 10])
    logits[0, [0, 1, 2], [4, 0, 7]] = 1
    logits[1, [0, 1, 2], [9, 9, 9]] = 1
    assert digits.modes(logits).tolist() == [407, 999]


def test_the_shipped_classifier_reads_each_colour():
    eyes = digits.extractor()
    images = np.random.default_rng(0).integers(0, 256, (5, 28, 28, 3), np.uint8)
    images[1:, :, :, 1:] = images[:1, :, :, 1:]
    features, modes = eyes(images)
    assert features.shape == (5, 192) and eyes.modes == 1000
    np.testing.assert_allclose(features[1:, 64:], np.broadcast_to(features[:1, 64:], (4, 128)), atol=1e-5)
    assert len(set(modes % 100)) == 1
    assert json.loads(digits.CARD.read_text())["test_accuracy"] > 0.985
    with pytest.raises(BadInput, match="28x28 with 3 channel"):
        eyes.check((28, 28, 1))


@pytest.mark.slow
def test_real_stacks_cover_every_mode():
    reals = ganzoo.data.open(Data(source="stacked", name="mnist"))
    results = metrics.evaluate(
        ["modes25600_digits", "rkl25600_digits"], lambda s, c: reals.read(np.arange(s, s + c)), reals
    )
    assert results["modes25600_digits"]["value"] == 1000
    assert results["rkl25600_digits"]["value"] < 0.03  # noise 0.0195, and digits are not uniform
