"""Gated convolutions by hand, and attention that copies what it finds elsewhere."""

import numpy as np
import tensorflow as tf

from ganzoo.layers import gated


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def test_a_gated_convolution_by_hand():
    layer = gated.GatedConv2D(1, 1)
    layer.build((None, 2, 2, 1))
    layer.conv.set_weights([np.float32([[[[2.0, 3.0]]]]), np.float32([0.5, -1.0])])
    made = layer(np.float32([1.0, -1.0]).reshape(1, 1, 2, 1)).numpy().reshape(-1)
    wanted = [2.5 / (1 + np.exp(-2.0)), (np.exp(-1.5) - 1) / (1 + np.exp(4.0))]
    np.testing.assert_allclose(made, wanted, rtol=1e-5)


def test_borders_are_mirrored():
    layer = gated.GatedConv2D(3, 3, dilation=2)
    x = np.full([1, 9, 7, 2], 0.7, np.float32)
    made = layer(x).numpy()
    assert made.shape == (1, 9, 7, 3)
    np.testing.assert_allclose(made, np.broadcast_to(made[:, 4:5, 3:4], made.shape), rtol=1e-5)


def test_a_step_of_two_halves_and_is_told_so():
    layer = gated.GatedConv2D(3, 3, strides=2)
    for height, width in ((8, 6), (9, 7)):
        shape = layer(draw(1, height, width, 2)).shape
        assert shape == layer.compute_output_shape((1, height, width, 2))


def test_attention_copies_the_patch_that_matches():
    # A pattern that repeats after 16 columns: what the hole hid stands 16 columns further on.
    tile = draw(1, 16, 16, 4)
    maps = np.concatenate([tile] * 3, axis=2)
    mask = np.zeros((1, 16, 48, 1), np.float32)
    mask[:, 6:10, 6:10] = 1
    found = gated.ContextualAttention(sharpness=200.0)([maps, mask]).numpy()
    assert found.shape == maps.shape
    np.testing.assert_allclose(found[:, 2:-2, 2:14], maps[:, 2:-2, 2:14], atol=0.05)


def test_attention_takes_nothing_from_the_hole_and_nothing_from_nowhere():
    maps, mask = draw(1, 12, 12, 3), np.zeros((1, 12, 12, 1), np.float32)
    mask[:, 4:8, 4:8] = 1
    other = np.where(mask > 0, maps + 5, maps)
    layer = gated.ContextualAttention()
    # The hole's own patches ask for others, but no place elsewhere is given theirs.
    np.testing.assert_allclose(layer([maps, mask])[:, :1, :1], layer([other, mask])[:, :1, :1], atol=1e-4)
    assert not np.any(layer([maps, np.ones_like(mask)]))


def test_a_flat_map_stays_flat_to_its_edges():
    maps, mask = np.ones((1, 8, 10, 2), np.float32), np.zeros((1, 8, 10, 1), np.float32)
    found = gated.ContextualAttention()([maps, mask]).numpy()
    # Patches at an edge reach beyond it, where there is 0.
    np.testing.assert_allclose(found[:, 2:-2, 2:-2], 1, atol=0.35)
    assert np.all(found > 0) and tf.reduce_max(found) <= 1.001
