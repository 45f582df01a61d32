"""An LSTM that writes: the network of SeqGAN, MaliGAN and of maximum likelihood."""

import dataclasses

import keras
import tensorflow as tf

from ganzoo.data.text import TokenSpec
from ganzoo.text import Writer


@dataclasses.dataclass(frozen=True)
class LSTM:
    """embedding: numbers for a token; units: of the LSTM; deviation: of every weight at the beginning, biases included
    (SeqGAN's own; Yu et al. 2017, arXiv 1609.05473, in their code)."""

    embedding: int = 32
    units: int = 32
    deviation: float = 0.1

    def writer(self, spec: TokenSpec) -> Writer:
        """{"tokens": int [B, T]} -> logits [B, T, vocabulary]."""

        def normal():
            return keras.initializers.RandomNormal(stddev=self.deviation)

        return Writer(
            keras.layers.Embedding(spec.vocabulary, self.embedding, embeddings_initializer=normal()),
            Cell(self.embedding, self.units, normal),
            keras.layers.Dense(
                spec.vocabulary, kernel_initializer=normal(), bias_initializer=normal(), dtype="float32"
            ),
        )


class Cell(keras.layers.Layer):
    """Hochreiter & Schmidhuber 1997 with a forget gate: x [B, E], [h, c] -> h [B, units], [h, c]."""

    def __init__(self, given: int, units: int, initializer, **kwargs):
        """given: E. initializer: makes one for each weight."""
        super().__init__(**kwargs)
        self.units = units
        self.kernel = self.add_weight(name="kernel", shape=(given + units, 4 * units), initializer=initializer())
        self.bias = self.add_weight(name="bias", shape=(4 * units,), initializer=initializer())
        self.built = True

    def start(self, rows: tf.Tensor) -> list[tf.Tensor]:
        return [tf.zeros([rows, self.units], self.compute_dtype)] * 2

    def call(self, x, states):
        output, memory = states
        gates = tf.matmul(tf.concat([x, output], axis=1), self.kernel) + self.bias
        into, forget, candidate, out = tf.split(gates, 4, axis=1)
        memory = tf.sigmoid(forget) * memory + tf.sigmoid(into) * tf.tanh(candidate)
        output = tf.sigmoid(out) * tf.tanh(memory)
        return output, [output, memory]


PAPER = LSTM()
