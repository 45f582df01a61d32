"""The oracle: a random network whose sequences are the data, so that the true likelihood of any sample is known.

Yu et al. 2017 (SeqGAN), arXiv 1609.05473, section 4.1: an LSTM of one layer whose every parameter is drawn from
N(0, 1). Here the draws are this project's, from a seed: another oracle than the published one, of another entropy, so
that values compare within one seed only and each is told with the entropy. Sequences have no end, token 0 is a token as
any other and also stands before the first.
"""

import dataclasses
import functools

import numpy as np

from ganzoo.errors import BadInput
from ganzoo.recipe import Text

COUNT = 10_000  # sequences of a split, as in the paper
UNITS = 32  # of the embedding and of the LSTM
SPLITS = {"train": 1, "test": 2}  # and the stream of each; 0 is the network's
ROWS = 1_000  # sequences at once, for memory


@dataclasses.dataclass(frozen=True, eq=False)
class Oracle:
    """The network for so many tokens. Gates in the order input, forget, candidate, output."""

    embedding: np.ndarray  # float32 [V, units]
    kernel: np.ndarray  # float32 [units, 4 units]
    recurrent: np.ndarray  # float32 [units, 4 units]
    bias: np.ndarray  # float32 [4 units]
    out: np.ndarray  # float32 [units, V]
    out_bias: np.ndarray  # float32 [V]

    def draw(self, count: int, length: int, random: np.random.Generator) -> np.ndarray:
        """int32 [count, length]"""
        parts = []
        for start in range(0, count, ROWS):
            rows = min(ROWS, count - start)
            chances = random.random([rows, length])
            state, token, found = self.start(rows), np.zeros(rows, np.int32), np.zeros([rows, length], np.int32)
            for place in range(length):
                state = self.step(token, state)
                sums = np.cumsum(self.weights(state), axis=1)
                token = (sums < chances[:, place, None] * sums[:, -1:]).sum(1).astype(np.int32)
                found[:, place] = token
            parts.append(found)
        return np.concatenate(parts)

    def nll(self, tokens: np.ndarray) -> np.ndarray:
        """float64 [N, T]: what each token costs, nats. tokens: int [N, T]."""
        parts = []
        for start in range(0, len(tokens), ROWS):
            rows = tokens[start : start + ROWS]
            state, token, found = self.start(len(rows)), np.zeros(len(rows), np.int32), np.zeros(rows.shape)
            for place in range(rows.shape[1]):
                state = self.step(token, state)
                token, weights = rows[:, place], self.weights(state)
                found[:, place] = np.log(weights.sum(1)) - np.log(weights[np.arange(len(rows)), token])
            parts.append(found)
        return np.concatenate(parts)

    def features(self, tokens: np.ndarray) -> np.ndarray:
        """float64 [N, units]: the mean of the LSTM's outputs over a sequence that it reads. tokens: int [N, T]."""
        state, total = self.start(len(tokens)), 0.0
        for place in range(tokens.shape[1]):
            state = self.step(tokens[:, place], state)
            total = total + state[0]
        return (total / tokens.shape[1]).astype(np.float64)

    def start(self, rows: int) -> tuple[np.ndarray, np.ndarray]:
        """Output and memory before the first token."""
        return (np.zeros([rows, UNITS], np.float32),) * 2

    def step(self, token: np.ndarray, state: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Output and memory after a token, int [N]."""
        output, memory = state
        gates = self.embedding[token] @ self.kernel + output @ self.recurrent + self.bias
        into, forget, candidate, out = np.split(gates, 4, axis=1)
        memory = _sigmoid(forget) * memory + _sigmoid(into) * np.tanh(candidate)
        return _sigmoid(out) * np.tanh(memory), memory

    def weights(self, state: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """float32 [N, V]: the chances of the next token times a number of each row. Outputs are within -1 and 1, so
        that no exponent of N(0, 1) weights comes near the largest of float32."""
        weights = state[0] @ self.out
        weights += self.out_bias
        return np.exp(weights, out=weights)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.tanh(x / 2) / 2 + 0.5


@functools.cache
def oracle(vocabulary: int, seed: int) -> Oracle:
    """The network of that seed: the same on every machine."""
    random = np.random.default_rng([seed, 0])
    shapes = [(vocabulary, UNITS), (UNITS, 4 * UNITS), (UNITS, 4 * UNITS), (4 * UNITS,), (UNITS, vocabulary)]
    return Oracle(*(random.standard_normal(shape, np.float32) for shape in (*shapes, (vocabulary,))))


@functools.cache
def sequences(vocabulary: int, length: int, seed: int, split: str, count: int = COUNT) -> np.ndarray:
    """int32 [count, length]: the fixed draws of a split."""
    return oracle(vocabulary, seed).draw(count, length, np.random.default_rng([seed, SPLITS[split]]))


def open_set(data: Text):
    """The first `limit` of the `COUNT` sequences of a split as a `text.TokenSet`. What is held out is of the other
    split, so that the training keeps its size."""
    from ganzoo.data.text import TokenSet

    if data.split not in SPLITS:
        raise BadInput(f"data.split: {data.split!r} of the oracle; allowed: {', '.join(SPLITS)}")
    if data.held_out > COUNT:
        raise BadInput(f"data.held_out: {data.held_out}; allowed: {COUNT:,} of the oracle at most")
    name = f"oracle of {data.vocabulary} tokens, seed {data.seed}"
    other = next(split for split in SPLITS if split != data.split)
    found = [
        TokenSet(name, rows, licence="none, drawn by this project", entries=data.vocabulary)
        for rows in (
            sequences(data.vocabulary, data.length, data.seed, split)[:count]
            for split, count in ((data.split, data.limit), (other, data.held_out))
            if count != 0
        )
    ]
    return dataclasses.replace(found[0], held_out=found[1] if data.held_out else None)
