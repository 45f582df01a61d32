"""Instance norm whose statistics can be read from one image and given to parts of another.

Instance norm makes every pixel depend on the whole image, so parts of an image that go through a network one by one do
not fit together. With the statistics of one image, mostly the whole in small, given to all parts, they do: thumbnail
instance normalisation (Chen et al. 2022, arXiv 2103.11784, section 3.3).
"""

import contextlib
import contextvars
import functools
from collections.abc import Callable

import keras
import tensorflow as tf

# What the layers do while a network is called: None = as in training, else a function (layer, x) -> y.
_instead = contextvars.ContextVar("instead", default=None)


class InstanceNorm(keras.layers.GroupNormalization):
    """Each map [H, W] of [B, H, W, C] to mean 0 and variance 1 (Ulyanov et al. 2016, arXiv 1607.08022), without
    learned factors; float32 inside, with PyTorch's epsilon."""

    def __init__(self, **kwargs):
        super().__init__(groups=-1, epsilon=1e-5, center=False, scale=False, **kwargs)

    def call(self, x):
        instead = _instead.get()
        return super().call(x) if instead is None else instead(self, x)


def layers(network: keras.Model) -> list[InstanceNorm]:
    """Of a network, in the order in which their statistics stand in a vector."""
    found = []
    for layer in network.layers:
        found += layers(layer) if isinstance(layer, keras.Model) else [layer] * isinstance(layer, InstanceNorm)
    return found


def sizes(network: keras.Model) -> list[int]:
    """How many statistics each of the `layers` has: a mean and a variance for each of its maps."""
    return [2 * layer.groups for layer in layers(network)]


def statistics(network: keras.Model, inputs: dict[str, tf.Tensor], call: Callable | None = None) -> tf.Tensor:
    """float32 [B, S] of B images: in the layers' order means and then variances, S = the sum of `sizes`.

    call: inputs -> what the network makes of them, with other weights than its own; None = with its own.
    """
    found = {}

    def read(layer, x):
        mean, variance = tf.nn.moments(tf.cast(x, tf.float32), [1, 2])
        found[layer] = tf.concat([mean, variance], axis=1)
        return _normalized(layer, x, found[layer])

    with _replaced(read):
        (call or functools.partial(network, training=False))(inputs)
    return tf.concat([found[layer] for layer in layers(network)], axis=1)


def frozen(
    network: keras.Model, inputs: dict[str, tf.Tensor], values: tf.Tensor, call: Callable | None = None
) -> tf.Tensor:
    """What the network makes of B images with the statistics `values`, float32 [B, S]. call: as of `statistics`."""
    given = dict(zip(layers(network), tf.split(values, sizes(network), axis=1), strict=True))
    with _replaced(lambda layer, x: _normalized(layer, x, given[layer])):
        return (call or functools.partial(network, training=False))(inputs)


@contextlib.contextmanager
def _replaced(instead):
    before = _instead.set(instead)
    try:
        yield
    finally:
        _instead.reset(before)


def _normalized(layer: InstanceNorm, x: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    mean, variance = tf.split(values[:, None, None, :], 2, axis=3)
    factor = tf.math.rsqrt(variance + layer.epsilon)
    return tf.cast(tf.cast(x, tf.float32) * factor - mean * factor, x.dtype)
