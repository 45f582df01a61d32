"""VEEGAN: what D is shown, what each player moves, and the reconstruction by hand."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import gan, losses, regularizers, schedules
from ganzoo.data.points import PointSpec
from ganzoo.models.points import maxout, veegan

NETS = maxout.Maxout(g_width=8, d_width=4, pieces=3, z_dim=5)
REAL = {"image": tf.random.stateless_normal([8, 2], [0, 1])}


@pytest.fixture
def game():
    made, rate = veegan.VEEGAN(NETS).build(PointSpec(2)), schedules.Adam(1e-2)
    made.compile(rate.build(8), rate.build(8), losses.log_ratio, (regularizers.R1(gamma=1.0),), jit_compile=False)
    return made


def arrays(net):
    return [weight.numpy() for weight in net.trainable_variables]


def test_d_judges_pairs(game, monkeypatch):
    shown = []
    plain = gan.NoiseGAN.d_loss
    monkeypatch.setattr(gan.NoiseGAN, "d_loss", lambda self, batch: shown.append(batch["image"]) or plain(self, batch))
    game.d_loss(REAL)
    (reals,) = shown
    np.testing.assert_array_equal(reals[:, :2], REAL["image"])
    np.testing.assert_allclose(reals[:, 2:], game.reconstructor({"z": REAL["image"]}, training=True), atol=1e-6)
    fakes, z = game.fake(REAL, "d"), game.latents(8, "d")
    np.testing.assert_array_equal(fakes[:, 2:], z)
    np.testing.assert_allclose(fakes[:, :2], game.generator({"z": z}, training=True), atol=1e-6)
    assert game.discriminator.inputs[0].shape == (None, 7)


def test_g_descends_the_log_ratio_and_the_squared_distance_of_latents(game):
    terms = game.g_loss(REAL)
    fake = game.fake(REAL, "g")
    back = game.reconstructor({"z": fake[:, :2]}, training=True)
    distance = np.mean(np.sum((fake[:, 2:] - back).numpy() ** 2, axis=1))
    assert float(terms["reconstruction"]) == pytest.approx(distance, rel=1e-5)
    assert float(terms["adv"]) == pytest.approx(-float(np.mean(game.critic(REAL)(fake))), rel=1e-5)


def test_a_player_moves_its_own_networks(game):
    nets = {"d": game.d_nets, "g": game.g_nets}
    assert game.reconstructor in nets["g"]
    turns = {"d": (game.d_loss, game.d_optimizer), "g": (game.g_loss, game.optimizer)}
    for player, (loss, optimizer) in turns.items():
        before = {name: [arrays(net) for net in each] for name, each in nets.items()}
        for _ in range(2):
            game.minimize(player, loss, REAL, nets[player], optimizer)
        for name, each in nets.items():
            for old, net in zip(before[name], each, strict=True):
                moved = [(one != other).any() for one, other in zip(old, arrays(net), strict=True)]
                assert all(moved) if name == player else not any(moved)


def test_the_reconstructor_learns_from_reconstruction_alone(game):
    game.adversarial = losses.relativistic  # the only kind that shows G's player pairs of reals
    with tf.GradientTape(persistent=True) as tape:
        terms = game.g_loss(REAL)
    weights = game.reconstructor.trainable_variables
    assert all(gradient is None for gradient in tape.gradient(terms["adv"], weights))
    assert all(gradient is not None for gradient in tape.gradient(terms["reconstruction"], weights))
