"""Standing statistics: batch norm's moments of a trained network, taken anew from its own batches.

Brock et al. 2019, "Large scale GAN training for high fidelity natural image synthesis", arXiv 1809.11096, section 3:
the moments that moved along in training are those of older weights, and of a network whose weights are an average they
are those of another network.
"""

from collections.abc import Iterable

import keras
import tensorflow as tf

from ganzoo.layers import normalization


def statistics(network: keras.Model, batches: Iterable[dict[str, tf.Tensor]]):
    """Replace the kept moments of all batch norms of `network` by the means of those of `batches`, its inputs.

    The network runs in training mode, outside of a graph: what else moves there, as the vectors of spectral norm, moves
    too. Nothing happens where there is no batch norm.
    """
    norms = list(_norms(network))
    if not norms:
        return
    kept = [norm.momentum for norm in norms]
    try:
        for count, inputs in enumerate(batches):
            for norm in norms:
                norm.momentum = count / (count + 1)  # the moving mean is then that of all batches
            network(inputs, training=True)
    finally:
        for norm, momentum in zip(norms, kept, strict=True):
            norm.momentum = momentum


def _norms(layer) -> Iterable[normalization.Normalization]:
    if isinstance(layer, normalization.Normalization):
        yield layer
    for inner in layer.layers if isinstance(layer, keras.Model) else ():
        yield from _norms(inner)
