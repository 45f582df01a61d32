"""Metrics of sentences, against NLTK's BLEU and a plain one, by hand, and what is refused."""

import collections
import math

import numpy as np
import pytest

import ganzoo.data
from ganzoo import metrics
from ganzoo.errors import BadInput
from ganzoo.metrics import text
from ganzoo.recipe import Text


def plain_bleu(sentence, references, n):
    """NLTK's sentence_bleu with method1, written out."""

    def grams(tokens, size):
        return collections.Counter(tuple(tokens[at : at + size]) for at in range(len(tokens) - size + 1))

    total = 0.0
    for size in range(1, n + 1):
        counts = grams(sentence, size)
        most = collections.Counter()
        for reference in references:
            for gram, count in grams(reference, size).items():
                most[gram] = max(most[gram], count)
        matched = sum(min(count, most[gram]) for gram, count in counts.items())
        if size == 1 and not matched:
            return 0.0
        total += math.log((matched if matched else 0.1) / max(1, sum(counts.values()))) / n
    nearest = min((abs(len(each) - len(sentence)), len(each)) for each in references)[1]
    penalty = 1.0 if len(sentence) > nearest else math.exp(1 - nearest / len(sentence))
    return penalty * math.exp(total)


def drawn(count, seed=0):
    draw = np.random.default_rng(seed)
    return [tuple(draw.integers(2, 9, draw.integers(1, 9))) for _ in range(count)]


@pytest.mark.parametrize("n", [2, 3, 5])
def test_bleu_is_the_plain_one(n):
    references, sentences = drawn(30), drawn(20, seed=1)
    fast = text.References(references, n)
    for sentence in [*sentences, (20, 21, 22), references[0]]:
        assert fast.bleu(sentence) == pytest.approx(plain_bleu(sentence, references, n), abs=1e-12)
    for row, sentence in enumerate(references):
        others = references[:row] + references[row + 1 :]
        assert fast.bleu(sentence, own=row) == pytest.approx(plain_bleu(sentence, others, n), abs=1e-12)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_bleu_is_that_of_nltk(n):
    nltk = pytest.importorskip("nltk.translate.bleu_score")
    smooth = nltk.SmoothingFunction().method1
    references, sentences = drawn(30), [*drawn(60, seed=1), (), (20, 21, 22), (2, 2, 2, 2, 2, 2), (2, 3) * 12]
    fast, weights = text.References(references, n), [1 / n] * n
    values = [nltk.sentence_bleu(references, each, weights, smooth) for each in sentences]
    np.testing.assert_allclose([fast.bleu(each) for each in sentences], values, atol=1e-12)
    assert min(values) == 0 and len({*values}) > 10
    for row, sentence in enumerate(references):
        others = references[:row] + references[row + 1 :]
        value = nltk.sentence_bleu(others, sentence, weights, smooth)
        assert fast.bleu(sentence, own=row) == pytest.approx(value, abs=1e-12)


def test_a_sentence_is_not_its_own_reference():
    same, other = (2, 3, 4, 5), (6, 7, 8, 9)
    assert text.References([same, other], 2).bleu(same, own=0) == 0
    assert text.References([same, same], 2).bleu(same, own=0) == pytest.approx(1)


class Reals:
    """A writer that copies the training."""

    def __init__(self, data):
        self.data, self.reals = data, ganzoo.data.open(data)

    def written(self, cost=2.0):
        def write(count, temperature):
            return self.reals.images[:count]

        return text.Written(write, lambda tokens, temperature: np.full(tokens.shape, cost), self.reals, self.data)


@pytest.fixture(scope="module")
def formulas():
    return Reals(Text(source="grammar", length=9, held_out=300, limit=500))


def test_what_copies_the_training_is_known_by_it(formulas):
    names = ("nlltest100_t100", "bleu100_n2", "selfbleu100_n3", "copied100_t100", "valid100_t80", "textfd100_reader")
    text.check(names, formulas.reals, formulas.data)
    found = text.evaluate(names, formulas.written())
    assert list(found) == list(names)
    assert found["nlltest100_t100"]["value"] == pytest.approx(2) and found["nlltest100_t100"]["floor"] is None
    assert found["copied100_t100"]["value"] == 1 > found["copied100_t100"]["floor"] > 0
    assert found["valid100_t80"]["value"] == found["valid100_t80"]["floor"] == 1
    for name in ("bleu100_n2", "selfbleu100_n3", "textfd100_reader"):
        assert found[name]["value"] == found[name]["floor"] >= 0
    assert found["bleu100_n2"]["reals_count"] == 300


