"""MoCoGAN: its latents and judges, both players, resume, and what is served."""

import itertools
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import augment, checkpoint, clips, losses, regularizers, schedules
from ganzoo.data.video import VideoSpec
from ganzoo.errors import BadInput
from ganzoo.models.video import mocogan

SPEC = VideoSpec(4, 16, 16, 1)
SMALL = mocogan.MoCoGAN(content=4, motion=3, width=4, d_width=3)


LAZY = (regularizers.R1(0.5, 2),)


def compiled(choice=SMALL, penalties=LAZY, **kwargs):
    keras.utils.set_random_seed(1)
    game, adam = choice.build(SPEC), schedules.Adam(1e-3, beta_1=0.5)
    game.compile(adam.build(2), adam.build(2), losses.non_saturating, penalties, jit_compile=False, **kwargs)
    return game


def batch(rows=2, seed=0):
    draw = np.random.default_rng(seed)
    return {"video": tf.constant(draw.uniform(-1, 1, (rows, *SPEC.shape)), tf.float32)}


def count(network):
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_variables)


def test_the_judges_by_their_layers():
    frames = mocogan.frame_critic(VideoSpec(16, 64, 64, 3), 64)
    wide = [3, 64, 128, 256, 512]
    total = sum(16 * a * b + b for a, b in itertools.pairwise(wide)) + 9 * 512 + 1
    assert count(frames) == total and frames.output.shape == (None, 4, 4)
    judge = mocogan.clip_critic(VideoSpec(16, 64, 64, 3), 64)
    # Three frames a layer: 16, 14, 12, 10, 8, of which the last layer sees all.
    total = sum(48 * a * b + b for a, b in itertools.pairwise(wide)) + 8 * 9 * 512 + 1
    assert count(judge) == total and judge.output.shape == (None, 2, 2)
    assert mocogan.clip_critic(VideoSpec(2, 16, 16, 1), 4).output.shape == (None, 2, 2)


def test_the_judge_of_clips_knows_the_order_of_frames_and_that_of_frames_cannot():
    game, clip = compiled(), batch()["video"]
    back = clip[:, ::-1]
    assert not np.allclose(game.of_clips({"video": clip}), game.of_clips({"video": back}))
    frames = [game.of_frames({"image": each[:, 0]}) for each in (clip, back[:, ::-1])]
    np.testing.assert_array_equal(*frames)


def test_content_stays_and_motion_is_a_walk():
    game = compiled()
    motion = tf.random.stateless_normal([1, 6, 3], [0, 1])
    content = tf.random.stateless_normal([1, 4], [0, 2])
    whole = game.generator({"content": content, "motion": motion})
    assert whole.shape == (1, 5, 16, 16, 1)
    # What comes later changes nothing before, and the first row of the motion changes all.
    np.testing.assert_allclose(game.generator({"content": content, "motion": motion[:, :4]}), whole[:, :3], atol=1e-6)
    other = tf.concat([motion[:, :1] + 1, motion[:, 1:]], axis=1)
    changed = np.abs(game.generator({"content": content, "motion": other}) - whole).max((0, 2, 3, 4))
    assert np.all(changed > 0)
    codes = game.generator.walk(motion[:, 1:], initial_state=motion[:, 0])
    reference = keras.layers.GRU(3, return_sequences=True)
    reference.build((None, None, 3))
    reference.set_weights(game.generator.walk.get_weights())
    np.testing.assert_allclose(reference(motion[:, 1:], initial_state=motion[:, 0]), codes, atol=1e-6)


