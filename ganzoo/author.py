"""A writer as it is served: seeds in, sentences out, the vocabulary inside the graph.

A run folder is sampled and a SavedModel is written from the same functions, so both give the same sentences:

- serving_default: seed int64 [N], temperature float32 [N], top_k int32 [N] -> text string [N], token_ids int32 [N, T],
  length int32 [N] (tokens before the end), log_prob float32 [N] (of the sentence with its end, in the law that it was
  drawn from: temperature and top_k included)
- score: token_ids int32 [N, T] -> nll float32 [N], what the sentence with its end costs at temperature 1, nats

temperature, `LEAST` to `MOST`, divides the logits; top_k is how many of the likeliest tokens are drawn from, 0 = all,
1 = the likeliest one whatever the seed. Rows are made one by one, so that row i depends on row i alone.
"""

from typing import Any

import keras
import tensorflow as tf

from ganzoo import random, text
from ganzoo.data.text import PUNCTUATION

# Temperatures: far below, float32 has no room for the logits; above, all tokens are as likely as each other.
LEAST, MOST = 1e-4, 1e4
STREAM = 3  # of a seed's draws; 0 and 2 are those of images


class Author:
    """The network that writes of `model`, rebuilt in float32 whatever it was trained in."""

    signatures = ("serving_default", "score")

    def __init__(self, model: text.TextGAN):
        self._model, self.spec = model, model.tokens
        policy = keras.config.dtype_policy()
        keras.config.set_dtype_policy("float32")
        try:
            self.writer = model._built()
        finally:
            keras.config.set_dtype_policy(policy)
        self._traced = {}
        self.refresh()

    def refresh(self):
        """Take over the weights that the model's sampler has now; what was traced stays valid."""
        self.writer.set_weights(self._model.sampler.get_weights())

    @property
    def facts(self) -> dict[str, Any]:
        """What a caller must know, as JSON values; part of the card."""
        return {
            "length": self.spec.length,
            "vocabulary": self.spec.vocabulary,
            "words": self.spec.ends,  # whether tokens stand for words
            "parameters": self.writer.count_params(),
        }

    @property
    def variables(self) -> list[tf.Variable]:
        """What a SavedModel of the signatures must hold."""
        return [variable.value for variable in self.writer.variables]

    def signature(self, name: str):
        """The concrete function of one of `signatures`, traced at its first use; or of "batch", as serving_default but
        all rows at once: faster, and equal to rounding only."""
        if name not in self._traced:
            many = {"seed": tf.int64, "temperature": tf.float32, "top_k": tf.int32}
            specs = {each: tf.TensorSpec([None], kind, each) for each, kind in many.items()}
            if name == "score":
                specs = {"token_ids": tf.TensorSpec([None, self.spec.length], tf.int32, "token_ids")}
            made = {"serving_default": self._each, "batch": self._all, "score": self._score}[name]
            named = tf.function(lambda **inputs: made(**inputs), autograph=False)
            self._traced[name] = named.get_concrete_function(**specs)
        return self._traced[name]

    def _each(self, seed, temperature, top_k):
        inputs = _checked(seed, temperature, top_k)
        kinds = tf.TensorSpec([self.spec.length], tf.int32), tf.TensorSpec([self.spec.length], tf.float32)

        def one(row):
            tokens, costs = self._write(*(each[None] for each in row))
            return tokens[0], costs[0]

        return self._told(*tf.map_fn(one, inputs, fn_output_signature=kinds))

    def _all(self, seed, temperature, top_k):
        return self._told(*self._write(*_checked(seed, temperature, top_k)))

    def _write(self, seed, temperature, top_k):
        length = [self.spec.length]
        chances = tf.map_fn(
            lambda each: random.uniform(length, tf.stack([each, STREAM * tf.ones_like(each)])),
            seed,
            fn_output_signature=tf.TensorSpec(length, tf.float32),
        )
        return self.writer.write(chances, self.spec.ends, temperature, top_k)

    def _told(self, tokens, costs):
        mask = text.seen(tokens, self.spec.ends)
        return {
            "text": self._text(tokens),
            "token_ids": tokens,
            "length": tf.cast(tf.reduce_sum(tf.cast(tokens != text.END, tf.float32) * mask, axis=1), tf.int32)
            if self.spec.ends
            else tf.fill([tf.shape(tokens)[0]], self.spec.length),
            "log_prob": tf.reduce_sum(mask * costs, axis=1),
        }

    def _text(self, tokens):
        if not self.spec.ends:
            return tf.strings.reduce_join(tf.strings.as_string(tokens), axis=1, separator=" ")
        mask = text.seen(tokens, True) > 0
        words = tf.where(mask, tf.gather(tf.constant(self.spec.words), tokens), "")
        found = tf.strings.reduce_join(words, axis=1, separator=self.spec.joint)
        if not self.spec.joint:
            return found
        return tf.strings.regex_replace(tf.strings.strip(found), PUNCTUATION, r"\1")

    def _score(self, token_ids):
        inside = tf.reduce_all((token_ids >= 0) & (token_ids < self.spec.vocabulary))
        says = f"token_ids must be in 0..{self.spec.vocabulary - 1}, got"
        with tf.control_dependencies([tf.debugging.Assert(inside, [says, token_ids], summarize=16)]):
            mask = text.seen(token_ids, self.spec.ends)
        return {"nll": -tf.reduce_sum(mask * text.likelihood(self.writer, token_ids), axis=1)}


def _checked(seed, temperature, top_k):
    """The inputs behind assertions that hold where nobody else looks."""
    lengths = [tf.size(each) for each in (seed, temperature, top_k)]
    same = tf.reduce_all([tf.equal(each, lengths[0]) for each in lengths])
    checks = [
        tf.debugging.Assert(same, ["seed, temperature and top_k must be of one length N, got", *lengths]),
        tf.debugging.Assert(
            tf.reduce_all((temperature >= LEAST) & (temperature <= MOST)),
            [f"temperature must be in {LEAST:g}..{MOST:g}, got", temperature],
        ),
        tf.debugging.Assert(tf.reduce_all(top_k >= 0), ["top_k must be at least 0, got", top_k]),
    ]
    with tf.control_dependencies(checks):
        return tuple(tf.identity(each) for each in (seed, temperature, top_k))
