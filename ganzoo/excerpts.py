"""What a game of sentences shows of itself while it trains: sentences of fixed seeds, and metrics."""

from collections.abc import Callable, Sequence

import numpy as np
import PIL.Image
import tensorflow as tf

import ganzoo.recipe
from ganzoo import sentences, text
from ganzoo.data.text import page
from ganzoo.metrics import text as measures

SHOWN = 24  # sentences
ROWS = 250  # of held-out sentences at once


class Excerpts:
    """Of one model in training; all of it from the weights that the model has when it is asked."""

    def __init__(self, model: text.TextGAN, images, recipe: ganzoo.recipe.Recipe, fresh: Callable[[], text.TextGAN]):
        """images: the `ganzoo.data.text.TokenSet` of the training. Raises BadInput for metrics that these sentences
        cannot have."""
        self.model, self.images, self.recipe = model, images, recipe
        measures.check(recipe.metrics, images, recipe.data)
        self.author = model.served()
        self.sentences = sentences.Sentences(self.author.signature, self.author.facts)

    def lines(self) -> list[str]:
        """The sentences of fixed seeds at temperature 1."""
        self.author.refresh()
        return self.sentences.write(range(SHOWN))["text"]

    def picture(self) -> PIL.Image.Image:
        """`lines` as a picture."""
        return page(self.lines())

    def originals(self) -> PIL.Image.Image:
        """As many of the data."""
        return page([self.images.spec.sentence(row) for row in self.images.images[:SHOWN]])

    def judge(self, names: Sequence[str] | None = None) -> dict[str, dict]:
        """The metrics of `names`, None = the recipe's, see `metrics.text`."""
        self.author.refresh()
        written = measures.Written(self._write, self._cost, self.images, self.recipe.data)
        return measures.evaluate(self.recipe.metrics if names is None else names, written)

    def measure(self) -> dict[str, float]:
        """Nothing is measured for the diagnosis."""
        return {}

    def _write(self, count: int, temperature: float) -> np.ndarray:
        return self.sentences.write(range(count), temperature, signature="batch")["token_ids"]

    def _cost(self, tokens: np.ndarray, temperature: float) -> np.ndarray:
        parts = [
            -text.likelihood(self.author.writer, tf.constant(tokens[start : start + ROWS]), temperature).numpy()
            for start in range(0, len(tokens), ROWS)
        ]
        return np.concatenate(parts)
