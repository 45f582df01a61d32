"""Inception score, memorisation, intra-class distance, classification accuracy: by hand, by loops, in behaviour."""

import numpy as np
import pytest
import scipy.stats

import ganzoo.data
from ganzoo import metrics
from ganzoo.data import images
from ganzoo.errors import BadInput
from ganzoo.metrics import accuracy, frechet, inception_score, intraclass, lenet, memorization
from ganzoo.metrics.statistics import share
from ganzoo.recipe import Data


@pytest.fixture(scope="module")
def fashion():
    return ganzoo.data.open(Data(name="fashion_mnist"))


def part(reals, places, name="part"):
    return images.ImageSet(name, reals.images[places], reals.labels[places], reals.class_names)


def of(array):
    return lambda start, count: array[start : start + count]


def test_inception_score_by_hand():
    sure = np.where(np.eye(4) > 0, 50.0, -50.0)
    assert inception_score.score(sure) == pytest.approx(4, rel=1e-9)  # one of each, no doubt
    assert inception_score.score(sure[[1, 1, 1]]) == pytest.approx(1, rel=1e-9)  # one class only
    assert inception_score.score(np.zeros([5, 4])) == pytest.approx(1, rel=1e-9)  # nothing but doubt


def test_inception_score_agrees_with_entropies():
    logits = np.random.default_rng(0).normal(0, 3, (400, 10))
    scores = []
    for split in logits.reshape(10, 40, 10):
        p = np.exp(split) / np.exp(split).sum(axis=1, keepdims=True)
        scores.append(np.exp(np.mean([scipy.stats.entropy(row, p.mean(axis=0)) for row in p])))
    collected = inception_score.InceptionScore(0)
    for batch in np.array_split(logits, 3):
        collected.update(batch)
    result = collected.to()
    assert result["value"] == pytest.approx(np.mean(scores), rel=1e-9)
    assert result["spread"] == pytest.approx(np.std(scores), rel=1e-6)
    with pytest.raises(BadInput, match="1 of 2 images are not finite"):
        collected.update(np.array([[np.nan, 0], [0, 0]]))


def test_inception_score_falls_with_noise_and_with_collapse(fashion, tmp_path):
    def judged(samples):
        return metrics.evaluate(["is1k_lenet"], of(samples), fashion, cache=tmp_path)["is1k_lenet"]

    draw = np.random.default_rng(1)
    real = fashion.images[:1000]
    noisy = [np.clip(real + draw.normal(0, s, real.shape), 0, 255).astype(np.uint8) for s in (0, 60, 200)]
    values = [judged(samples)["value"] for samples in noisy]
    assert values[0] > values[1] > values[2] > 1
    few = [judged(real[draw.integers(k, size=1000)])["value"] for k in (20, 3, 1)]
    assert values[0] > few[0] > few[1] > few[2] == pytest.approx(1, rel=1e-5)
    result = judged(noisy[0])
    assert values[0] == pytest.approx(result["floor"], rel=0.1) and result["splits"] == 10


def test_wilsons_interval_covers_as_often_as_it_says():
    draw = np.random.default_rng(2)
    found = [share(count, 200)["interval"] for count in draw.binomial(200, 0.1, 2000)]
    assert np.mean([low <= 0.1 <= high for low, high in found]) == pytest.approx(0.95, abs=0.02)
    expected = scipy.stats.binomtest(7, 50).proportion_ci(0.95, "wilson")
    assert share(7, 50)["interval"] == pytest.approx([expected.low, expected.high], rel=1e-6)


def remembered(samples, training, held):
    collected = []
    for features in (samples, training, held):
        collected.append(memorization.Memorization(features.shape[1]))
        for batch in np.array_split(features, 3):
            collected[-1].update(batch)
    return collected[0].to(*collected[1:])


def test_memorization_agrees_with_loops_and_the_rank_sum():
    draw = np.random.default_rng(3)
    training, held, samples = draw.normal(size=(3, 120, 6))
    samples[:30] = training[:30] + 1e-3 * draw.normal(size=(30, 6))
    result = remembered(samples, training, held)

    def far(x):
        return np.array([min(np.linalg.norm(row - other) for other in training) for row in x])

    assert result["value"] == pytest.approx(np.mean(far(samples) < np.sort(far(held))[6]), rel=1e-9)
    statistic = scipy.stats.mannwhitneyu(far(held), far(samples)).statistic
    assert result["nearer"] == pytest.approx(statistic / 120**2, rel=1e-9)
    assert sorted(sample for sample, _, _ in result["pairs"]) == sorted(real for _, real, _ in result["pairs"])
    assert result["pairs"][0][2] == pytest.approx(far(samples).min(), rel=1e-6)


