"""Metrics of sentences: how likely the truth finds them, how likely they find the truth, what they share with it.

Names are a kind of `KINDS`, a number of sentences and one of the kind's views. Kinds that depend on how the writer is
sampled have the temperature as their view, in hundredths: `nlloracle2k_t80` is the mean cost of a token of 2,000
sentences, written at temperature 0.8, under the oracle (quality), `nlltest2k_t80` that of 2,000 held-out sentences
under the writer at the same temperature (diversity: what it never writes costs much). Either alone can be bought with
the other. `bleu500_n3` and `selfbleu500_n3` are BLEU-3 against the held-out sentences and against each other at the
temperature 1, `bleu500_n3t80` and `selfbleu500_n3t80` at 0.8; `copied2k_t100`
the share of sentences that are in the training, `valid2k_t100` the share that parses, `textfd2k_reader` the Frechet
distance in the features of a random LSTM, an own encoder that no other values compare with.
"""

import collections
import functools
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ganzoo.errors import BadInput

TEMPERATURES = ("t60", "t70", "t80", "t90", "t100", "t110", "t120", "t140")
GRAMS = ("n2", "n3", "n4", "n5")
GRAMS = (*GRAMS, *(grams + temperature for grams in GRAMS for temperature in TEMPERATURES))
PLANES = (("nlltest", "nlloracle"), ("selfbleu", "bleu"))  # diversity and quality
EPSILON = 0.1  # matches of a length that has none: NLTK's SmoothingFunction().method1


class Written:
    """What a metric may ask for. write: (count, temperature) -> tokens int [count, T] of a writer. cost: (tokens,
    temperature) -> float [N, T], the nats of each token under the writer. reals: the `data.text.TokenSet` of the
    training, with its `held_out`. data: the recipe's `Text`."""

    def __init__(self, write: Callable, cost: Callable, reals, data):
        self.cost, self.reals, self.data = cost, reals, data
        self.write = functools.cache(write)

    @property
    def spec(self):
        return self.reals.spec

    @property
    def held_out(self):
        return self.reals.held_out

    def sentences(self, tokens: np.ndarray) -> list[tuple[int, ...]]:
        """The tokens of each sentence without its end."""
        return [tuple(map(int, row[:n])) for row, n in zip(tokens, self.spec.lengths(tokens), strict=True)]

    def mean(self, costs: np.ndarray, tokens: np.ndarray) -> float:
        """Of a token, the end of a sentence included."""
        counts = np.minimum(self.spec.lengths(tokens) + self.spec.ends, tokens.shape[1])
        return float((costs * (np.arange(tokens.shape[1]) < counts[:, None])).sum() / counts.sum())


class TextKind:
    """A kind of this module. VIEWS: what may end a name of it. NEEDS: sources of data it is defined on, () = all."""

    LEAST = 1
    HIGHER = False
    VIEWS = TEMPERATURES
    NEEDS: tuple[str, ...] = ()

    @classmethod
    def measure(cls, written: Written, count: int, view: str) -> tuple[float, float | None]:
        """(value, floor): of the writer's sentences, and of real ones in their place."""
        raise NotImplementedError


class OracleCost(TextKind):
    """Nats a token of written sentences under the oracle; the floor is its entropy, below which a writer only comes by
    writing less diversely than the truth."""

    NEEDS = ("oracle",)

    @classmethod
    def measure(cls, written, count, view):
        from ganzoo.data import oracle

        data = written.data
        truth = oracle.oracle(data.vocabulary, data.seed)
        made = written.write(count, _temperature(view))
        return float(truth.nll(made).mean()), float(truth.nll(written.held_out.images[:count]).mean())


class HeldOutCost(TextKind):
    """Nats a token of held-out sentences under the writer; no floor: what the truth would pay is known of no corpus."""

    @classmethod
    def measure(cls, written, count, view):
        tokens = written.held_out.images[:count]
        return written.mean(written.cost(tokens, _temperature(view)), tokens), None


