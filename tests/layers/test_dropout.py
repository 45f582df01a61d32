"""Dropout: its law, and that masks repeat where they must and differ where they must."""

import numpy as np
import tensorflow as tf

from ganzoo.layers import dropout

ONES = tf.ones([64, 50])


def test_keeps_the_mean_and_drops_the_rate():
    y = dropout.Dropout(0.2)(tf.ones([400, 500]), training=True).numpy()
    assert set(np.unique(y)) == {0.0, np.float32(1.25)}
    assert abs(np.mean(y == 0) - 0.2) < 0.005


def test_inference_is_the_identity_and_draws_nothing():
    layer = dropout.Dropout(0.5)
    np.testing.assert_array_equal(layer(ONES), ONES)
    assert layer.key[1] == 0


def test_masks_differ_between_calls_and_between_layers():
    first, second = dropout.Dropout(0.5), dropout.Dropout(0.5)
    masks = [first(ONES, training=True), first(ONES, training=True), second(ONES, training=True)]
    assert len({mask.numpy().tobytes() for mask in masks}) == 3


def test_restored_weights_continue_the_sequence():
    layer, other = dropout.Dropout(0.5), dropout.Dropout(0.5)
    layer(ONES, training=True)
    other.build(ONES.shape)
    other.set_weights(layer.get_weights())
    np.testing.assert_array_equal(layer(ONES, training=True), other(ONES, training=True))


def test_same_masks_with_and_without_xla():
    layer = dropout.Dropout(0.5)
    layer.build(ONES.shape)
    start = layer.get_weights()
    masks = []
    for jit in (False, True):
        layer.set_weights(start)
        masks.append(tf.function(lambda: layer(ONES, training=True), jit_compile=jit)())
    np.testing.assert_array_equal(*masks)


def test_two_replicas_share_one_mask_of_the_whole_batch(two_cpus):
    one = dropout.Dropout(0.5)
    one.build(ONES.shape)
    with two_cpus.scope():
        two = dropout.Dropout(0.5)
        two.build(ONES.shape)
    two.set_weights(one.get_weights())
    run = tf.function(lambda: two_cpus.run(lambda: two(tf.ones([32, 50]), training=True)))
    for _ in range(2):
        whole = one(ONES, training=True)
        parts = run()
        np.testing.assert_array_equal(np.concatenate([part.numpy() for part in parts.values]), whole)
