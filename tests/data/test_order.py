"""Order is a pure function of (seed, images seen), in every way of running it."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo.data import order


@pytest.mark.parametrize("count", [1, 2, 3, 7, 100, 101, 1000])
def test_every_epoch_shows_every_image_once(count):
    indices = order.index(tf.range(3 * count, dtype=tf.int64), count, seed=5).numpy().reshape(3, count)
    for epoch in indices:
        assert sorted(epoch) == list(range(count))


def test_epochs_and_seeds_differ():
    first = order.index(tf.range(200, dtype=tf.int64), 100, seed=0).numpy()
    other = order.index(tf.range(200, dtype=tf.int64), 100, seed=1).numpy()
    large = order.index(tf.range(200, dtype=tf.int64), 100, seed=2**32).numpy()
    pairs = [(first[:100], first[100:]), (first, other), (first, large), (first[:100], np.arange(100))]
    pairs += [(first[100:], other[:100]), (first[:100], other[100:])]  # nor those of the next seed an epoch apart
    for one, two in pairs:
        assert (one == two).mean() < 0.1


def test_every_image_stands_anywhere_and_next_to_any():
    # 4,000 epochs of 10: each of the 100 (place, image) pairs and each of the 90 neighbours is expected 400 times.
    count, epochs = 10, 4000
    indices = order.index(tf.range(count * epochs, dtype=tf.int64), count, seed=3).numpy().reshape(epochs, count)
    places = np.zeros((count, count))
    np.add.at(places, (np.arange(count)[None, :], indices), 1)
    neighbours = np.zeros((count, count))
    np.add.at(neighbours, (indices[:, :-1], indices[:, 1:]), 1)
    assert np.abs(places - 400).max() < 6 * 20  # six standard deviations
    off_diagonal = neighbours[~np.eye(count, dtype=bool)]
    assert np.abs(off_diagonal - 400).max() < 6 * 20


def test_coin_is_fair_and_not_the_order():
    positions = tf.range(20_000, dtype=tf.int64)
    coins = order.coin(positions, seed=7).numpy()
    assert abs(coins.mean() - 0.5) < 0.02
    early = order.index(positions, 20_000, seed=7).numpy() < 10_000
    assert abs((coins == early).mean() - 0.5) < 0.02
    assert abs((coins == order.coin(positions + 20_000, seed=7).numpy()).mean() - 0.5) < 0.02


def test_xla_gives_the_same_order():
    positions = tf.constant([0, 999, 1000, 5 * 10**9, 2**40], tf.int64)

    def both(positions):
        return order.index(positions, 1000, 11), order.coin(positions, 11)

    plain, compiled = tf.function(both)(positions), tf.function(both, jit_compile=True)(positions)
    assert all(np.array_equal(one, two) for one, two in zip(plain, compiled, strict=True))


def test_order_is_what_it_always_was():
    # A change here breaks the resumption of every run that exists.
    indices = order.index(tf.range(8, dtype=tf.int64), 10_000, seed=0).numpy().tolist()
    assert indices == [5416, 3680, 4715, 2219, 9239, 6993, 3004, 2193]