class Bleu(TextKind):
    """The mean over sentences of BLEU against all held-out ones; the floor is that of training sentences."""

    HIGHER = True
    VIEWS = GRAMS

    @classmethod
    def measure(cls, written, count, view):
        n, temperature = _grams_of(view)
        references = References(written.sentences(written.held_out.images), n)
        some = written.write(count, temperature), written.reals.images[:count]
        made, real = map(written.sentences, some)
        return tuple(float(np.mean([references.bleu(each) for each in some])) for some in (made, real))


class SelfBleu(TextKind):
    """The mean over sentences of BLEU against all others of them; the floor is that of as many training sentences. It
    rises with their number, which is why that is in the name. Lower is more diverse."""

    LEAST = 2
    VIEWS = GRAMS

    @classmethod
    def measure(cls, written, count, view):
        values = []
        n, temperature = _grams_of(view)
        for some in (written.write(count, temperature), written.reals.images[:count]):
            sentences = written.sentences(some)
            references = References(sentences, n)
            values.append(float(np.mean([references.bleu(each, own=row) for row, each in enumerate(sentences)])))
        return tuple(values)


class Copied(TextKind):
    """The share of written sentences that are in the training; the floor is that of held-out ones."""

    @classmethod
    def measure(cls, written, count, view):
        known = set(written.sentences(written.reals.images))
        some = written.write(count, _temperature(view)), written.held_out.images[:count]
        return tuple(float(np.mean([each in known for each in written.sentences(tokens)])) for tokens in some)


class Valid(TextKind):
    """The share of written sentences that the grammar has; of real ones it is 1."""

    HIGHER = True
    NEEDS = ("grammar",)

    @classmethod
    def measure(cls, written, count, view):
        from ganzoo.data import grammar

        some = written.write(count, _temperature(view)), written.held_out.images[:count]
        spec = written.spec
        return tuple(float(np.mean([grammar.valid(spec.sentence(row)) for row in tokens])) for tokens in some)


class Distance(TextKind):
    """Frechet distance between written and held-out sentences in the mean outputs of a random LSTM, the network of
    `data.oracle` of seed 12345; the floor is that of training sentences."""

    LEAST = 100
    VIEWS = ("reader",)

    @classmethod
    def measure(cls, written, count, view):
        from ganzoo.data import oracle
        from ganzoo.metrics import frechet

        reader = oracle.oracle(written.spec.vocabulary, 12345)
        some = written.write(count, 1.0), written.reals.images[:count], written.held_out.images
        made, real, held = (reader.features(tokens) for tokens in some)
        truth = held.mean(0), np.cov(held, rowvar=False)
        return tuple(float(frechet.distance(each.mean(0), np.cov(each, rowvar=False), *truth)) for each in (made, real))


KINDS = {
    "nlloracle": OracleCost,
    "nlltest": HeldOutCost,
    "bleu": Bleu,
    "selfbleu": SelfBleu,
    "copied": Copied,
    "valid": Valid,
    "textfd": Distance,
}


class References:
    """Sentences that others are compared with by BLEU-n: Papineni et al. 2002, with equal weights of 1 .. n and the
    reference that is nearest in length, smoothed as NLTK's method1.

    For each run of tokens the two highest counts and whose the highest is, so that a sentence that is a reference
    itself can be left out.
    """

    def __init__(self, sentences: Sequence[Sequence[int]], n: int):
        self.n, self.counts = n, [{} for _ in range(n)]
        for owner, sentence in enumerate(sentences):
            for size in range(1, n + 1):
                for gram, count in _grams(sentence, size).items():
                    best, whose, second = self.counts[size - 1].get(gram, (0, -1, 0))
                    if count > best:
                        best, whose, second = count, owner, best
                    else:
                        second = max(second, count)
                    self.counts[size - 1][gram] = best, whose, second
        self.lengths = collections.Counter(map(len, sentences))

    def bleu(self, sentence: Sequence[int], own: int | None = None) -> float:
        """In [0, 1]. own: which of the references the sentence is, and is not compared with."""
        logs = 0.0
        for size in range(1, self.n + 1):
            counts, matched = _grams(sentence, size), 0
            for gram, count in counts.items():
                best, whose, second = self.counts[size - 1].get(gram, (0, -1, 0))
                matched += min(count, second if whose == own else best)
            if size == 1 and not matched:
                return 0.0
            logs += math.log((matched or EPSILON) / max(1, sum(counts.values()))) / self.n
        length = len(sentence)
        others = (each for each, many in self.lengths.items() if many > (own is not None and each == length))
        nearest = min(others, key=lambda each: (abs(each - length), each))
        return math.exp(logs + min(0.0, 1 - nearest / length))


