"""Batch norm: the definition, the statistics, and two replicas against one device."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo.layers import normalization

X = np.random.default_rng(0).normal(2.0, 3.0, (8, 4, 4, 3)).astype("float32")


def by_definition(x, epsilon=1e-5):
    return (x - x.mean((0, 1, 2))) / np.sqrt(x.var((0, 1, 2)) + epsilon)


def test_training_normalizes_by_the_batch_and_moves_the_statistics():
    layer = normalization.BatchNorm(momentum=0.75)
    np.testing.assert_allclose(layer(X, training=True), by_definition(X), atol=1e-5)
    np.testing.assert_allclose(layer.moving_mean, 0.25 * X.mean((0, 1, 2)), rtol=1e-5)
    np.testing.assert_allclose(layer.moving_variance, 0.75 + 0.25 * X.var((0, 1, 2), ddof=1), rtol=1e-5)


def test_inference_uses_the_statistics_and_leaves_them():
    layer = normalization.BatchNorm()
    layer.build(X.shape)
    layer.moving_mean.assign([1.0, 2.0, 3.0])
    layer.moving_variance.assign([4.0, 1.0, 0.25])
    layer.gamma.assign([1.0, 2.0, 3.0])
    layer.beta.assign([0.0, 1.0, 0.0])
    expected = (X - [1, 2, 3]) / np.sqrt(np.array([4, 1, 0.25]) + 1e-5) * [1, 2, 3] + [0, 1, 0]
    np.testing.assert_allclose(layer(X), expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(layer.moving_mean, [1.0, 2.0, 3.0])


def test_conditional_scale_and_offset_are_the_class_s():
    layer = normalization.ConditionalBatchNorm(3)
    label = tf.constant([0, 1, 2, 0, 1, 2, 0, 1])
    layer.build([X.shape, (8,)])
    layer.gamma.assign(np.arange(9.0).reshape(3, 3))
    layer.beta.assign(-np.arange(9.0).reshape(3, 3))
    rows = np.arange(9.0).reshape(3, 3)[label.numpy()][:, None, None, :]
    np.testing.assert_allclose(layer([X, label], training=True), by_definition(X) * rows - rows, atol=1e-4)


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16"])
def test_statistics_and_weights_stay_float32_in_half_precision(dtype):
    layer = normalization.BatchNorm(dtype=dtype)
    y = layer(X, training=True)
    assert y.dtype == layer.compute_dtype
    assert {weight.dtype for weight in layer.weights} == {"float32"}
    np.testing.assert_allclose(layer.moving_mean, 0.1 * X.mean((0, 1, 2)), rtol=1e-2)
    np.testing.assert_allclose(tf.cast(y, tf.float32), by_definition(X), atol=5e-2)


def test_two_replicas_normalize_as_one_device(two_cpus):
    def step(layer, x):
        with tf.GradientTape() as tape:
            y = layer(x, training=True)
            loss = tf.reduce_sum(y * tf.sin(x))
        return y, tape.gradient(loss, layer.gamma.value)

    one = normalization.BatchNorm(momentum=0.5)
    y, slope = step(one, tf.constant(X))
    with two_cpus.scope():
        two = normalization.BatchNorm(momentum=0.5)
        two.build(X.shape)
    data = two_cpus.experimental_distribute_values_from_function(
        lambda context: tf.constant(np.split(X, 2)[context.replica_id_in_sync_group])
    )
    parts, slopes = tf.function(lambda: two_cpus.run(step, (two, data)))()
    np.testing.assert_allclose(np.concatenate([part.numpy() for part in parts.values]), y, atol=1e-5)
    np.testing.assert_allclose(sum(part.numpy() for part in slopes.values), slope, rtol=1e-4)
    np.testing.assert_allclose(two.moving_mean, one.moving_mean, rtol=1e-5)
    np.testing.assert_allclose(two.moving_variance, one.moving_variance, rtol=1e-5)