def test_nonsense_is_told_from_sense(formulas):
    draw = np.random.default_rng(0)
    nonsense = draw.integers(2, formulas.reals.spec.vocabulary, (300, 9)).astype(np.int32)
    written = formulas.written()
    written.write = lambda count, temperature: nonsense[:count]
    found = text.evaluate(("textfd300_reader", "bleu100_n3", "valid300_t100", "copied300_t100"), written)
    assert found["textfd300_reader"]["value"] > 5 * found["textfd300_reader"]["floor"]
    assert found["bleu100_n3"]["value"] < found["bleu100_n3"]["floor"] - 0.1
    assert found["valid300_t100"]["value"] < 0.1 and found["copied300_t100"]["value"] < 0.1


def test_the_oracle_pays_its_entropy_for_its_own_sequences():
    real = Reals(Text(source="oracle", vocabulary=40, length=6, held_out=200, limit=300))
    found = text.evaluate(("nlloracle200_t100", "nlltest200_t90"), real.written())
    value, floor = found["nlloracle200_t100"]["value"], found["nlloracle200_t100"]["floor"]
    assert abs(value - floor) < 0.15 and found["nlltest200_t90"]["value"] == pytest.approx(2)


def test_costs_count_to_the_end_of_a_sentence_and_no_further(formulas):
    tokens = np.array([[2, 0, 0], [2, 3, 4]], np.int32)
    costs = np.array([[1.0, 2.0, 100.0], [3.0, 4.0, 5.0]])
    assert formulas.written().mean(costs, tokens) == pytest.approx((1 + 2 + 3 + 4 + 5) / 5)


def test_names_say_what_is_measured():
    assert metrics.parse("nlloracle2k_t80").name == "nlloracle2k_t80"
    assert metrics.higher("bleu500_n3") and not metrics.higher("nlltest2k_t100")
    for wrong in ("bleu500_n6", "nlltest2k_lenet", "selfbleu500", "nlloracle2k_t55"):
        with pytest.raises(BadInput, match="no metric named"):
            metrics.parse(wrong)
    with pytest.raises(BadInput, match="n must be at least 2"):
        metrics.parse("selfbleu1_n2")


def test_what_these_sentences_cannot_have_is_refused(formulas):
    for name, line in (
        ("fd10k_lenet", "is of images"),
        ("nlloracle100_t100", "needs data.source=oracle, not grammar"),
        ("nlltest1k_t100", "needs data.held_out of 1000 sentences, not 300"),
    ):
        with pytest.raises(BadInput, match=line):
            text.check((name,), formulas.reals, formulas.data)


def test_bleu_is_of_sentences_at_its_temperature(formulas):
    written, asked = formulas.written(), []
    written.write = lambda count, temperature: asked.append(temperature) or formulas.reals.images[:count]
    text.evaluate(("bleu100_n3t80", "selfbleu100_n2t120", "bleu100_n4"), written)
    assert asked == [0.8, 1.2, 1.0]


def test_a_plane_is_of_the_temperatures_that_both_kinds_have():
    def results(**values):
        return {name: {"value": value} for name, value in values.items()}

    bleu = results(bleu50_n3=0.5, selfbleu50_n3=0.6, bleu50_n3t80=0.7, selfbleu50_n3t80=0.8, bleu50_n2=0.1)
    points = [("t80", 0.8, 0.7), ("t100", 0.6, 0.5)]
    assert text.plane(bleu) == (("selfbleu50_n3", "bleu50_n3"), points)
    costs = results(nlloracle5k_t80=1.0, nlltest5k_t80=2.0, nlltest5k_t100=3.0, nlloracle5k_t100=4.0)
    assert text.plane(bleu | costs) == (("nlltest5000", "nlloracle5000"), [("t80", 2.0, 1.0), ("t100", 3.0, 4.0)])
    for one in (results(bleu50_n3=1.0, selfbleu50_n3=1.0, bleu50_n2=1.0, selfbleu50_n2=1.0), results(valid9_t80=1.0)):
        assert text.plane(one) is None
