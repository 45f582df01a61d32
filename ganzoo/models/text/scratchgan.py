"""ScratchGAN: a game from scratch, without learning the likelihood first, on a reward for each token.

de Masson d'Autume et al. 2019, "Training language GANs from scratch", arXiv 1905.09922, sections 3 and 4: a recurrent D
judges every prefix, a token is rewarded by all that follows it, discounted, over an average of rewards; large batches
carry the gradient. Differences: tokens have learned embeddings only, where the authors have GloVe's beside them, D has
no marks of place, and its LSTM no layer norm; no weight decay of D, one layer of each LSTM, no embeddings that the
writer's last layer shares, and D's loss is the sum of its two halves.
"""

import dataclasses
from typing import Any

import keras
import tensorflow as tf

from ganzoo import text
from ganzoo.data.text import TokenSpec
from ganzoo.gan import Batch, Terms, rows
from ganzoo.models.text.lstm import LSTM
from ganzoo.models.text.seqgan import policy_loss

NETS = LSTM(64, 64)


@dataclasses.dataclass(frozen=True)
class Prefixes:
    """A critic with an opinion at each token. embedding: numbers for a token; units: of its LSTM."""

    embedding: int = 64
    units: int = 64
    dropout: float = 0.1

    def critic(self, spec: TokenSpec) -> keras.Model:
        """{"tokens": int [B, length]} -> float32 logits [B, length]: of the tokens as far as each."""
        tokens = keras.Input((spec.length,), dtype="int32", name="tokens")
        x = keras.layers.Embedding(spec.vocabulary, self.embedding)(tokens)
        x = keras.layers.Dense(self.units)(keras.layers.Dropout(self.dropout)(x))
        x = keras.layers.LSTM(self.units, return_sequences=True, unroll=True)(x)
        logits = keras.layers.Dense(1, dtype="float32")(x)
        return keras.Model({"tokens": tokens}, keras.layers.Reshape((spec.length,), dtype="float32")(logits))


PREFIXES = Prefixes()


@dataclasses.dataclass(frozen=True)
class ScratchGAN:
    """nets: a value with `writer(spec)`; critic: one with `critic(spec)` and a logit at each token. discount: of the
    reward of the next token. renewal: how much of the average of rewards each batch replaces."""

    nets: Any = NETS
    critic: Any = PREFIXES
    discount: float = 0.23
    renewal: float = 0.92

    def build(self, spec: TokenSpec) -> "PrefixGame":
        return PrefixGame(self, spec)


class PrefixGame(text.TextGAN):
    """Batches {"tokens": int32 [B, T]}."""

    g_terms = ("adv",)
    stats = (*text.TextGAN.stats, "d_accuracy_real", "d_accuracy_fake", "reward")

    def __init__(self, choice: ScratchGAN, spec: TokenSpec, **kwargs):
        super().__init__(lambda: choice.nets.writer(spec), spec, **kwargs)
        self.choice = choice
        self.discriminator = choice.critic.critic(spec)
        self.usual = self.add_weight(name="usual", initializer="zeros", trainable=False, aggregation="mean")

    @property
    def d_nets(self):
        return (self.discriminator,)

    def d_loss(self, batch: Batch) -> Terms:
        real, fake = batch["tokens"], self.written(rows(batch), "d")[0]
        logits = self.discriminator({"tokens": tf.concat([real, fake], axis=0)}, training=True)
        # Behind the end of a sentence opinions are none: they cost a constant, as the authors' do.
        masks = [text.seen(tokens, self.tokens.ends) for tokens in (real, fake)]
        seen, made = (each * mask for each, mask in zip(tf.split(logits, 2), masks, strict=True))
        for name, right, mask in zip(("real", "fake"), (seen > 0, made <= 0), masks, strict=True):
            share = tf.reduce_sum(mask * tf.cast(right, tf.float32)) / tf.reduce_sum(mask)
            self.observe(f"d_accuracy_{name}", share)
        return {"adv": self.adversarial.d(seen, made)}

    def g_loss(self, batch: Batch) -> Terms:
        tokens = tf.stop_gradient(self.written(rows(batch), "g")[0])
        mask = text.seen(tokens, self.tokens.ends)
        opinions = self.discriminator({"tokens": tokens}, training=False)
        returns = tf.stop_gradient(self.returns(2 * tf.sigmoid(opinions) - 1, mask))
        mean = tf.reduce_sum(mask * returns) / tf.reduce_sum(mask)
        self.observe("reward", mean)
        self.usual.assign(self.usual + self.choice.renewal * (mean - self.usual))
        loss = policy_loss(text.likelihood(self.writer, tokens), returns - self.usual, mask)
        return {"adv": loss / tf.reduce_sum(mask)}

    def returns(self, rewards: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        """float32 [B, T]: of each token its reward and those of what follows, discounted (section 3)."""
        total, found = tf.zeros_like(rewards[:, 0]), []
        for place in reversed(range(rewards.shape[1])):
            total = mask[:, place] * rewards[:, place] + self.choice.discount * total
            found.append(total)
        return tf.stack(found[::-1], axis=1)
