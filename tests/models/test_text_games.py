"""RelGAN and ScratchGAN: their networks, soft words, dense rewards, and both players."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import checkpoint, losses, schedules
from ganzoo.data.text import TokenSpec
from ganzoo.errors import BadInput
from ganzoo.models.text import lstm, relgan, scratchgan

WORDS = ("", "[UNK]", "a", "b", "c", "d")
SPEC = TokenSpec(4, 6, WORDS)
SOFT = relgan.RelGAN(relgan.Memory(3, 2, 2), relgan.Views(4, 2, (2, 3, 9), 3, 4, 0.25), 20.0, growth=16)
DENSE = scratchgan.ScratchGAN(lstm.LSTM(3, 4, 1.0), scratchgan.Prefixes(4, 5))


def compiled(choice, **kwargs):
    keras.utils.set_random_seed(1)
    game, adam = choice.build(SPEC), schedules.Adam(1e-2, beta_1=0.5)
    game.compile(
        adam.build(4),
        adam.build(4),
        losses.relativistic if isinstance(choice, relgan.RelGAN) else losses.non_saturating,
        jit_compile=False,
        **kwargs,
    )
    return game


def batch(rows=4, seed=0):
    return {"tokens": tf.constant(np.random.default_rng(seed).integers(0, 6, (rows, 4)), tf.int32)}


def test_the_memory_by_its_layers():
    nets = relgan.Memory()
    writer = nets.writer(TokenSpec(20, 5000))
    writer({"tokens": tf.zeros([1, 20], tf.int32)})
    width, norms = 512, 2 * (1536 + 512 + 512)
    cell = 32 * width + width + width * 1536 + 2 * (width * width + width) + 2 * width * 2 * width + norms
    assert writer.count_params() == 5000 * 32 + cell + width * 5000 + 5000
    start = writer.cell.start(3)[0].numpy()
    assert start.shape == (3, 512) and np.all(start[:, 0] == 1) and not start[:, 1:].any()


def test_the_memory_by_plain_numpy():
    keras.utils.set_random_seed(0)
    cell = relgan.Cell(3, 2, 2)
    draw = np.random.default_rng(0)
    for weight in cell.trainable_variables:
        weight.assign(draw.normal(size=weight.shape))
    x, memory = (draw.normal(size=(1, count)).astype(np.float32) for count in (3, 4))

    def dense(layer, values):
        kernel, *bias = (np.asarray(weight) for weight in layer.get_weights())
        return values @ kernel + (bias[0] if bias else 0)

    def norm(layer, values):
        scale, shift = (np.asarray(weight) for weight in layer.get_weights())
        centred = values - values.mean(-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5) * scale + shift

    given = dense(cell.enter, x)
    rows = np.concatenate([memory, given])
    parts = norm(cell.norms[0], dense(cell.qkv, rows)).reshape(2, 2, 6)
    read = np.zeros((2, 4))
    for head in range(2):
        query, key, value = np.split(parts[:, head], 3, axis=1)
        scores = query @ key.T / np.sqrt(6)
        weights = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
        read[:, 2 * head : 2 * head + 2] = weights @ value
    attended = norm(cell.norms[1], rows + read)
    hidden = np.maximum(dense(cell.hidden, attended), 0)
    changed = norm(cell.norms[2], attended + np.maximum(dense(cell.out, hidden), 0))[0]
    gates = dense(cell.gates_x, given) + dense(cell.gates_m, np.tanh(memory))
    into, forget = np.split(gates[0], 2)
    wanted = np.tanh(changed) / (1 + np.exp(-into)) + memory[0] / (1 + np.exp(-forget - 1))
    made, (kept,) = cell(tf.constant(x), [tf.constant(memory)])
    np.testing.assert_allclose(made[0], wanted, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(made, kept)


def test_soft_words_are_hard_ones_softened():
    game = compiled(SOFT)
    noise = tf.random.stateless_normal([5, 4, 6], [0, 1])
    sharp, soft = (game.writer.relax(noise, sharpness).numpy() for sharpness in (1000.0, 1.0))
    np.testing.assert_allclose(soft.sum(-1), 1, rtol=1e-5)
    tokens = soft.argmax(-1)
    np.testing.assert_array_equal(sharp.argmax(-1), tokens)
    assert sharp.max(-1).min() > 0.9 > soft.max(-1).max()
    # The inputs were those words: the same logits come from them.
    logits = game.writer({"tokens": tf.constant(tokens, tf.int32)}) + noise
    np.testing.assert_allclose(tf.nn.softmax(logits), soft, rtol=1e-4, atol=1e-6)


def test_soft_sentences_end_as_written_ones_do():
    game = compiled(SOFT)
    noise = tf.random.stateless_normal([40, 4, 6], [0, 1])
    with tf.GradientTape() as tape:
        soft = game.writer.relax(noise, 1.0, ends=True)
        behind = tf.cast(tf.cumsum(tf.cast(tf.argmax(soft, 2) == 0, tf.int32), axis=1, exclusive=True) > 0, tf.float32)
        total = tf.reduce_sum(behind[:, :, None] * soft * tf.range(6.0))
    behind = behind.numpy() > 0
    assert 0 < behind.mean() < 0.75
    np.testing.assert_array_equal(soft[behind], np.eye(6)[np.zeros(behind.sum(), int)])
    assert soft[~behind].numpy().max() < 1  # its own end is soft
    grads = tape.gradient(total, game.writer.trainable_variables)
    assert not any(np.any(tf.convert_to_tensor(grad)) for grad in grads if grad is not None)
    np.testing.assert_array_equal(soft[:, 0], game.writer.relax(noise, 1.0)[:, 0])


def test_soft_words_follow_the_law_of_the_writer():
    game = compiled(SOFT)
    words = game.soft(4000, "g").numpy().argmax(-1)
    wanted = tf.nn.softmax(game.writer({"tokens": tf.zeros([1, 4], tf.int32)}))[0, 0]
    np.testing.assert_allclose(np.bincount(words[:, 0], minlength=6) / 4000, wanted, atol=0.03)


def test_sharpness_grows_exponentially_over_the_game():
    game = compiled(SOFT)
    found = []
    for images in (0, 8, 16, 99):
        game.images.assign(images)
        found.append(float(game.sharpness))
    np.testing.assert_allclose(found, [1, 20**0.5, 20, 20], rtol=1e-5)


def test_a_sentence_has_a_logit_in_each_view():
    critic = SOFT.critic.critic(SPEC)
    assert critic.output.shape == (None, 2)
    convolutions = sum(width * 2 * 3 + 3 for width in (2, 3))
    highway = 2 * (6 * 6 + 6)
    assert critic.count_params() == 6 * 4 + convolutions + highway + (6 * 4 + 4) + 5
    with pytest.raises(BadInput, match=r"model\.critic\.views: 3; allowed: a divisor of embedding = 4"):
        relgan.Views(4, 3).critic(SPEC)
    with pytest.raises(BadInput, match=r"model\.sharpness: 0\.5; allowed: 1 or more"):
        dataclasses.replace(SOFT, sharpness=0.5).build(SPEC)


def test_a_token_is_rewarded_by_what_follows_it_to_the_end():
    game = compiled(DENSE)
    rewards = tf.constant([[1.0, 2.0, 4.0, 8.0]])
    g = 0.23
    found = game.returns(rewards, tf.ones([1, 4]))
    np.testing.assert_allclose(
        found[0], [1 + 2 * g + 4 * g**2 + 8 * g**3, 2 + 4 * g + 8 * g**2, 4 + 8 * g, 8], rtol=1e-5
    )
    found = game.returns(rewards, tf.constant([[1.0, 1.0, 0.0, 0.0]]))
    np.testing.assert_allclose(found[0], [1 + 2 * g, 2, 0, 0], rtol=1e-5)


def test_rewards_are_compared_with_their_average():
    game = compiled(DENSE)
    assert float(game.usual) == 0
    game.g_loss(batch())
    first = float(game.trackers["reward"].result())
    np.testing.assert_allclose(game.usual, 0.92 * first, rtol=1e-4)


def test_d_reads_each_prefix_and_nothing_behind_it():
    critic = DENSE.critic.critic(SPEC)
    tokens = tf.constant([[2, 3, 4, 5], [2, 3, 5, 2]], tf.int32)
    found = critic({"tokens": tokens}).numpy()
    np.testing.assert_allclose(found[0, :2], found[1, :2], rtol=1e-6)
    assert np.all(found[0, 2:] != found[1, 2:])


@pytest.mark.parametrize("choice", [SOFT, DENSE])
@pytest.mark.parametrize("player", ["d", "g"])
def test_a_player_moves_only_its_own_network_and_all_of_it(choice, player):
    game = compiled(choice)
    nets = {"d": game.d_nets, "g": game.g_nets}
    before = {name: [w.numpy() for net in each for w in net.trainable_variables] for name, each in nets.items()}
    loss, optimizer = {"d": (game.d_loss, game.d_optimizer), "g": (game.g_loss, game.optimizer)}[player]
    for number in range(6):
        game.minimize(player, loss, batch(8, number), nets[player], optimizer)
    for name, each in nets.items():
        now = [w.numpy() for net in each for w in net.trainable_variables]
        moved = [not np.array_equal(old, new) for old, new in zip(before[name], now, strict=True)]
        # The last bias of a relativistic D cancels out.
        idle = 1 if choice is SOFT and player == "d" else 0
        assert moved.count(False) <= idle if name == player else not any(moved)


@pytest.mark.slow
@pytest.mark.parametrize("choice", [SOFT, DENSE])
def test_a_step_compiled_by_xla(choice):
    game = compiled(choice)
    logs = tf.function(game.train_step, jit_compile=True)(batch())
    assert all(np.isfinite(value) for value in logs.values())


@pytest.mark.parametrize("choice", [SOFT, DENSE], ids=["soft", "dense"])
@pytest.mark.parametrize("kill", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_resumed_game_goes_on_bit_for_bit(tmp_path, choice, kill):
    if isinstance(choice, relgan.RelGAN) and kill > 1:
        choice = dataclasses.replace(choice, learning=8)
    whole, resumed = compiled(choice), compiled(choice)
    step = tf.function(whole.train_step)
    for number in range(kill):
        step(batch(4, number))
    path = checkpoint.save(tmp_path, whole, {})
    checkpoint.restore(path, resumed)
    again = tf.function(resumed.train_step)
    for number in range(kill, kill + 2):
        step(batch(4, number))
        again(batch(4, number))
    for name, parts in checkpoint.state(whole).items():
        for left, right in zip(parts, checkpoint.state(resumed)[name], strict=True):
            np.testing.assert_array_equal(np.asarray(left), np.asarray(right), err_msg=f"{name} {left.path}")