def test_memorization_is_the_tail_for_new_samples_and_grows_with_copies():
    draw = np.random.default_rng(4)
    training, held, new = draw.normal(size=(3, 1000, 4))
    values = []
    for copied in (0, 300, 1000):
        samples = np.concatenate([training[:copied], new[copied:]])
        values.append(remembered(samples, training, held)["value"])
    assert values[0] == pytest.approx(0.05, abs=0.03)
    assert values == sorted(values) and values[2] == 1
    assert values[1] == pytest.approx(0.3 + 0.7 * 0.05, abs=0.03)


def test_memorized_images_are_named_by_their_place_in_the_set(fashion, tmp_path):
    result = metrics.evaluate(["memo100_lenet"], of(fashion.images[500:]), fashion, cache=tmp_path)["memo100_lenet"]
    assert result["reals_count"] == 100 and 0 <= result["floor"] < 0.3
    order = np.random.default_rng(0).permutation(10_000)
    copied = fashion.images[order[:100]]
    result = metrics.evaluate(["memo100_lenet"], of(copied), fashion, cache=tmp_path)["memo100_lenet"]
    assert result["value"] == 1
    assert all(order[sample] == real for sample, real, _ in result["pairs"])


def test_intra_class_distance_is_the_mean_over_classes(fashion, tmp_path):
    reals, eyes = part(fashion, slice(0, 800)), lenet.extractor()
    samples, labels = fashion.images[1000:1400], fashion.labels[1000:1400]
    result = metrics.evaluate(["ifd400_lenet"], of(samples), reals, labels=of(labels), cache=tmp_path)["ifd400_lenet"]
    order = np.random.default_rng(0).permutation(800)[:400]
    features, others = eyes(samples)[0], eyes(reals.images[order])[0]
    expected = []
    for label in range(10):
        x, y = features[labels == label].astype(float), others[reals.labels[order] == label].astype(float)
        expected.append(frechet.distance(x.mean(0), np.cov(x, rowvar=False), y.mean(0), np.cov(y, rowvar=False)))
    assert result["by_class"] == pytest.approx(expected, rel=1e-4)
    assert result["value"] == pytest.approx(np.mean(expected), rel=1e-4)
    assert any("of a class are too few" in line for line in result["warnings"])
    # Images of the wrong class: the Fréchet distance of the whole set cannot see it.
    wrong = metrics.evaluate(["ifd400_lenet"], of(samples), reals, labels=of((labels + 1) % 10), cache=tmp_path)
    assert wrong["ifd400_lenet"]["value"] > 3 * result["value"]


def test_a_class_that_is_missing_is_named():
    one, two = intraclass.IntraClassDistance(2), intraclass.IntraClassDistance(2)
    one.update(np.eye(2), np.array([0, 0]))
    two.update(np.eye(4, 2), np.array([0, 0, 3, 3]))
    with pytest.raises(BadInput, match="two images of each class, class 3 has 0"):
        one.to(two)


@pytest.mark.slow
def test_classification_accuracy_falls_with_wrong_labels_and_lost_variety(fashion, tmp_path, monkeypatch):
    monkeypatch.setattr(accuracy, "STEPS", 60)
    reals = part(fashion, slice(0, 1200))
    samples, labels = fashion.images[2000:2600], fashion.labels[2000:2600]
    draw = np.random.default_rng(5)

    def judged(samples, labels):
        names = ["cas600_pixels"]
        return metrics.evaluate(names, of(samples), reals, labels=of(labels), cache=tmp_path)[names[0]]

    result = judged(samples, labels)
    assert result == judged(samples, labels), "another training gave another value"
    assert result["value"] == pytest.approx(result["floor"], abs=0.08) and result["value"] > 0.6
    assert result["interval"][0] < result["value"] < result["interval"][1]
    few = np.array([np.flatnonzero(labels == label)[0] for label in labels])
    confused = np.where(draw.random(600) < 0.8, draw.integers(10, size=600), labels)
    assert judged(samples[few], labels)["value"] < result["value"] - 0.1
    assert judged(samples, confused)["value"] < result["value"] - 0.05


def test_what_a_kind_needs_is_asked_for_by_name(fashion):
    for names, words, labelled in [
        (["ifd500_lenet"], "ifd500_lenet needs classes of the samples", False),
        (["cas500_lenet"], "needs the extractor pixels, which lenet is not", True),
        (["fd500_pixels"], "needs an extractor of features, which pixels is not", True),
        (["modes500_lenet"], "needs an extractor that knows modes, which lenet is not", True),
        (["is500_pixels"], "needs an extractor that classifies, which pixels is not", True),
        (["fd500_own"], "own stands for the extractor", True),
    ]:
        with pytest.raises(BadInput, match=words):
            metrics.check(names, fashion, labelled=labelled)
    with pytest.raises(BadInput, match="classes of the real images, bare has none"):
        metrics.check(["ifd500_lenet"], images.ImageSet("bare", fashion.images), labelled=True)
