"""Metrics: distances between generated and real images, each named by its protocol. Importing does not load TensorFlow.

`parse("fd10k_lenet")` checks a name, `check(names, reals)` also that the images suit; `evaluate(names, fakes, reals)`
computes values with their floors and ceilings. `keep_features` writes those of real images to a file, which
`feature_file.read` gives in their place.
"""

from ganzoo.metrics.evaluation import check, evaluate, keep_features
from ganzoo.metrics.protocol import Protocol, higher, parse

__all__ = ["Protocol", "check", "evaluate", "higher", "keep_features", "parse"]
