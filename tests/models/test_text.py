"""Games of sentences: the writer, its draws, likelihood, policy gradients by hand, phases, and what is served."""

import dataclasses
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import checkpoint, losses, schedules, text
from ganzoo.data.text import TokenSpec
from ganzoo.errors import BadInput
from ganzoo.models.text import critics, lstm, mle, seqgan

WORDS = ("", "[UNK]", "a", "b", "c", "d")
SPEC = TokenSpec(5, 6, WORDS)
NUMBERS = TokenSpec(5, 70)
NETS = lstm.LSTM(embedding=3, units=4, deviation=1.0)
CRITIC = critics.TextCNN(4, (1, 2, 9), (3, 2, 5), dropout=0.25)
SMALL = seqgan.SeqGAN(NETS, CRITIC, rollouts=2)


def compiled(choice=SMALL, spec=SPEC, **kwargs):
    keras.utils.set_random_seed(1)
    game = choice.build(spec)
    adam = schedules.Clipped(schedules.Adam(1e-2, beta_1=0.9), 5.0)
    game.compile(adam.build(4), adam.build(4), losses.non_saturating, jit_compile=False, **kwargs)
    return game


def batch(rows=4, spec=SPEC, seed=0):
    draw = np.random.default_rng(seed)
    return {"tokens": tf.constant(draw.integers(0, spec.vocabulary, (rows, spec.length)), tf.int32)}


def weights_of(nets):
    return [weight.numpy() for net in nets for weight in net.trainable_variables]


def moved(before, nets):
    return [not np.array_equal(old, new) for old, new in zip(before, weights_of(nets), strict=True)]


def test_a_token_is_drawn_by_its_chance():
    logits = np.random.default_rng(0).normal(size=(1, 150)).astype(np.float32) * 2
    chances = (np.arange(20_000) + 0.5).astype(np.float32) / 20_000
    found = text.draw(tf.repeat(logits, 20_000, axis=0), tf.constant(chances))
    wanted = np.exp(logits[0]) / np.exp(logits[0]).sum()
    np.testing.assert_allclose(np.bincount(found, minlength=150) / 20_000, wanted, atol=2e-4)
    assert np.all(np.diff(found) >= 0)  # quantiles


def test_no_token_without_a_chance_is_drawn():
    logits = np.full((3, 130), -1e9, np.float32)
    logits[:, [0, 129]] = 0
    found = text.draw(tf.constant(logits), tf.constant([0.0, 0.4999, 1 - 2**-24], tf.float32))
    assert list(found) == [0, 0, 129]
    lonely = np.full((1, 130), -1e9, np.float32)
    lonely[0, 70] = 0
    assert list(text.draw(tf.constant(lonely), tf.constant([1 - 2**-24]))) == [70]


def test_temperature_and_top_k():
    logits = tf.constant([[1.0, 3.0, 2.0, 0.0]] * 3)
    found = text.tempered(logits, tf.constant([1.0, 2.0, 1.0]), tf.constant([0, 2, 1])).numpy()
    np.testing.assert_allclose(found[0], [1, 3, 2, 0])
    np.testing.assert_allclose(found[1, [1, 2]], [1.5, 1])
    assert np.all(found[1, [0, 3]] < -1e8) and list(found[2] > -1e8) == [False, True, False, False]


def test_the_cell_is_an_lstm():
    keras.utils.set_random_seed(0)
    cell = lstm.Cell(3, 4, lambda: keras.initializers.RandomNormal(stddev=1.0))
    reference = keras.layers.LSTMCell(4, unit_forget_bias=False)
    reference.build((None, 3))
    reference.set_weights([cell.kernel[:3], cell.kernel[3:], cell.bias])
    x, states = tf.random.normal([2, 3]), [tf.random.normal([2, 4]), tf.random.normal([2, 4])]
    made, after = cell(x, states)
    wanted, wanted_after = reference(x, states)
    np.testing.assert_allclose(made, wanted, atol=1e-6)
    np.testing.assert_allclose(after[1], wanted_after[1], atol=1e-6)


