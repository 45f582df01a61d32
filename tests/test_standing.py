"""Standing statistics: batch norm's moments from batches of one's own."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import averaging, losses, schedules, standing
from ganzoo.data.images import Spec
from ganzoo.generator import Generator
from ganzoo.layers import normalization
from ganzoo.models.image import biggan


def moments(net):
    return [weight.numpy() for weight in net.non_trainable_variables if weight.name.startswith("moving")]


def test_moments_are_the_means_over_the_batches():
    x = keras.Input((2, 2, 3), name="x")
    norm = normalization.BatchNorm(momentum=0.7)
    net = keras.Model({"x": x}, norm(keras.layers.ReLU()(x)))
    batches = [np.random.default_rng(seed).normal(seed, 1.0, (5, 2, 2, 3)).astype("float32") for seed in range(3)]
    norm.moving_mean.assign([9.0, 9.0, 9.0])
    standing.statistics(net, ({"x": batch} for batch in batches))
    seen = [np.maximum(batch, 0).reshape(-1, 3) for batch in batches]
    np.testing.assert_allclose(norm.moving_mean, np.mean([each.mean(0) for each in seen], 0), rtol=1e-5)
    np.testing.assert_allclose(norm.moving_variance, np.mean([each.var(0, ddof=1) for each in seen], 0), rtol=1e-5)
    assert norm.momentum == 0.7


def test_networks_within_networks_are_found():
    inner = keras.Sequential([keras.Input((2, 2, 1)), normalization.BatchNorm()])
    net = keras.Sequential([keras.Input((2, 2, 1)), inner])
    standing.statistics(net, [tf.fill([2, 2, 2, 1], 3.0)])
    np.testing.assert_allclose(inner.layers[-1].moving_mean, [3.0])


def test_without_batch_norm_no_batch_is_made():
    net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    standing.statistics(net, (pytest.fail("drawn") for _ in range(1)))


@pytest.mark.parametrize("batches", [0, 3])
def test_a_generator_takes_them_anew_and_leaves_the_model_as_it_is(batches):
    nets = biggan.BigGAN(width=2, z_dim=6, embedding=4, standing=batches)
    model, rate = nets.build(Spec(16, 16, 1, 3)), schedules.Adam(1e-3)
    model.compile(rate.build(4), rate.build(4), losses.hinge, ema=averaging.EMA(100), jit_compile=False)
    before = [weight.numpy() for weight in model.weights]
    generator = Generator(model)
    assert all(np.all(old == new) for old, new in zip(before, model.weights, strict=True))
    pairs = list(zip(moments(generator.network), moments(model.sampler), strict=True))
    assert len(pairs) == 2 * 5
    assert all(np.all(new == old) == (batches == 0) for new, old in pairs)
    trained = zip(generator.network.trainable_variables, model.sampler.trainable_variables, strict=True)
    assert all(np.all(one.numpy() == two.numpy()) for one, two in trained)
    # The same weights give the same pictures, whoever makes them.
    seeds = {"seed": tf.range(3, dtype=tf.int64), "label": tf.constant([0, 1, 2]), "truncation": tf.fill([3], 10.0)}
    first, again = (each.signature("generate")(**seeds)["image"] for each in (generator, Generator(model)))
    np.testing.assert_array_equal(first, again)
