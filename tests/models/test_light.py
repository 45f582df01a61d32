"""The light networks: their sizes, what a logit sees, and CycleGAN played with them."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import losses
from ganzoo.data.images import Spec
from ganzoo.data.pairs import PairSpec
from ganzoo.errors import BadInput
from ganzoo.models.translation import cyclegan, light

SPEC = PairSpec(Spec(8, 12, 3), Spec(8, 12, 1))


def conv(size, given, made):
    return size * size * given * made + made


def count(network):
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_variables)


def test_parameters():
    generator = light.Light().generator((None, None), given=3, made=1)
    total = 2 * conv(3, 32, 32) * 3 + conv(3, 3, 32) + conv(3, 32, 32) + conv(3, 64, 32) + conv(3, 32, 1)
    assert count(generator) == total == 84_385
    judge = light.Light().discriminator(3, (32, 64))
    assert count(judge) == conv(4, 3, 32) + conv(4, 32, 64) + conv(3, 64, 1) == 34_977
    assert judge.output.shape == (None, 8, 16)


def test_a_logit_sees_18_pixels():
    judge = light.discriminator(1, (40, 40), width=8)
    image = tf.Variable(tf.random.stateless_normal([1, 40, 40, 1], [0, 1]))
    with tf.GradientTape() as tape:
        logit = judge({"image": image})[0, 5, 5]
    seen = np.abs(tape.gradient(logit, image).numpy()[0, :, :, 0]) > 0
    assert (seen.any(axis=1).sum(), seen.any(axis=0).sum()) == (18, 18)


def test_cyclegan_is_played_with_them():
    game = cyclegan.CycleGAN(nets=light.Light(2, 3, 1), identity=0.0, pool=2).build(SPEC)
    game.compile(keras.optimizers.SGD(), keras.optimizers.SGD(), losses.least_squares(), run_eagerly=True)
    there = conv(3, 3, 2) + 3 * conv(3, 2, 2) + conv(3, 4, 2) + conv(3, 2, 1)
    assert count(game.networks["a2b"]) == there
    assert count(game.d_b) == conv(4, 1, 3) + conv(4, 3, 6) + conv(3, 6, 1)
    batch = {"a": tf.zeros([2, 8, 12, 3]), "b": tf.ones([2, 8, 12, 1])}
    with tf.GradientTape() as tape:
        total = tf.add_n(list(game.g_loss(batch).values()))
    slopes = tape.gradient(total, [weight for net in game.g_nets for weight in net.trainable_variables])
    assert all(slope is not None for slope in slopes) and np.isfinite(total)
    assert all(np.isfinite(value) for value in game.train_step(batch).values())


def test_what_does_not_fit_is_refused():
    with pytest.raises(BadInput, match=r"data\.a\.size: 9x12; allowed: sides that are multiples of 2"):
        cyclegan.CycleGAN(nets=light.Light()).build(PairSpec(Spec(9, 12, 3), Spec(9, 12, 3)))


def test_at_first_an_image_is_given_nearly_as_it_was():
    draw = np.random.default_rng(0)
    image = draw.uniform(-1, 1, (2, 16, 12, 3)).astype(np.float32)
    image[0, :4] = 1
    made = light.Light().generator((None, None), 3, 3)({"image": image}).numpy()
    assert np.abs(made - np.clip(image, -light.NEAR, light.NEAR)).max() < 0.3
    assert np.abs(made - image).mean() < 0.03
    # Where other channels are made there is nothing to begin with.
    other = light.Light().generator((None, None), 3, 1)({"image": image}).numpy()
    assert np.abs(other - image.mean(-1, keepdims=True)).mean() > 0.2
