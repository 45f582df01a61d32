"""The Python door to a trained writer, a run folder or an exported model.

author = ganzoo.sentences.load("saved_models/mle_wordnet")
author.write(range(4), temperature=0.8)  # four sentences, each a function of its seed alone
"""

import json
import os
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from ganzoo import export
from ganzoo.author import LEAST, MOST
from ganzoo.errors import BadInput
from ganzoo.samplers import seeds_of

ROWS = 500  # sentences a call


class Sentences:
    """signature: name of a signature of `ganzoo.author` -> its function. card: what is known of the model."""

    def __init__(self, signature: Callable[[str], Callable], card: dict[str, Any]):
        self._signature, self.card = signature, card

    def write(
        self, seed: Sequence[int], temperature: float = 1.0, top_k: int = 0, signature: str = "serving_default"
    ) -> dict[str, np.ndarray]:
        """{"text": N strings, "token_ids": int32 [N, T], "length": int32 [N], "log_prob": float32 [N]} of N seeds.

        Raises BadInput for a temperature outside `author.LEAST` .. `author.MOST`, a top_k that is negative or beyond
        32 bits, and seeds that are not whole numbers of 64 bits.
        """
        check(temperature, top_k)
        seeds, parts = seeds_of(seed), []
        for start in range(0, max(len(seeds), 1), ROWS):
            some = tf.constant(seeds[start : start + ROWS])
            rows = some.shape[0]
            asked = {"temperature": tf.fill([rows], np.float32(temperature)), "top_k": tf.fill([rows], np.int32(top_k))}
            parts.append(self._signature(signature)(seed=some, **asked))
        found = {name: np.concatenate([part[name].numpy() for part in parts]) for name in parts[0]}
        return found | {"text": [each.decode() for each in found["text"]]}


def check(temperature: float, top_k: int):
    """Raises BadInput."""
    if not LEAST <= temperature <= MOST:
        raise BadInput(f"temperature: {temperature:g}; allowed: {LEAST:g} to {MOST:g}")
    if not 0 <= top_k <= np.iinfo(np.int32).max:
        raise BadInput(f"top_k: {top_k}; allowed: 0 (all tokens) to {np.iinfo(np.int32).max}")


def writes(source: str | os.PathLike) -> bool:
    """Whether a run folder or an export is of a game of sentences; False where it is neither."""
    path = pathlib.Path(source)
    try:
        if (path / "recipe.json").is_file():
            return "words" in json.loads((path / "recipe.json").read_text(encoding="utf-8"))["image"]
    except (OSError, ValueError, KeyError):
        return False  # whoever reads it says what is wrong
    return export.states(path, "words")


def load(source: str | os.PathLike) -> Sentences:
    """The writer of a run folder (newest good checkpoint) or of an export (newest version). Raises BadInput."""
    path = pathlib.Path(source)
    if not writes(source):
        raise BadInput(f"source: {source} writes no sentences")
    if (path / "recipe.json").is_file():
        from ganzoo import train  # train exports at its end, and so imports this way round

        return of(train.restore(path))
    loaded, card = export.opened(export.find(path))
    return Sentences(lambda name: loaded.signatures[name], card)


def of(model) -> Sentences:
    """Those of a `text.TextGAN` in memory, with the weights that it has now."""
    author = model.served()
    return Sentences(author.signature, author.facts)