def test_what_is_written_has_the_likelihood_that_is_said():
    game = compiled()
    tokens, costs = game.writer.write(tf.random.stateless_uniform([40, 5], [0, 1]), ends=True)
    mask = text.seen(tokens, True).numpy()
    np.testing.assert_allclose(mask * costs, mask * text.likelihood(game.writer, tokens), atol=1e-5)
    ended = (tokens.numpy() == 0).argmax(1)
    assert 0 < mask.mean() < 1
    for row, at in enumerate(ended):
        if (tokens.numpy()[row] == 0).any():
            assert not tokens.numpy()[row, at:].any() and mask[row].sum() == at + 1


def test_tokens_without_words_have_no_end():
    game = compiled(spec=NUMBERS)
    tokens, _ = game.writer.write(tf.random.stateless_uniform([200, 5], [0, 1]), ends=False)
    zeros = tokens.numpy() == 0
    assert zeros.any() and (tokens.numpy()[np.argwhere(zeros[:, :-1])[:, 0], -1] > 0).any()
    assert np.all(text.seen(tokens, False) == 1)


def test_the_cost_of_a_batch_is_the_mean_over_tokens_with_the_end():
    game = compiled(mle.MLE(NETS))
    tokens = tf.constant([[2, 3, 0, 5, 5], [2, 2, 2, 2, 2]], tf.int32)
    logits = game.writer({"tokens": tokens}).numpy()
    logs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    costs = -np.take_along_axis(logs, tokens.numpy()[..., None], 2)[..., 0]
    wanted = (costs[0, :3].sum() + costs[1].sum()) / 8
    np.testing.assert_allclose(game.nll_loss({"tokens": tokens})["nll"], wanted, rtol=1e-5)


def test_maximum_likelihood_has_one_player_and_learns_a_sentence_by_heart():
    game = compiled(mle.MLE(NETS))
    assert game.d_nets == () and game.terms == ("g_nll",)
    same = {"tokens": tf.tile(tf.constant([[2, 3, 4, 0, 0]], tf.int32), [4, 1])}
    step = tf.function(game.train_step)
    first = float(step(same)["g_nll"])
    for _ in range(300):
        game.trackers["g_nll"].reset_state()
        last = float(step(same)["g_nll"])
    assert last < 0.1 < first
    tokens = game.writer.write(tf.random.stateless_uniform([20, 5], [0, 1]), ends=True)[0].numpy()
    assert (tokens == [2, 3, 4, 0, 0]).all(1).mean() > 0.8


def test_the_policy_gradient_of_two_tokens_by_hand():
    # One place, two tokens of logits a and b; the reward is 1 for the second. The gradient of -E[reward] by a and b is
    # p_a p_b and -p_a p_b, of which samples give the mean of -r (1[token] - p).
    logits = tf.Variable([0.3, -0.2])
    p = tf.nn.softmax(logits).numpy()
    tokens = text.draw(tf.repeat(logits[None], 4096, axis=0), (tf.range(4096.0) + 0.5) / 4096)[:, None]
    rewards = tf.cast(tokens == 1, tf.float32)
    with tf.GradientTape() as tape:
        costs = tf.gather(tf.nn.log_softmax(logits), tokens)
        loss = seqgan.policy_loss(costs, rewards, tf.ones_like(rewards)) / 4096
    np.testing.assert_allclose(tape.gradient(loss, logits), [p[0] * p[1], -p[0] * p[1]], atol=1e-3)


def test_rewards_and_costs_are_multiplied_place_by_place():
    costs, rewards = tf.constant([[-1.0, -2.0], [-3.0, -4.0]]), tf.constant([[1.0, 10.0], [100.0, 1000.0]])
    mask = tf.constant([[1.0, 1.0], [1.0, 0.0]])
    assert float(seqgan.policy_loss(costs, rewards, mask)) == 1 + 20 + 300


