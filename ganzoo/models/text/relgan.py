"""RelGAN: a writer with a relational memory, whose words D sees softened, so that its gradient reaches the writer.

Nie, Narodytska & Patel 2019, "RelGAN: relational generative adversarial networks for text generation" (ICLR 2019):
the memory of Santoro et al. 2018, arXiv 1806.01822, Gumbel-softmax with a sharpness that grows, and a D that judges a
sentence in several embeddings at once, each with a logit, by the relativistic loss. Differences: layer norm is of each
row of the memory (the authors' TensorFlow normalises over rows too), and the growth of the sharpness ends where the
recipe says, where the authors' schedule has 5,000 steps whatever the length.
"""

import dataclasses
from typing import Any

import keras
import tensorflow as tf

from ganzoo import text
from ganzoo.data.text import TokenSpec
from ganzoo.errors import BadInput
from ganzoo.gan import Batch, Terms, rows
from ganzoo.models.text.critics import Highway
from ganzoo.models.text.seqgan import LEARNER


@dataclasses.dataclass(frozen=True)
class Memory:
    """A writer of one row of memory: heads x size numbers. embedding: numbers for a token."""

    embedding: int = 32
    heads: int = 2
    size: int = 256

    def writer(self, spec: TokenSpec) -> text.Writer:
        """{"tokens": int [B, T]} -> logits [B, T, vocabulary]."""
        return text.Writer(
            keras.layers.Embedding(
                spec.vocabulary,
                self.embedding,
                embeddings_initializer=keras.initializers.TruncatedNormal(stddev=spec.vocabulary**-0.5),
            ),
            Cell(self.embedding, self.heads, self.size),
            _dense(self.heads * self.size, spec.vocabulary, dtype="float32"),
        )


class Cell(keras.layers.Layer):
    """Relational memory of one row, M = heads x size: x [B, E], [memory [B, M]] -> output [B, M], [memory].

    Memory and input are two rows that attend to each other; what becomes of the memory's row goes in through gates.
    """

    def __init__(self, given: int, heads: int, size: int, **kwargs):
        super().__init__(**kwargs)
        self.heads, self.size, width = heads, size, heads * size
        self.enter = _dense(given, width)
        self.qkv = _dense(width, 3 * width, use_bias=False)
        self.hidden, self.out = _dense(width, width, activation="relu"), _dense(width, width, activation="relu")
        self.gates_x, self.gates_m = (_dense(width, 2 * width, use_bias=False) for _ in range(2))
        self.norms = [keras.layers.LayerNormalization(epsilon=1e-5) for _ in range(3)]
        for norm, count in zip(self.norms, (3 * width, width, width), strict=True):
            norm.build((None, 2, count))
        self.built = True

    def start(self, rows: tf.Tensor) -> list[tf.Tensor]:
        """The first row of the identity."""
        width = self.heads * self.size
        return [tf.tile(tf.one_hot([0], width, dtype=self.compute_dtype), [rows, 1])]

    def call(self, x, states):
        (memory,) = states
        x = self.enter(x)
        both = tf.stack([memory, x], axis=1)
        attended = self.norms[1](both + self._attended(both))
        changed = self.norms[2](attended + self.out(self.hidden(attended)))[:, 0]
        into, forget = tf.split(self.gates_x(x) + self.gates_m(tf.tanh(memory)), 2, axis=1)
        memory = tf.sigmoid(into) * tf.tanh(changed) + tf.sigmoid(forget + 1) * memory
        return memory, [memory]

    def _attended(self, both: tf.Tensor) -> tf.Tensor:
        """[B, 2, M] -> what each row reads of both."""
        parts = tf.reshape(self.norms[0](self.qkv(both)), [-1, 2, self.heads, 3 * self.size])
        query, key, value = tf.split(tf.transpose(parts, [0, 2, 1, 3]), 3, axis=3)
        # The authors scale by all three sizes together.
        weights = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) * (3 * self.size) ** -0.5)
        return tf.reshape(tf.transpose(tf.matmul(weights, value), [0, 2, 1, 3]), [-1, 2, self.heads * self.size])


def _dense(given: int, units: int, **kwargs) -> keras.layers.Dense:
    layer = keras.layers.Dense(
        units, kernel_initializer=keras.initializers.TruncatedNormal(stddev=given**-0.5), **kwargs
    )
    layer.build((None, given))
    return layer


