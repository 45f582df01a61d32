"""StyleGAN-V: codes of moments by plain numpy, sparse frames, what D sees, both players, and StyleGAN2 as it was."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import augment, checkpoint, clips, losses, regularizers, schedules
from ganzoo.data.images import Spec
from ganzoo.data.video import VideoSpec
from ganzoo.errors import BadInput
from ganzoo.models.image import r3gan, stylegan2, stylegan3
from ganzoo.models.video import stylegan_v

SPEC = VideoSpec(6, 16, 16, 1)
NETS = stylegan2.StyleGAN2(cbase=64, cmax=4, z_dim=4, w_dim=4, depth=1, path_length=0.0, mixing=0.0)
SMALL = stylegan_v.StyleGANV(NETS, motion=3, distance=2, waves=2, longest=8)


def compiled(choice=SMALL, penalties=(), **kwargs):
    keras.utils.set_random_seed(1)
    game, adam = choice.build(SPEC), schedules.Adam(1e-3, beta_1=0.0)
    game.compile(adam.build(2), adam.build(2), losses.non_saturating, penalties, jit_compile=False, **kwargs)
    return game


def batch(rows=4, seed=0):
    draw = np.random.default_rng(seed)
    return {"video": tf.constant(draw.uniform(-1, 1, (rows, *SPEC.shape)), tf.float32)}


def test_the_code_of_a_moment_by_plain_numpy():
    time = compiled().generator.time
    motion = np.random.default_rng(0).normal(size=(1, 5, 3)).astype(np.float32)
    x, times = time.anchors(tf.constant(motion)).numpy()[0], [0.0, 1.0, 2.0, 3.5, 6.0]
    np.testing.assert_allclose(time.rates, 2 * np.pi / np.array([2, 8]), rtol=1e-6)

    def dense(layer, values):
        return np.asarray(layer(tf.constant(values[None])))[0]

    found = time(tf.constant(motion), tf.constant([times])).numpy()[0]
    for moment, code in zip(times, found, strict=True):
        left, share = int(moment // 2), moment / 2 - moment // 2
        rates = (np.tanh(dense(time.periods, x[left])) + 1) * time.rates
        phases = 2 * np.pi * dense(time.phases, x[left])

        def waves(at, rates=rates, phases=phases):
            return np.concatenate([np.sin(rates * at + phases), np.cos(rates * at + phases)])

        wanted = waves(moment) - (1 - share) * waves(2 * left) - share * waves(2 * left + 2)
        wanted += (1 - share) * dense(time.aligner, x[left]) + share * dense(time.aligner, x[left + 1])
        np.testing.assert_allclose(code, wanted, atol=1e-4)


def test_time_is_continuous_and_does_not_know_the_future():
    game = compiled()
    draw = np.random.default_rng(0)
    content, motion = (tf.constant(draw.normal(size=shape), tf.float32) for shape in ((1, 4), (1, 6, 3)))
    near = tf.constant([[1.999, 2.0, 2.001]])  # about an anchor
    frames = game.generator({"content": content, "motion": motion, "times": near}).numpy()[0]
    apart = game.generator({"content": content, "motion": motion, "times": tf.constant([[0.0, 4.0]])}).numpy()[0]
    step = np.abs(np.diff(frames, axis=0)).max()
    assert 0 < step < 0.1 * np.abs(apart[1] - apart[0]).max()
    other = tf.concat([motion[:, :4], motion[:, 4:] + 1], axis=1)
    times = tf.constant([[0.0, 3.9, 5.0, 7.0]])
    made = [game.generator({"content": content, "motion": each, "times": times}).numpy()[0] for each in (motion, other)]
    np.testing.assert_allclose(made[0][:2], made[1][:2], atol=1e-6)
    assert np.abs(made[0][3] - made[1][3]).max() > 0


def test_moments_are_different_ones_in_order():
    found = compiled().moments(500, "d").numpy()
    assert found.shape == (500, 3) and np.all(np.diff(found, axis=1) > 0) and set(found.ravel()) == set(range(6))
    assert len({tuple(row) for row in found}) == 20  # of 6 three


def test_d_sees_frames_beside_each_other_and_how_far_they_are_apart():
    frames = tf.reshape(tf.range(2 * 3 * 2.0), [1, 3, 2, 1, 2])
    found = stylegan_v.beside(frames, tf.constant([[0, 1, 5]]), 6).numpy()
    assert found.shape == (1, 2, 1, 8)
    np.testing.assert_allclose(found[0, 0, 0], [0, 1, 4, 5, 8, 9, 1 / 6, 4 / 6], rtol=1e-6)
    game = compiled()
    assert game.discriminator.input["image"].shape == (None, 16, 16, 5)


def test_any_image_network_may_judge_a_pair_of_frames():
    other = r3gan.R3GAN((8, 8, 8), blocks=1, group_width=4)
    game = compiled(dataclasses.replace(SMALL, frames=2, discriminator=other))
    assert game.discriminator.input["image"].shape == (None, 16, 16, 3)
    assert type(game.discriminator.layers[-1]) is type(other.discriminator(Spec(16, 16, 3)).layers[-1])
    logs = game.train_step(batch())
    assert all(np.isfinite(value) for value in logs.values())


@pytest.mark.slow
def test_a_resumed_game_goes_on_bit_for_bit(tmp_path):
    whole, resumed = compiled(), compiled()
    step = tf.function(whole.train_step)
    step(batch(seed=0))
    path = checkpoint.save(tmp_path, whole, {})
    step(batch(seed=1))
    checkpoint.restore(path, resumed)
    tf.function(resumed.train_step)(batch(seed=1))
    for left, right in zip(whole.variables, resumed.variables, strict=True):
        np.testing.assert_array_equal(left.numpy(), right.numpy(), err_msg=left.path)


def test_anchors_are_enough_for_every_moment():
    game = compiled()
    assert stylegan_v.anchors_of(12, 2) == 8
    late = tf.constant([[3, 4, 5]] * 64)
    assert np.all(np.isfinite(game.sparse(late, "d")))
    # At most 6 frames earlier: moments to 11, between the anchors 5 and 6.
    assert stylegan_v.anchors_of(12, 2) > (11 // 2) + 1


@pytest.mark.parametrize("player", ["d", "g"])
def test_a_player_moves_only_its_own_network_and_all_of_it(player):
    game = compiled()
    nets = {"d": game.d_nets, "g": game.g_nets}
    before = {name: [w.numpy() for net in each for w in net.trainable_variables] for name, each in nets.items()}
    loss, optimizer = {"d": (game.d_loss, game.d_optimizer), "g": (game.g_loss, game.optimizer)}[player]
    game.minimize(player, loss, batch(), nets[player], optimizer)
    for name, each in nets.items():
        now = [w.numpy() for net in each for w in net.trainable_variables]
        moved = [not np.array_equal(old, new) for old, new in zip(before[name], now, strict=True)]
        assert all(moved) == any(moved) == (name == player), [
            w.path for net in each for w, here in zip(net.trainable_variables, moved, strict=False) if not here
        ]


def test_the_code_may_move_waves_in_place_of_lying_beside_a_map():
    game = compiled(dataclasses.replace(SMALL, start="fourier"))
    draw = np.random.default_rng(0)
    given = {"content": tf.constant(draw.normal(size=(1, 4)), tf.float32)}
    given["motion"] = tf.constant(draw.normal(size=(1, 5, 3)), tf.float32)
    features = next(layer for layer in game.generator.frame.layers if isinstance(layer, stylegan3.FourierFeatures))
    frames = game.generator(given).numpy()[0]
    np.testing.assert_allclose(frames, frames[:1].repeat(len(frames), axis=0), atol=1e-6)  # nothing moves at first
    # A code of ones moves by a quarter of the picture: one of four cells.
    features.kernel.assign([[0.0, 0.0, 0.25, 0.0]] * 4 / np.float32(features.kernel.shape[0] ** 0.5))
    still, moved = features(tf.constant([[0.0] * 4, [1.0] * 4]), tf.eye(3)[None]).numpy()
    np.testing.assert_allclose(moved[:, 1:], still[:, :-1], atol=1e-5)
    before = [weight.numpy() for weight in game.generator.trainable_variables]
    game.fit(tf.data.Dataset.from_tensors(batch()).repeat(2), shuffle=False, verbose=0)
    for old, new in zip(before, game.generator.trainable_variables, strict=True):
        assert not np.array_equal(old, new), new.path


def test_the_penalty_is_of_the_reals_frames():
    game = compiled(penalties=(regularizers.R1(2.0),))
    given = batch()
    terms = game.d_loss(given)
    moments = game.moments(4, "d")
    real = tf.gather(given["video"], moments, axis=1, batch_dims=1)
    with tf.GradientTape() as tape:
        tape.watch(real)
        total = tf.reduce_sum(game.critic(moments)(real))
    slope = tape.gradient(total, real)
    np.testing.assert_allclose(terms["r1"], tf.reduce_mean(tf.reduce_sum(slope**2, axis=[1, 2, 3, 4])), rtol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize(("policy", "xla"), [("float32", True), ("mixed_bfloat16", False)])
def test_a_step_compiled_by_xla_and_in_bfloat16(policy, xla):
    keras.config.set_dtype_policy(policy)
    game = compiled(penalties=(regularizers.R1(0.5, 2),))
    logs = tf.function(game.train_step, jit_compile=xla)(batch())
    assert all(np.isfinite(value) for value in logs.values())


def test_served_clips_go_on_the_same_way():
    made = clips.of(compiled())
    some = made.film([5, 6], [1, 1], 9)
    np.testing.assert_array_equal(made.film([6], [1], 4)[0], some[1, :4])
    assert some.shape == (2, 9, 16, 16, 1)


def test_what_does_not_fit_is_refused():
    for frames in (1, 7):
        with pytest.raises(BadInput, match=rf"model\.frames: {frames}; allowed: 2 to data\.frames = 6"):
            dataclasses.replace(SMALL, frames=frames).build(SPEC)


def test_an_augmentation_is_of_both_sides_and_adapts_to_the_reals():
    ada = augment.ADA(p=augment.Adaptive(target=-1.0, images=8, interval=1), flip=0.0)
    plain, shown = compiled(), compiled(augment=ada)
    given, moments = batch(), plain.moments(4, "d")
    real = tf.gather(given["video"], moments, axis=1, batch_dims=1)
    shown.discriminator.set_weights(plain.discriminator.get_weights())
    np.testing.assert_array_equal(shown.critic(moments)(real), plain.critic(moments)(real))  # p is 0 before a step
    shown.train_step(given)
    assert float(shown.augment.strength.p) == 0.5  # 4 clips of 8
    both = [critic(real) for critic in (shown.critic(moments), plain.critic(moments))]
    assert not np.allclose(*both)