def test_completions_keep_the_sentence_so_far_and_follow_the_law():
    game = compiled(dataclasses.replace(SMALL, rollouts=400), NUMBERS)
    tokens = batch(3, NUMBERS)["tokens"]
    found = game.completions(tokens).numpy()
    assert found.shape == (4, 400, 3, 5)
    for start in range(4):
        assert np.all(found[start, :, :, : start + 1] == tokens.numpy()[:, : start + 1])
        assert not np.all(found[start, :, :, start + 1] == tokens.numpy()[:, start + 1])
    # The last token, given the four before it, by the writer's own chances; and so the second given the first.
    logits = game.writer({"tokens": tokens}).numpy()
    chances = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    for row in range(3):
        for start, place in ((3, 4), (0, 1)):
            drawn = np.bincount(found[start, :, row, place], minlength=70) / 400
            assert np.abs(drawn - chances[row, place]).sum() < 0.5 < np.abs(drawn - np.roll(drawn, 7)).sum()


def test_completions_end_where_the_sentence_has_ended():
    game = compiled(dataclasses.replace(SMALL, rollouts=50))
    found = game.completions(tf.constant([[2, 0, 0, 0, 0], [2, 3, 4, 5, 2]], tf.int32)).numpy()
    assert not found[1:, :, 0, 1:].any() and found[0, :, 0, 1:].any()
    ended = np.cumsum(found == 0, axis=-1) > 0
    assert not (found[ended]).any()


class Counting(keras.Model):
    """A D whose logit is a hundred times the number of twos in a sentence, less 150."""

    def __init__(self):
        super().__init__()
        self.scale = self.add_weight(name="scale", shape=(), initializer="ones")
        self.built = True

    def call(self, inputs, training=False):
        twos = tf.reduce_sum(tf.cast(inputs["tokens"] == 2, tf.float32), axis=1)
        return self.scale * 100 * (twos - 1.5)


def test_a_token_is_rewarded_by_what_may_follow_it():
    game = compiled(dataclasses.replace(SMALL, rollouts=300))
    game.discriminator = Counting()
    tokens = tf.constant([[2, 2, 3, 3, 3], [3, 3, 3, 3, 3], [3, 3, 3, 3, 2]], tf.int32)
    found = game.rewards(tokens).numpy()
    done = game.completions(tokens).numpy()
    for start in range(4):
        wanted = ((done[start] == 2).sum(-1) >= 2).mean(0)
        np.testing.assert_allclose(found[:, start], wanted, atol=1e-3)
    assert list(found[:, -1].round(3)) == [1, 0, 0]
    assert found[0, 1] == 1 and found[1, 3] < 1e-6  # two twos already, and no room for two


def test_other_rewards():
    game = compiled(dataclasses.replace(SMALL, reward="constant"))
    tokens = batch()["tokens"]
    assert np.all(game.rewards(tokens) == 1)
    game = compiled(dataclasses.replace(SMALL, reward="maligan"))
    odds = np.exp(game.discriminator({"tokens": tokens}).numpy())
    found = game.rewards(tokens).numpy()
    np.testing.assert_allclose(found[:, 0], odds / odds.sum() - 1 / 4, atol=1e-6)
    assert np.all(found == found[:, :1])


@pytest.mark.parametrize("count", [4, 8])
def test_a_reward_weighs_what_a_sentence_costs_whatever_the_batch(count):
    game = compiled(dataclasses.replace(SMALL, reward="constant"))
    tokens = game.written(count, "g")[0]
    costs = tf.reduce_sum(-text.seen(tokens, True) * text.likelihood(game.writer, tokens), axis=1).numpy()
    np.testing.assert_allclose(game.g_loss(batch(count))["adv"], costs.mean(), rtol=1e-5)


