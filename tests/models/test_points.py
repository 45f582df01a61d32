"""The games on points, and the tiny networks: shapes, parameter counts, packs."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import gan, losses, regularizers, schedules
from ganzoo.data.images import Spec
from ganzoo.data.points import PointSpec
from ganzoo.errors import BadInput
from ganzoo.models import pacgan
from ganzoo.models.image import tiny
from ganzoo.models.points import maxout

SMALL = maxout.Maxout(g_width=8, d_width=4, pieces=3)


def compiled(model, **kwargs):
    rate = schedules.Adam(1e-2)
    choices = {"adversarial": losses.non_saturating, "jit_compile": False} | kwargs
    model.compile(rate.build(8), rate.build(8), **choices)
    return model


def test_parameters_of_the_papers_networks():
    game = pacgan.PacGAN(maxout.Maxout(), m=2).build(PointSpec(2))
    # G: 2x400, three of 400x400, scale and offset of each of four layers, 400x2 + 2.
    assert sum(int(np.prod(w.shape)) for w in game.generator.trainable_variables) == 800 + 480_000 + 3200 + 802
    # D on packs of two: 4x1000 + 1000, two of 200x1000 + 1000, 200 + 1.
    assert game.discriminator.count_params() == 5000 + 402_000 + 201


def test_parameters_of_the_tiny_networks():
    game = tiny.Tiny(d_width=2).build(Spec(28, 28, 3))
    layers = [256 * 1024, 2 * 64, 9 * 64 * 32, 2 * 32, 9 * 32 * 16, 2 * 16, 9 * 16 * 8, 2 * 8, 9 * 8 * 3 + 3]
    assert sum(int(np.prod(w.shape)) for w in game.generator.trainable_variables) == sum(layers)
    layers = [9 * 3 * 2, 4, 9 * 2 * 4, 8, 9 * 4 * 8, 16, 4 * 4 * 8 + 1]
    assert sum(int(np.prod(w.shape)) for w in game.discriminator.trainable_variables) == sum(layers)
    assert game.generator.output_shape == (None, 28, 28, 3)
    with pytest.raises(BadInput, match=r"data.size: 32x32 .* allowed: 28x28"):
        tiny.Tiny().build(Spec(32, 32, 3))


def test_a_pack_holds_samples_that_follow_each_other():
    game = pacgan.PacGAN(SMALL, m=2).build(PointSpec(2))
    points = tf.reshape(tf.range(12.0), [6, 2])
    assert game.pack(points).numpy().tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    images = tf.reshape(tf.range(24.0), [2, 2, 2, 3])
    packed = pacgan.PacGAN(tiny.Tiny(), m=2).build(Spec(28, 28, 3)).pack(images).numpy()
    assert packed.shape == (1, 2, 2, 6)
    np.testing.assert_array_equal(packed[0, ..., :3], images[0])
    np.testing.assert_array_equal(packed[0, ..., 3:], images[1])


def test_a_pack_of_one_is_the_plain_game():
    def weights(game):
        data = tf.data.Dataset.from_tensors({"image": tf.random.stateless_normal([8, 2], [0, 1])}).repeat()
        compiled(game, regularizers=(regularizers.R1(gamma=1.0),)).fit(data, steps_per_epoch=3, verbose=0)
        return [weight.numpy() for weight in game.weights]

    keras.utils.set_random_seed(1)
    plain = weights(SMALL.build(PointSpec(2)))
    keras.utils.set_random_seed(1)
    for one, other in zip(plain, weights(pacgan.PacGAN(SMALL, m=1).build(PointSpec(2))), strict=True):
        np.testing.assert_array_equal(one, other)


def test_every_weight_of_a_packing_game_learns_and_images_are_counted_singly():
    game = compiled(pacgan.PacGAN(SMALL, m=4).build(PointSpec(2)), regularizers=(regularizers.GradientPenalty(0.1),))
    before = [weight.numpy() for net in (*game.d_nets, *game.g_nets) for weight in net.trainable_variables]
    data = tf.data.Dataset.from_tensors({"image": tf.random.stateless_normal([8, 2], [0, 1])}).repeat()
    game.fit(data, steps_per_epoch=2, verbose=0)
    after = [weight.numpy() for net in (*game.d_nets, *game.g_nets) for weight in net.trainable_variables]
    assert all((one != other).any() for one, other in zip(before, after, strict=True))
    assert int(game.images.value) == 16


def test_packs_fill_a_batch():
    assert pacgan.PacGAN(SMALL, m=3).build(PointSpec(2)).multiples(8) == {"model.m": 3}
    with pytest.raises(BadInput, match=r"model\.m: 0"):
        pacgan.PacGAN(SMALL, m=0).build(PointSpec(2))


def test_the_spectral_discriminator_is_lipschitz():
    game = maxout.Maxout(g_width=8, d_width=16, spectral=True).build(PointSpec(2))
    assert isinstance(game, gan.NoiseGAN)
    for _ in range(50):  # power iterations
        game.discriminator({"image": tf.zeros([1, 2])}, training=True)
    a, b = tf.random.stateless_normal([2, 500, 2], [3, 4])
    steps = tf.abs(game.discriminator({"image": a}) - game.discriminator({"image": b}))
    # Three layers of norm 1; a maximum over five pieces stretches by at most sqrt 5.
    assert (steps <= 5**1.5 * tf.norm(a - b, axis=1)).numpy().all()