def _grams(sentence: Sequence[int], size: int) -> collections.Counter:
    return collections.Counter(tuple(sentence[at : at + size]) for at in range(len(sentence) - size + 1))


def _temperature(view: str) -> float:
    return int(view[1:]) / 100


def _grams_of(view: str) -> tuple[int, float]:
    """Of a view of BLEU the n and the temperature."""
    return int(view[1]), _temperature(view[2:] or "t100")


def plane(results: Mapping[str, dict]) -> tuple[tuple[str, str], list[tuple[str, float, float]]] | None:
    """The first of `PLANES` whose two kinds have at least two temperatures in common: names of the axes, and for each
    temperature its view, diversity and quality. None where there is none. results: of `evaluate`."""
    from ganzoo.metrics.protocol import parse

    found: dict[tuple, dict[str, float]] = {}
    for protocol in map(parse, results):
        grams, temperature = protocol.extractor[:2], protocol.extractor[2:] or "t100"
        if KINDS[protocol.kind].VIEWS is TEMPERATURES:
            grams, temperature = "", protocol.extractor
        values = found.setdefault((protocol.kind, f"{protocol.count}{grams and '_' + grams}"), {})
        values[temperature] = results[protocol.name]["value"]
    for across, up in PLANES:
        for kind, rest in found:
            quality = found.get((up, rest), {})
            shared = [each for each in TEMPERATURES if each in found[kind, rest] and each in quality]
            if kind == across and len(shared) > 1:
                points = [(each, found[kind, rest][each], quality[each]) for each in shared]
                return (across + rest, up + rest), points
    return None


def check(names: Sequence[str], reals, data) -> None:
    """Refuse, with BadInput, names that these sentences cannot have. reals: the `data.text.TokenSet` of the training.
    data: the recipe's `Text`."""
    from ganzoo.metrics.protocol import parse

    for protocol in map(parse, names):
        kind = KINDS.get(protocol.kind)
        if kind is None:
            raise BadInput(f"metrics: {protocol.name} is of images; of sentences there are {', '.join(KINDS)}")
        if kind.NEEDS and data.source not in kind.NEEDS:
            raise BadInput(f"metrics: {protocol.name} needs data.source={'|'.join(kind.NEEDS)}, not {data.source}")
        there = len(reals.held_out) if reals.held_out else 0
        if protocol.count > there:
            raise BadInput(f"metrics: {protocol.name} needs data.held_out of {protocol.count} sentences, not {there}")


def evaluate(names: Sequence[str], written: Written) -> dict[str, dict]:
    """Every metric of `names`, which `check` has passed, by its name: a result as of `metrics.evaluate`."""
    from ganzoo.metrics.protocol import parse

    results = {}
    for protocol in map(parse, names):
        value, floor = KINDS[protocol.kind].measure(written, protocol.count, protocol.extractor)
        results[protocol.name] = {
            "value": value,
            "floor": floor,
            "ceiling": None,
            "count": protocol.count,
            "reals": written.reals.name,
            "reals_count": len(written.held_out),
            "floor_count": 0 if floor is None else protocol.count,
            "extractor": protocol.extractor,
            "weights": "",
            "warnings": [],
        }
    return results