def test_a_baseline_leaves_no_reward_on_average():
    game = compiled(dataclasses.replace(SMALL, reward="constant", baseline=True))
    np.testing.assert_allclose(game.g_loss(batch())["adv"], 0, atol=1e-5)


def test_a_critic_by_its_layers():
    critic = critics.TextCNN().critic(TokenSpec(20, 5000))
    widths, filters = critics.TextCNN().widths, critics.TextCNN().filters
    convolutions = sum(width * 64 * count + count for width, count in zip(widths, filters, strict=True))
    assert sum(filters) == 1720
    total = 5000 * 64 + convolutions + 2 * (1720 * 1720 + 1720) + 1721
    assert critic.count_params() == total and critic.output.shape == (None,)
    short = CRITIC.critic(SPEC)  # without the width that is longer than a sentence
    assert short.count_params() == 6 * 4 + (4 * 3 + 3) + (2 * 4 * 2 + 2) + 2 * (25 + 5) + 6
    layer = short.get_layer("logit")
    wanted = sum(np.square(weight).sum() for weight in layer.get_weights()) / 2
    np.testing.assert_allclose(critics.last_weights(short), wanted, rtol=1e-5)


@pytest.mark.parametrize("player", ["d", "g"])
def test_a_player_moves_only_its_own_network(player):
    game = compiled()
    nets = {"d": game.d_nets, "g": game.g_nets}
    before = {name: weights_of(each) for name, each in nets.items()}
    loss, optimizer = {"d": (game.d_loss, game.d_optimizer), "g": (game.g_loss, game.optimizer)}[player]
    game.minimize(player, loss, batch(), nets[player], optimizer)
    for name, each in nets.items():
        assert any(moved(before[name], each)) == (name == player)
    assert all(moved(before[player], nets[player]))


def test_phases_come_one_after_the_other():
    game = compiled(dataclasses.replace(SMALL, learning=16, judging=8), d_steps=2)
    step, seen = tf.function(game.train_step), []
    for _ in range(4):
        before = weights_of(game.d_nets), weights_of(game.g_nets)
        step(batch(8))
        seen.append((any(moved(before[0], game.d_nets)), any(moved(before[1], game.g_nets)), int(game.images.value)))
    assert seen == [(False, True, 8), (False, True, 16), (True, False, 24), (True, True, 32)]
    assert int(game.further_optimizers[0].iterations.value) == 4 and int(game.optimizer.iterations.value) == 1
    assert int(game.d_optimizer.iterations.value) == 4


@pytest.mark.parametrize("kill", [1, *(pytest.param(each, marks=pytest.mark.slow) for each in (2, 3)), 4])
def test_a_resumed_game_goes_on_bit_for_bit_in_every_phase(tmp_path, kill):
    choice, spec = dataclasses.replace(SMALL, learning=16, judging=8, rollouts=1), TokenSpec(3, 6, WORDS)

    def play(step, first, last):
        for number in range(first, last):
            step(batch(8, spec, number))

    whole, resumed = (compiled(choice, spec, d_steps=2) for _ in range(2))
    step = tf.function(whole.train_step)
    play(step, 0, kill)
    path = checkpoint.save(tmp_path, whole, {})
    play(step, kill, 5)
    for weight in resumed.further_optimizers[0].variables:
        weight.assign(tf.ones_like(weight))
    checkpoint.restore(path, resumed)
    play(tf.function(resumed.train_step), kill, 5)
    for name, parts in checkpoint.state(whole).items():
        for left, right in zip(parts, checkpoint.state(resumed)[name], strict=True):
            np.testing.assert_array_equal(np.asarray(left), np.asarray(right), err_msg=f"{name} {left.path}")


@pytest.mark.parametrize(
    ("policy", "xla"), [pytest.param("float32", True, marks=pytest.mark.slow), ("mixed_bfloat16", False)]
)
def test_a_step_compiled_by_xla_and_in_bfloat16(policy, xla):
    keras.config.set_dtype_policy(policy)
    game = compiled(dataclasses.replace(SMALL, learning=8), spec=TokenSpec(3, 6, WORDS))
    step = tf.function(game.train_step, jit_compile=xla)
    for number in range(3):
        logs = step(batch(8, TokenSpec(3, 6), number))
    assert all(np.isfinite(value) for value in logs.values()) and float(logs["g_adv"]) != 0