@dataclasses.dataclass(frozen=True)
class Views:
    """A critic that sees sentences in `views` embeddings of `embedding` / `views` numbers each. filters: of each width;
    widths: of runs of tokens; hidden: units before the last layer."""

    embedding: int = 64
    views: int = 64
    widths: tuple[int, ...] = (2, 3, 4, 5)
    filters: int = 300
    hidden: int = 100
    dropout: float = 0.25

    def critic(self, spec: TokenSpec) -> keras.Model:
        """{"words": float [B, length, vocabulary]} -> float32 logits [B, views]."""
        if self.embedding % self.views:
            raise BadInput(f"model.critic.views: {self.views}; allowed: a divisor of embedding = {self.embedding}")
        words = keras.Input((spec.length, spec.vocabulary), name="words")
        x = _dense(spec.vocabulary, self.embedding, use_bias=False)(words)
        each = self.embedding // self.views
        x = keras.layers.Permute((2, 1, 3))(keras.layers.Reshape((spec.length, self.views, each))(x))
        found = []
        for width in (width for width in self.widths if width <= spec.length):
            made = keras.layers.Conv2D(self.filters, (1, width), activation="relu")(x)  # [B, views, places, filters]
            made = keras.layers.MaxPooling2D((1, made.shape[2]))(made)
            found.append(keras.layers.Reshape((self.views, self.filters))(made))
        x = keras.layers.Concatenate()(found) if len(found) > 1 else found[0]
        x = keras.layers.Dense(self.hidden)(keras.layers.Dropout(self.dropout)(Highway()(x)))
        logits = keras.layers.Dense(1, dtype="float32")(x)
        return keras.Model({"words": words}, keras.layers.Reshape((self.views,), dtype="float32")(logits))


MEMORY, VIEWS = Memory(), Views()


@dataclasses.dataclass(frozen=True)
class RelGAN:
    """nets: a value with `writer(spec)`; critic: one with `critic(spec)` for soft words. sharpness: that of the softmax
    at the end of its growth from 1, which is exponential over `growth` sentences of the game; 0 = all of it at once.
    learning, learner: see `text.TextGAN`."""

    nets: Any = MEMORY
    critic: Any = VIEWS
    sharpness: float = 100.0
    growth: int = 0
    learning: int = 0
    learner: Any = LEARNER

    def build(self, spec: TokenSpec) -> "SoftGame":
        """Raises BadInput for a sharpness below 1."""
        if self.sharpness < 1:
            raise BadInput(f"model.sharpness: {self.sharpness}; allowed: 1 or more")
        return SoftGame(self, spec)


class SoftGame(text.TextGAN):
    """Batches {"tokens": int32 [B, T]}."""

    stats = (*text.TextGAN.stats, "d_accuracy_real", "d_accuracy_fake", "sharpness")

    def __init__(self, choice: RelGAN, spec: TokenSpec, **kwargs):
        super().__init__(lambda: choice.nets.writer(spec), spec, choice.learning, 0, choice.learner, **kwargs)
        self.choice = choice
        self.discriminator = choice.critic.critic(spec)

    @property
    def d_nets(self):
        return (self.discriminator,)

    @property
    def sharpness(self) -> tf.Tensor:
        """float32 []: that of now."""
        if not self.choice.growth:
            return tf.constant(self.choice.sharpness)
        played = tf.cast(tf.maximum(self.progress.images - self.choice.learning, 0), tf.float32)
        return self.choice.sharpness ** tf.minimum(played / self.choice.growth, 1.0)

    def soft(self, count: int, player: str) -> tf.Tensor:
        """float32 [count, T, V]: sentences that the writer makes now, softened up to their ends."""
        shape = [count, self.tokens.length, self.tokens.vocabulary]
        chances = tf.clip_by_value(self.progress.uniform(shape, f"{player}/words"), 1e-7, 1 - 1e-7)
        return self.writer.relax(-tf.math.log(-tf.math.log(chances)), self.sharpness, self.tokens.ends)

    def _judged(self, batch: Batch, player: str) -> tuple[tf.Tensor, tf.Tensor]:
        real = tf.one_hot(batch["tokens"], self.tokens.vocabulary)
        fake = self.soft(rows(batch), player)
        if player == "d":
            fake = tf.stop_gradient(fake)
        logits = self.discriminator({"words": tf.concat([real, fake], axis=0)}, training=True)
        return tuple(tf.reshape(each, [-1]) for each in tf.split(logits, 2))

    def d_loss(self, batch: Batch) -> Terms:
        real, fake = self._judged(batch, "d")
        self.observe("d_accuracy_real", tf.reduce_mean(tf.cast(real > self.adversarial.boundary, tf.float32)))
        self.observe("d_accuracy_fake", tf.reduce_mean(tf.cast(fake <= self.adversarial.boundary, tf.float32)))
        return {"adv": self.adversarial.d(real, fake)}

    def g_loss(self, batch: Batch) -> Terms:
        real, fake = self._judged(batch, "g")
        self.observe("sharpness", self.sharpness)
        return {"adv": self.adversarial.g(fake, real if self.adversarial.relativistic else None)}
