"""ganzoo: GANs for TensorFlow and Keras 3 that train, resume, judge themselves and are served.

`ganzoo.load(SOURCE)` opens a run folder or an exported model. Importing the package does not import TensorFlow.
"""

__version__ = "0.1.0"


def load(source):
    """The generator of a run folder or of an exported model, see `ganzoo.samplers.load`."""
    from ganzoo import samplers

    return samplers.load(source)
