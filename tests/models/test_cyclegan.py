"""CycleGAN: its sizes, its pool, who moves in whose turn, and that a resumed game is the same game."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import checkpoint, losses, schedules
from ganzoo.data.images import Spec
from ganzoo.data.pairs import PairSpec
from ganzoo.errors import BadInput
from ganzoo.gan import Progress
from ganzoo.models.translation import cyclegan, patchgan

SPEC = PairSpec(Spec(24, 24, 3), Spec(24, 24, 3))
NETS = cyclegan.CycleGAN(cyclegan.ResNet(width=2, d_width=2, blocks=1), pool=3)


def compiled(nets=NETS, **kwargs):
    keras.utils.set_random_seed(1)
    game, adam = nets.build(SPEC), schedules.Adam(1e-3, 0.5)
    game.compile(adam.build(2), adam.build(2), losses.least_squares(), jit_compile=False, **kwargs)
    return game


def batch(seed=0, rows=2):
    draw = np.random.default_rng(seed)
    return {name: tf.constant(draw.uniform(-1, 1, (rows, 24, 24, 3)), tf.float32) for name in "ab"}


def conv(size, given, made):
    return size * size * given * made + made


def count(network):
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_variables)


def test_parameters_of_the_paper():
    generator = cyclegan.generator(cyclegan.ResNet(), (256, 256), given=3, made=3)
    total = conv(7, 3, 64) + conv(3, 64, 128) + conv(3, 128, 256) + 9 * 2 * conv(3, 256, 256)
    total += conv(3, 256, 128) + conv(3, 128, 64) + conv(7, 64, 3)
    assert count(generator) == total and round(total / 1e6, 3) == 11.378
    judge = patchgan.discriminator(3, (256, 256))
    total = conv(4, 3, 64) + conv(4, 64, 128) + conv(4, 128, 256) + conv(4, 256, 512) + conv(4, 512, 1)
    assert count(judge) == total and round(total / 1e6, 3) == 2.765
    assert judge.output.shape == (None, 30, 30) and generator.output.shape == (None, 256, 256, 3)


@pytest.mark.parametrize(("stages", "sees"), [(1, 16), (2, 34), (3, 70)])
def test_a_logit_sees_a_patch(stages, sees):
    judge = patchgan.discriminator(1, (96, 96), width=2, stages=stages)
    image = tf.Variable(tf.random.stateless_normal([1, 96, 96, 1], [0, 1]))
    # Instance norm sees the whole map; without it what is left is the receptive field.
    x = image
    with tf.GradientTape() as tape:
        for layer in judge.layers[1:]:
            x = x if isinstance(layer, keras.layers.GroupNormalization) else layer(x)
        middle = x.shape[1] // 2
        logit = tf.reshape(x, [x.shape[1], x.shape[2]])[middle, middle]
    seen = np.abs(tape.gradient(logit, image).numpy()[0, :, :, 0]) > 0
    assert (seen.any(axis=1).sum(), seen.any(axis=0).sum()) == (sees, sees)


def test_the_pool_shows_what_comes_until_it_is_full_and_then_older_fakes_half_of_the_time():
    pool = cyclegan.Pool(4, (1, 1, 1))
    shown = []
    for step in range(200):
        fakes = tf.reshape(tf.constant([2.0 * step, 2.0 * step + 1]), [2, 1, 1, 1])
        progress = Progress(tf.constant(step), tf.constant(2 * step), 0)
        shown.append(pool.shown(fakes, progress).numpy().ravel())
    shown, came = np.concatenate(shown), np.arange(400)
    assert np.array_equal(shown[:4], came[:4])
    old = shown[4:] != came[4:]
    assert 0.4 < old.mean() < 0.6 and np.all(shown <= came)
    assert len(np.unique(shown[4:][old])) == old.sum()  # what was shown has left the pool
    assert int(pool.count.value) == 4


def test_without_a_pool_every_fake_is_shown():
    pool = cyclegan.Pool(0, (1, 1, 1))
    fakes = tf.ones([2, 1, 1, 1])
    assert pool.shown(fakes, Progress(tf.constant(0), tf.constant(0), 0)) is fakes


@pytest.mark.parametrize("player", ["d", "g"])
def test_a_player_moves_only_its_own_networks(player):
    game = compiled()
    nets = {"d": game.d_nets, "g": game.g_nets}
    before = {name: [w.numpy() for net in each for w in net.trainable_variables] for name, each in nets.items()}
    loss, optimizer = {"d": (game.d_loss, game.d_optimizer), "g": (game.g_loss, game.optimizer)}[player]
    game.minimize(player, loss, batch(), nets[player], optimizer)
    for name, each in nets.items():
        now = [w.numpy() for net in each for w in net.trainable_variables]
        moved = [not np.array_equal(old, new) for old, new in zip(before[name], now, strict=True)]
        # A bias before instance norm changes nothing, and so has no gradient.
        assert any(moved) == (name == player)
    assert len(game.d_nets) == len(game.g_nets) == 2


def test_the_terms_of_g_are_those_of_the_paper():
    game, given = compiled(), batch()
    terms = {name: float(value) for name, value in game.g_loss(given).items()}
    to_b, to_a = (lambda image, net=game.networks[name]: net({"image": image}).numpy() for name in ("a2b", "b2a"))
    a, b = given["a"].numpy(), given["b"].numpy()
    fake_a, fake_b = to_a(b), to_b(a)
    cycle = 10 * (np.abs(to_a(fake_b) - a).mean() + np.abs(to_b(fake_a) - b).mean())
    identity = 5 * (np.abs(to_a(a) - a).mean() + np.abs(to_b(b) - b).mean())
    adversarial = [
        np.square(judge({"image": fake}).numpy() - 1).mean() for judge, fake in ((game.d_a, fake_a), (game.d_b, fake_b))
    ]
    assert list(terms) == ["adv_a", "adv_b", "cycle", "identity"]
    np.testing.assert_allclose(list(terms.values()), [*adversarial, cycle, identity], rtol=1e-4)


def test_both_cycle_terms_move_both_generators():
    game = compiled()
    weights = [net.trainable_variables[0].value for net in game.g_nets]
    with tf.GradientTape() as tape:
        cycle = game.g_loss(batch())["cycle"]
    assert all(float(tf.norm(gradient)) > 0 for gradient in tape.gradient(cycle, weights))


def test_a_resumed_game_with_its_pools_goes_on_bit_for_bit(tmp_path):
    def play(game, first, steps):
        step = tf.function(game.train_step)
        for number in range(first, first + steps):
            step(batch(number))
        return game

    whole = play(compiled(), 0, 6)
    path = checkpoint.save(tmp_path, play(compiled(), 0, 3), {})
    resumed = compiled(seed=0)
    checkpoint.restore(path, resumed)
    assert int(resumed.pool_a.count.value) == 3
    play(resumed, 3, 3)
    for left, right in zip(whole.variables, resumed.variables, strict=True):
        np.testing.assert_array_equal(left.numpy(), right.numpy(), err_msg=left.path)


def test_what_does_not_fit_is_refused():
    with pytest.raises(BadInput, match=r"data\.a\.size: 26x24; allowed: sides that are multiples of 4"):
        NETS.build(PairSpec(Spec(26, 24, 3), Spec(26, 24, 3)))
    with pytest.raises(BadInput, match=r"data\.a\.size: 16x24; allowed: sides of at least 24"):
        NETS.build(PairSpec(Spec(16, 24, 3), Spec(16, 24, 3)))
    with pytest.raises(BadInput, match=r"model\.identity: 0\.5, but a has 1 channels and b 3"):
        NETS.build(PairSpec(Spec(24, 24, 1), Spec(24, 24, 3)))
    with pytest.raises(BadInput, match=r"data\.b\.size"):
        NETS.build(PairSpec(Spec(24, 24, 3), Spec(32, 24, 3)))
    with pytest.raises(BadInput, match="two domains"):
        NETS.build(Spec(24, 24, 3))
