"""BigGAN's truncation: samples of a normal z cut off at a threshold."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from styled import CARD

import ganzoo
from ganzoo import samplers, walks
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.export import export
from ganzoo.generator import UNCUT, within
from ganzoo.models.image import biggan, biggan_deep

SEEDS = [3, 2**40, -1]


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    made = biggan.BigGAN(width=2, z_dim=6, embedding=4, standing=1).build(Spec(16, 16, 1, 3))
    made.generator.set_weights([3 * weight for weight in made.generator.get_weights()])
    return made


def test_the_law_is_that_of_drawing_anew():
    z = tf.random.normal([200_000], seed=1)
    anew = z.numpy()[np.abs(z) < 0.8]
    moved = within(z, tf.constant(0.8)).numpy()
    assert np.abs(moved).max() <= 0.8
    places = np.linspace(0.01, 0.99, 25)
    np.testing.assert_allclose(np.quantile(moved, places), np.quantile(anew, places), atol=0.01)


def test_moving_keeps_the_order_and_ends_at_z_itself():
    z = tf.constant([-5.5, -1.0, -0.5, 0.5, 1.0, 5.5])
    whole = within(z, tf.constant(UNCUT)).numpy()
    np.testing.assert_array_equal(whole, z)
    near = within(z, tf.constant(UNCUT - 1)).numpy()
    np.testing.assert_allclose(near, z, rtol=1e-5)
    cut = within(z, tf.constant(0.5)).numpy()
    assert np.all(np.diff(cut) > 0) and np.all(np.abs(cut) <= 0.5)
    np.testing.assert_allclose(cut, -cut[::-1], atol=1e-6)
    np.testing.assert_array_equal(within(z, tf.constant(0.0)), np.zeros(6))


def test_a_sample_is_the_network_on_z_that_was_cut(model):
    sampler = samplers.of(model)
    assert sampler.untruncated == UNCUT
    labels, limits = [0, 1, 2], np.array([0.3, 1.0, UNCUT], np.float32)
    z = sampler.latents(SEEDS)
    whole = sampler.generate(SEEDS, labels, UNCUT)
    made = sampler.generate(SEEDS, labels, limits)
    np.testing.assert_array_equal(made[2], whole[2])
    assert np.any(made[0] != whole[0])
    by_hand = np.array(within(tf.constant(z), tf.constant(limits)[:, None]))
    np.testing.assert_array_equal(made, sampler.from_noise(by_hand, labels, UNCUT))
    np.testing.assert_array_equal(made, sampler.from_noise(z, labels, limits))
    batch = sampler.generate(SEEDS, labels, limits, signature="batch").astype(int)
    assert np.abs(batch - made).max() <= 1
    # Nothing but the threshold 0 makes all z of a class one picture.
    still = sampler.generate(SEEDS, 1, 0.0)
    assert np.all(still == still[0]) and np.any(whole[0] != whole[1])


def test_an_export_cuts_as_the_run_does(model, tmp_path):
    export(model, tmp_path / "biggan" / "1", CARD)
    exported = ganzoo.load(tmp_path / "biggan")
    assert exported.card["truncates"] and exported.untruncated == UNCUT
    expected = samplers.of(model).generate(SEEDS, 1, 0.5)
    np.testing.assert_array_equal(exported.generate(SEEDS, 1, 0.5), expected)
    assert "**Truncation**: the largest |z|" in (tmp_path / "biggan" / "1" / "README.md").read_text()
    function = tf.saved_model.load(str(tmp_path / "biggan" / "1")).signatures["generate"]
    with pytest.raises(tf.errors.InvalidArgumentError, match="truncation must be at least 0"):
        function(seed=tf.constant([0], tf.int64), label=tf.constant([0]), truncation=tf.constant([-1.0]))


def test_a_walk_is_whole_unless_told(model):
    sampler = samplers.of(model)
    whole, told, cut = (next(walks.frames(sampler, [1, 2], 1, (1, 1), 0, limit)) for limit in (None, UNCUT, 0.1))
    np.testing.assert_array_equal(whole, told)
    assert np.any(whole != cut)


def test_a_negative_threshold_is_refused(model):
    with pytest.raises(BadInput, match=r"truncation: -0\.5; allowed: at least 0"):
        samplers.of(model).generate([0], 0, -0.5)


def test_the_deep_one_cuts_too():
    assert biggan_deep.BigGANDeep(width=4, z_dim=4, embedding=4).build(Spec(16, 16, 1, 3)).cut_z