def test_a_frame_is_one_of_the_clips_own_at_random():
    game = compiled()
    clip = tf.reshape(tf.repeat(tf.range(4.0), 16 * 16), [1, 4, 16, 16, 1])
    many = tf.tile(clip, [200, 1, 1, 1, 1]) + tf.reshape(10.0 * tf.range(200.0), [200, 1, 1, 1, 1])
    found = game.frame_of(many, "x").numpy()[:, 0, 0, 0]
    assert np.array_equal(found // 10, np.arange(200)) and set(found % 10) == {0, 1, 2, 3}


@pytest.mark.parametrize("player", ["d", "g"])
def test_a_player_moves_only_its_own_networks_and_all_of_them(player):
    game = compiled()
    nets = {"d": game.d_nets, "g": game.g_nets}
    before = {name: [w.numpy() for net in each for w in net.trainable_variables] for name, each in nets.items()}
    loss, optimizer = {"d": (game.d_loss, game.d_optimizer), "g": (game.g_loss, game.optimizer)}[player]
    game.minimize(player, loss, batch(), nets[player], optimizer)
    for name, each in nets.items():
        now = [w.numpy() for net in each for w in net.trainable_variables]
        moved = [not np.array_equal(old, new) for old, new in zip(before[name], now, strict=True)]
        assert all(moved) == any(moved) == (name == player)


def test_terms_are_of_both_judges():
    game = compiled(penalties=(regularizers.R1(0.5),))
    terms = game.d_loss(batch())
    assert tuple(terms) == ("image", "video", "r1") and float(terms["r1"]) > 0
    real, fake = batch()["video"], game.filmed(2, "d")
    wanted = losses.non_saturating.d(game.of_clips({"video": real}), game.of_clips({"video": fake}))
    np.testing.assert_allclose(terms["video"], wanted, rtol=1e-4)
    assert tuple(game.g_loss(batch())) == ("image", "video")


@pytest.mark.parametrize(
    ("policy", "xla"), [pytest.param("float32", True, marks=pytest.mark.slow), ("mixed_bfloat16", False)]
)
def test_a_step_compiled_by_xla_and_in_bfloat16(policy, xla):
    keras.config.set_dtype_policy(policy)
    game = compiled()
    logs = tf.function(game.train_step, jit_compile=xla)(batch())
    assert all(np.isfinite(value) for value in logs.values())


def test_a_resumed_game_goes_on_bit_for_bit(tmp_path):
    whole, resumed = compiled(), compiled()
    step = tf.function(whole.train_step)
    for number in range(2):
        step(batch(seed=number))
    path = checkpoint.save(tmp_path, whole, {})
    step(batch(seed=2))
    checkpoint.restore(path, resumed)
    tf.function(resumed.train_step)(batch(seed=2))
    for left, right in zip(whole.variables, resumed.variables, strict=True):
        np.testing.assert_array_equal(left.numpy(), right.numpy(), err_msg=left.path)


def test_served_clips_depend_on_their_own_seeds_and_go_on_the_same_way():
    made = clips.of(compiled())
    some = made.film([5, 5, 6], [1, 2, 1], 7)
    assert some.shape == (3, 7, 16, 16, 1) and some.dtype == np.uint8
    np.testing.assert_array_equal(made.film([6], [1], 7)[0], some[2])
    np.testing.assert_array_equal(made.film([5], [2], 3)[0], some[1, :3])
    assert not np.array_equal(some[0], some[1]) and not np.array_equal(some[0], some[2])
    assert np.abs(made.film([5, 5, 6], [1, 2, 1], 7, "batch").astype(int) - some).max() <= 1
    assert made.film([0], [0]).shape[1] == 4 and made.film([], []).shape == (0, 4, 16, 16, 1)
    for arguments, line in ((([0], [0], 0), "num_frames: 0; allowed: 1 to 1000"), (([0], [0, 1]), "motion: 2 seeds")):
        with pytest.raises(BadInput, match=line):
            made.film(*arguments)
    film = compiled().served().signature("serving_default")
    with pytest.raises(tf.errors.InvalidArgumentError, match="one length N"):
        film(content_seed=tf.zeros([2], tf.int64), motion_seed=tf.zeros([1], tf.int64), num_frames=tf.constant(2))


def test_an_export_films_without_ganzoo(tmp_path):
    served = compiled().served()
    module = tf.Module()
    module.weights = served.variables
    tf.saved_model.save(
        module, str(tmp_path / "made"), signatures={"serving_default": served.signature(*served.signatures)}
    )
    (tmp_path / "made").rename(tmp_path / "moved")
    code = (
        "import sys, numpy as np, tensorflow as tf; assert 'ganzoo' not in sys.modules\n"
        "film = tf.saved_model.load('moved').signatures['serving_default']\n"
        "seeds = dict(content_seed=tf.constant([3, 4], tf.int64), motion_seed=tf.constant([1, 1], tf.int64))\n"
        "np.save('made.npy', film(**seeds, num_frames=tf.constant(5))['video'].numpy())"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True)
    here = clips.Clips(served.signature, served.facts).film([3, 4], [1, 1], 5)
    np.testing.assert_array_equal(np.load(tmp_path / "made.npy"), here)


def test_what_does_not_fit_is_refused():
    with pytest.raises(BadInput, match="size"):
        SMALL.build(VideoSpec(4, 20, 20, 1))


def test_an_augmentation_is_of_what_both_judges_see():
    ada = augment.ADA(p=augment.Adaptive(target=-1.0, images=4, interval=1))
    game = compiled(augment=ada)
    logs = game.train_step(batch())
    assert float(game.augment.strength.p) == float(logs["augment_p"]) == 0.5  # 2 clips of 4
    clips = batch()["video"]
    assert not np.allclose(game._judges("d")["video"](clips), game.of_clips({"video": clips}))
    assert not np.allclose(game._judges("d")["image"](clips[:, 0]), game.of_frames({"image": clips[:, 0]}))
