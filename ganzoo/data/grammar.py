"""A grammar whose sentences can be checked: formulas such as ( x + x ) * x.

S -> x | ( S ) | S op S, with + - * / for op. What is right or wrong needs no reference, so that a model that writes
formulas is judged by the share that parses and by how many different ones it writes.
"""

import numpy as np

from ganzoo.errors import BadInput
from ganzoo.recipe import Text

COUNT = 10_000
OPERATORS = "+-*/"
SPLITS = {"train": 1, "test": 2}


def lines(data: Text) -> tuple[list[str], str, str]:
    """`COUNT` formulas of at most `length` tokens, drawn by the seed; those of the test are drawn by another stream."""
    if data.split not in SPLITS:
        raise BadInput(f"data.split: {data.split!r} of the grammar; allowed: {', '.join(SPLITS)}")
    random, found = np.random.default_rng([data.seed, SPLITS[data.split]]), []
    while len(found) < COUNT:
        tokens = _formula(random, data.length)
        if len(tokens) <= data.length:
            found.append(" ".join(tokens))
    return found, "none, drawn by this project", ""


def _formula(random: np.random.Generator, most: int) -> list[str]:
    """One S; one that grows beyond `most` is given up, which its length tells."""
    choice = random.random()
    if choice < 0.4 or most < 3:
        return ["x"]
    if choice < 0.6:
        return ["(", *_formula(random, most - 2), ")"]
    left = _formula(random, most - 2)
    return [*left, OPERATORS[random.integers(4)], *_formula(random, most - len(left) - 1)]


def valid(sentence: str) -> bool:
    """Whether a sentence, tokens with or without spaces between them, is an S."""
    depth, wants = 0, True  # whether an operand is to come
    for token in sentence.replace(" ", ""):
        if wants and token == "(":
            depth += 1
        elif wants and token == "x":
            wants = False
        elif not wants and token == ")" and depth:
            depth -= 1
        elif not wants and token in OPERATORS:
            wants = True
        else:
            return False
    return not wants and depth == 0
