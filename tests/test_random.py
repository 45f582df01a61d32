import numpy as np
import pytest
import tensorflow as tf

from ganzoo import random

KEY = tf.constant([3 * 2**32 + 4_000_000_000, 2**40], tf.int64)


@pytest.mark.parametrize("draw", [random.uniform, random.normal])
def test_draws_are_equal_with_and_without_xla(draw):
    plain = tf.function(lambda key: draw([7, 5], key))(KEY)
    compiled = tf.function(lambda key: draw([7, 5], key), jit_compile=True)(KEY)
    np.testing.assert_allclose(plain, compiled, atol=2e-6)


def test_tensorflows_own_floats_differ_under_xla():
    """The reason for the module: when this fails, TensorFlow has mended it and the module can go."""

    def draw(key):
        return tf.random.stateless_uniform([4], seed=key, alg="philox")

    assert not np.allclose(tf.function(draw)(KEY), tf.function(draw, jit_compile=True)(KEY))


def test_moments_are_those_of_the_laws():
    uniform, normal = random.uniform([200_000], KEY).numpy(), random.normal([200_000], KEY).numpy()
    assert uniform.min() >= 0 and uniform.max() < 1
    assert abs(uniform.mean() - 0.5) < 0.005 and abs(uniform.var() - 1 / 12) < 0.001
    assert abs(normal.mean()) < 0.01 and abs(normal.var() - 1) < 0.02
    assert abs((normal**4).mean() - 3) < 0.1


def test_keys_give_different_draws():
    other = tf.constant([3 * 2**32 + 4_000_000_001, 2**40], tf.int64)
    assert not np.allclose(random.uniform([8], KEY), random.uniform([8], other))


def test_micro_batches_slice_the_draw_of_the_whole_batch(two_cpus):
    whole = random.normal([12, 3], KEY)
    for part in range(3):
        with random.micro_batch(part, 3):
            np.testing.assert_array_equal(random.normal([4, 3], KEY), whole[part::3])

            def of_a_replica(part=part):
                with random.micro_batch(part, 3):
                    return random.normal([2, 3], KEY)

        made = two_cpus.experimental_local_results(two_cpus.run(tf.function(of_a_replica)))
        for replica, rows in enumerate(made):
            np.testing.assert_array_equal(rows, whole[6 * replica : 6 * replica + 6][part::3])
    np.testing.assert_array_equal(random.normal([12, 3], KEY), whole)


def test_two_replicas_slice_the_draw_of_one_device(two_cpus):
    whole = random.normal([6, 3], KEY)
    parts = two_cpus.run(tf.function(lambda: random.normal([3, 3], KEY)))
    np.testing.assert_array_equal(tf.concat(two_cpus.experimental_local_results(parts), 0), whole)
