"""Networks that judge sentences."""

import dataclasses

import keras
import tensorflow as tf

from ganzoo.data.text import TokenSpec


@dataclasses.dataclass(frozen=True)
class TextCNN:
    """SeqGAN's discriminator: filters over every run of so many tokens, the highest answer of each, a highway layer.

    Kim 2014, arXiv 1408.5882; Srivastava et al. 2015, arXiv 1505.00387; Yu et al. 2017, arXiv 1609.05473, section 3.4
    and the widths of their appendix, of which those longer than the sentences are left out. embedding: numbers for a
    token; widths: of the runs, tokens; filters: of each width; dropout: before the last layer.
    """

    embedding: int = 64
    widths: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20)
    filters: tuple[int, ...] = (100, 200, 200, 200, 200, 100, 100, 100, 100, 100, 160, 160)
    dropout: float = 0.25

    def critic(self, spec: TokenSpec) -> keras.Model:
        """{"tokens": int [B, length]} -> float32 logits [B]; the last layer is called "logit"."""
        tokens = keras.Input((spec.length,), dtype="int32", name="tokens")
        x = keras.layers.Embedding(spec.vocabulary, self.embedding, embeddings_initializer=_uniform())(tokens)
        found = []
        for width, filters in zip(self.widths, self.filters, strict=True):
            if width <= spec.length:
                made = keras.layers.Conv1D(
                    filters, width, kernel_initializer=_truncated(), bias_initializer=_tenth(), activation="relu"
                )(x)
                found.append(keras.layers.GlobalMaxPooling1D()(made))
        x = keras.layers.Concatenate()(found) if len(found) > 1 else found[0]
        x = keras.layers.Dropout(self.dropout)(Highway()(x))
        logit = keras.layers.Dense(1, name="logit", dtype="float32")(x)
        return keras.Model({"tokens": tokens}, keras.layers.Reshape((), dtype="float32")(logit), name="critic")


class Highway(keras.layers.Layer):
    """[B, C] -> [B, C]: gate * relu(W x + b) + (1 - gate) * x."""

    def build(self, shape):
        self.change = keras.layers.Dense(shape[-1], "relu")
        self.gate = keras.layers.Dense(shape[-1], "sigmoid")
        self.change.build(shape)
        self.gate.build(shape)

    def call(self, x):
        gate = self.gate(x)
        return gate * self.change(x) + (1 - gate) * x

    def compute_output_shape(self, shape):
        return shape


def last_weights(critic: keras.Model) -> tf.Tensor:
    """float32 []: half the sum of squares of the last layer's weights, which SeqGAN holds down."""
    return tf.add_n([tf.nn.l2_loss(weight) for weight in critic.get_layer("logit").trainable_weights])


def _uniform():
    return keras.initializers.RandomUniform(-1.0, 1.0)


def _truncated():
    return keras.initializers.TruncatedNormal(stddev=0.1)


def _tenth():
    return keras.initializers.Constant(0.1)
