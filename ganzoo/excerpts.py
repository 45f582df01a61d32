"""What a game of sentences shows of itself while it trains: sentences of fixed seeds, and metrics."""

import functools
import io
from collections.abc import Callable, Sequence

import numpy as np
import PIL.Image
import tensorflow as tf

import ganzoo.recipe
from ganzoo import planes, sentences, text
from ganzoo.data.text import page
from ganzoo.metrics import text as measures

SHOWN = 24  # sentences
ROWS = 250  # of held-out sentences at once
LINES = 8  # of a curve, one for each evaluation


class Excerpts:
    """Of one model in training; all of it from the weights that the model has when it is asked."""

    def __init__(self, model: text.TextGAN, images, recipe: ganzoo.recipe.Recipe, fresh: Callable[[], text.TextGAN]):
        """images: the `ganzoo.data.text.TokenSet` of the training. Raises BadInput for metrics that these sentences
        cannot have."""
        self.model, self.images, self.recipe, self.fresh = model, images, recipe, fresh
        measures.check(recipe.metrics, images, recipe.data)
        self.author = model.served()
        self.sentences = sentences.Sentences(self.author.signature, self.author.facts)
        self._ceilings: dict[str, float] = {}

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
        """The metrics of `names`, None = the recipe's, see `metrics.text`. Ceilings are the untrained writer's."""
        self.author.refresh()
        names = self.recipe.metrics if names is None else names
        results = measures.evaluate(names, self._written(self.author))
        for name, result in results.items():
            result["ceiling"] = self._ceiling(name)
        return results

    def curve(self, records: Sequence[dict]) -> PIL.Image.Image | None:
        """Quality against diversity over temperatures, a line for each of the last evaluations; None where no two
        temperatures are measured. records: lines of metrics.jsonl."""
        found = {f"{record['kimg']:g} kimg": measures.plane(record["metrics"]) for record in records[-LINES:]}
        lines = {name: each[1] for name, each in found.items() if each}
        if not lines:
            return None
        axes = next(each[0] for each in found.values() if each)
        file = io.BytesIO()
        planes.draw(lines, axes, "over temperatures", file)
        return PIL.Image.open(file).convert("RGB")

    def _ceiling(self, name: str) -> float:
        if name not in self._ceilings:
            self._ceilings[name] = measures.evaluate((name,), self._untrained)[name]["value"]
        return self._ceilings[name]

    @functools.cached_property
    def _untrained(self) -> measures.Written:
        return self._written(self.fresh().served())

    def _written(self, author) -> measures.Written:
        """What the writer of an `author.Author` makes, and what sentences cost it."""
        made = sentences.Sentences(author.signature, author.facts)

        def write(count: int, temperature: float) -> np.ndarray:
            return made.write(range(count), temperature, signature="batch")["token_ids"]

        def cost(tokens: np.ndarray, temperature: float) -> np.ndarray:
            parts = [
                -text.likelihood(author.writer, tf.constant(tokens[start : start + ROWS]), temperature).numpy()
                for start in range(0, len(tokens), ROWS)
            ]
            return np.concatenate(parts)

        return measures.Written(write, cost, self.images, self.recipe.data)

    def measure(self) -> dict[str, float]:
        """Nothing is measured for the diagnosis."""
        return {}
