"""Metrics: distances between generated and real images, each named by its protocol. Importing does not load TensorFlow.

`parse("fd10k_lenet")` checks a name, `check(names, reals)` also that the images suit; `evaluate(names, fakes, reals)`
computes values with their floors and ceilings.
"""

from ganzoo.metrics.evaluation import check, evaluate
from ganzoo.metrics.protocol import Protocol, higher, parse

__all__ = ["Protocol", "check", "evaluate", "higher", "parse"]
