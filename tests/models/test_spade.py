"""SPADE: its equation, its blocks, and how label maps are reduced."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.data.images import Spec
from ganzoo.data.pairs import PairSpec
from ganzoo.layers import spectral
from ganzoo.models.translation import spade

NETS = spade.Spade(width=2, d_width=2, ups=2, hidden=3, stages=1)


def conv(size, given, made, bias=True):
    return size * size * given * made + made * bias


def count(network):
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_variables)


def normalised(x, norm):
    axes = (0, 1, 2) if norm == "batch" else (1, 2)
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + 1e-5)


def by_hand(x, layer):
    """A 3x3 convolution of x as a sum of nine products."""
    kernel, bias = layer.get_weights()
    padded = np.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)])
    height, width = x.shape[1:3]
    return bias + sum(
        padded[:, top : top + height, left : left + width] @ kernel[top, left] for top in range(3) for left in range(3)
    )


@pytest.mark.parametrize("norm", ["batch", "instance"])
def test_the_equation_by_hand(norm):
    maps, labels = keras.Input((6, 8, 4)), keras.Input((6, 8, 2))
    nets = spade.Spade(hidden=3, norm=norm)
    network = keras.Model([maps, labels], spade.spade(maps, labels, nets))
    draw = np.random.default_rng(0)
    for weight in network.trainable_variables:
        weight.assign(draw.normal(0, 0.5, weight.shape))
    x, a = draw.normal(2, 3, (3, 6, 8, 4)).astype(np.float32), draw.normal(0, 1, (3, 6, 8, 2)).astype(np.float32)
    shared = next(layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D))
    scale, shift = (tensor._keras_history.operation for tensor in network.layers[-1].input[1:])
    hidden = np.maximum(by_hand(a, shared), 0)
    gamma, beta = by_hand(hidden, scale), by_hand(hidden, shift)
    expected = normalised(x, norm) * (1 + gamma) + beta
    np.testing.assert_allclose(network([x, a], training=True), expected, rtol=1e-3, atol=1e-4)
    for weight in network.trainable_variables:
        weight.assign(tf.zeros_like(weight))
    np.testing.assert_allclose(network([x, a], training=True), normalised(x, norm), rtol=1e-3, atol=1e-4)


def test_moments_of_training_serve():
    layer = spade.Moments()
    x = tf.random.stateless_normal([4, 8, 8, 2], [0, 1]) * 3 + 1
    for _ in range(100):
        layer(x, training=True)
    np.testing.assert_allclose(layer(x[:1]), layer(x, training=True)[:1], atol=0.02)
    assert np.array_equal(layer(x)[:1], layer(x[:1])) and layer.trainable_variables == []


def test_labels_are_reduced_to_pixels_that_are_there():
    labels = tf.reshape(tf.range(4 * 6, dtype=tf.float32), [1, 4, 6, 1])
    assert spade.reduced(labels, 1) is labels
    assert spade.reduced(labels, 2).numpy()[0, ..., 0].tolist() == [[0, 2, 4], [12, 14, 16]]
    assert spade.Every(4).compute_output_shape((None, None, 8, 3)) == (None, None, 2, 3)


def test_parameters_layer_by_layer():
    nets = spade.Spade(width=4, ups=3, hidden=5)

    def norm(channels):
        return conv(3, 3, 5) + 2 * conv(3, 5, channels)

    def block(given, made):
        total = norm(given) + conv(3, given, min(given, made)) + norm(min(given, made))
        total += conv(3, min(given, made), made)
        return total + (norm(given) + conv(1, given, made, bias=False) if given != made else 0)

    network = spade.generator(nets, (32, 16), given=3, made=1)
    total = conv(3, 3, 16) + 3 * block(16, 16) + block(16, 8) + block(8, 4) + conv(3, 4, 1)
    assert count(network) == total and network.output.shape == (None, 32, 16, 1)
    judge = spade.discriminator(spade.Spade(d_width=4), 6, (48, 48))
    one = conv(4, 6, 4) + conv(4, 4, 8, False) + conv(4, 8, 16, False) + conv(4, 16, 32, False) + conv(4, 32, 1)
    assert count(judge) == 2 * one


def test_blocks_double_from_the_coarsest_map_on():
    network = spade.generator(NETS, (16, 24), given=3, made=3)
    convolutions = [layer for layer in network.layers if isinstance(layer, spectral.SpectralConv2D)]
    sizes = [(*layer.output.shape[1:3], layer.filters) for layer in convolutions if layer.kernel_size == 3]
    assert sizes == [(4, 6, 4)] * 2 + [(8, 12, 4)] * 4 + [(16, 24, 2)] * 2


def test_what_is_normalised_spectrally():
    game = NETS.build(PairSpec(Spec(16, 16, 3), Spec(16, 16, 3), aligned=True))
    kinds = {
        net.name: [
            isinstance(layer, spectral.SpectralConv2D)
            for layer in net.layers
            if isinstance(layer, (spectral.SpectralConv2D, keras.layers.Conv2D))
        ]
        for net in (game.discriminator, game.networks["a2b"])
    }
    # Two scales of first, inner and last; of G two in each of four blocks and the shortcut of the last one.
    assert sum(kinds["discriminator"]) == 2 and len(kinds["discriminator"]) == 6
    assert sum(kinds["generator"]) == 9


def test_a_patch_of_d_is_that_of_the_plain_convolution_over_sigma():
    layer = spade.SpectralPatch(3, 2)
    x = tf.random.stateless_normal([1, 10, 8, 2], [0, 1])
    for _ in range(50):
        made = layer(x, training=True)
    kernel = layer.kernel.numpy()
    sigma = np.linalg.svd(kernel.reshape(-1, 3), compute_uv=False)[0]
    np.testing.assert_allclose(made, tf.nn.conv2d(x, kernel / sigma, 2, "VALID"), rtol=1e-3, atol=1e-4)
    assert layer.compute_output_shape(x.shape) == made.shape and layer.bias is None


def test_two_label_maps_make_two_images():
    game = NETS.build(PairSpec(Spec(16, 16, 3), Spec(16, 16, 1), aligned=True))
    network, draw = game.networks["a2b"], np.random.default_rng(2)
    for weight in network.trainable_variables:
        weight.assign(draw.normal(0, 0.3, weight.shape))
    image = np.zeros((2, 16, 16, 3), np.float32)
    image[1, 4:9, 5:12] = 1
    first, second = network({"image": image}, training=False).numpy()
    assert np.abs(first - second).max() > 0.01