def test_what_does_not_fit_is_refused():
    with pytest.raises(BadInput, match=r"model\.rollouts: 0; allowed: 1 or more"):
        dataclasses.replace(SMALL, rollouts=0).build(SPEC)
    with pytest.raises(BadInput, match=r"model\.reward: 'gold'; allowed: critic, maligan, constant"):
        dataclasses.replace(SMALL, reward="gold").build(SPEC)


def test_served_rows_are_independent_and_sampled_as_asked():
    served = compiled(mle.MLE(NETS)).served()
    write = served.signature("serving_default")

    def ask(seeds, temperature, top_k):
        rows = len(seeds)
        return write(
            seed=tf.constant(seeds, tf.int64),
            temperature=tf.fill([rows], temperature),
            top_k=tf.fill([rows], top_k),
        )

    many, one = ask(range(50), 1.0, 0), ask([7], 1.0, 0)
    for name in many:
        np.testing.assert_array_equal(many[name][7], one[name][0])
    assert len(set(many["text"].numpy())) > 20
    tokens = many["token_ids"].numpy()
    for row in range(50):
        length = many["length"].numpy()[row]
        assert many["text"].numpy()[row].decode() == SPEC.sentence(tokens[row])
        assert length == SPEC.lengths(tokens[row : row + 1])[0]
    score = served.signature("score")(token_ids=many["token_ids"])["nll"]
    np.testing.assert_allclose(score, -many["log_prob"], rtol=1e-4, atol=1e-4)
    assert len(set(ask(range(50), 1.0, 1)["text"].numpy())) == 1
    cold, warm = (
        np.mean(served.signature("score")(**{"token_ids": ask(range(50), t, 0)["token_ids"]})["nll"])
        for t in (0.3, 2.0)
    )
    assert cold < warm
    together = served.signature("batch")(
        seed=tf.range(50, dtype=tf.int64), temperature=tf.ones([50]), top_k=tf.zeros([50], tf.int32)
    )
    assert (together["token_ids"].numpy() == tokens).mean() > 0.99
    for bad in ({"temperature": [0.0]}, {"top_k": [-1]}, {"seed": [1, 2]}):
        given = {"seed": [1], "temperature": [1.0], "top_k": [0]} | bad
        with pytest.raises(tf.errors.InvalidArgumentError, match="must be"):
            write(
                seed=tf.constant(given["seed"], tf.int64),
                temperature=tf.constant(given["temperature"]),
                top_k=tf.constant(given["top_k"]),
            )


def test_an_export_writes_without_ganzoo_from_another_folder(tmp_path):
    served = compiled(mle.MLE(NETS)).served()
    module = tf.Module()
    module.weights = served.variables
    signatures = {name: served.signature(name) for name in served.signatures}
    tf.saved_model.save(module, str(tmp_path / "made"), signatures=signatures)
    (tmp_path / "made").rename(tmp_path / "moved")
    code = (
        "import sys, tensorflow as tf; assert 'ganzoo' not in sys.modules\n"
        f"write = tf.saved_model.load({str(tmp_path / 'moved')!r}).signatures['serving_default']\n"
        "found = write(seed=tf.range(5, dtype=tf.int64), temperature=tf.ones([5]), top_k=tf.zeros([5], tf.int32))\n"
        "print('|'.join(each.decode() for each in found['text'].numpy()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    here = served.signature("serving_default")(
        seed=tf.range(5, dtype=tf.int64), temperature=tf.ones([5]), top_k=tf.zeros([5], tf.int32)
    )
    assert done.stdout.strip() == "|".join(each.decode() for each in here["text"].numpy())
