"""What holds for every game of pairs: who moves, what each term is, precision, XLA, serving, and what is refused."""

import contextlib
import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

import ganzoo.data
from ganzoo import checkpoint, export, losses, regularizers, schedules
from ganzoo.data.images import Spec
from ganzoo.data.pairs import PairSpec
from ganzoo.errors import BadInput
from ganzoo.models.translation import paired, pix2pix, pix2pixhd, spade
from ganzoo.perceptual import Perceptual
from ganzoo.recipe import Data, Pairs
from ganzoo.translator import Served

SPEC = PairSpec(Spec(16, 16, 1), Spec(16, 16, 3), aligned=True)
SMALL = {"width": 2, "d_width": 2, "stages": 1}
VARIANTS = {
    "pix2pix": (pix2pix.Pix2Pix(**SMALL, downs=3), losses.non_saturating),
    "pix2pix_batch": (pix2pix.Pix2Pix(**SMALL, downs=3, norm="batch", up="resize"), losses.non_saturating),
    "l1": (pix2pix.Pix2Pix(**SMALL, downs=3, adversary=0.0), losses.non_saturating),
    "pix2pixhd": (pix2pixhd.Pix2PixHD(**SMALL, downs=2, blocks=1), losses.least_squares()),
    "spade": (spade.Spade(**SMALL, ups=1, hidden=3), losses.hinge),
    "spade_instance": (spade.Spade(**SMALL, ups=2, hidden=3, norm="instance"), losses.hinge),
}
PLAYED = [name for name in VARIANTS if name != "l1"]


def compiled(name, spec=SPEC, nets=None, **kwargs):
    keras.utils.set_random_seed(1)
    model, adversarial = VARIANTS[name]
    game, adam = (nets or model).build(spec), schedules.Adam(1e-2, 0.5)
    kwargs = {"adversarial": adversarial, "jit_compile": False} | kwargs
    game.compile(adam.build(2), adam.build(2), **kwargs)
    return game


def batch(seed=0, rows=2, spec=SPEC):
    draw = np.random.default_rng(seed)
    parts = {name: getattr(spec, name).shape for name in "ab"}
    return {name: tf.constant(draw.uniform(-1, 1, (rows, *shape)), tf.float32) for name, shape in parts.items()}


def trained(game):
    """Its G, in the precision and at the size of training."""
    return game.networks[game.direction]


@pytest.mark.parametrize("player", ["d", "g"])
@pytest.mark.parametrize("name", ["pix2pix", "pix2pixhd", "spade"])
def test_a_player_moves_only_its_own_networks(name, player):
    game = compiled(name)
    nets = {"d": game.d_nets, "g": game.g_nets}
    before = {name: [w.numpy() for net in each for w in net.trainable_variables] for name, each in nets.items()}
    loss, optimizer = {"d": (game.d_loss, game.d_optimizer), "g": (game.g_loss, game.optimizer)}[player]
    game.minimize(player, loss, batch(), nets[player], optimizer)
    for name, each in nets.items():
        now = [w.numpy() for net in each for w in net.trainable_variables]
        moved = [not np.array_equal(old, new) for old, new in zip(before[name], now, strict=True)]
        assert any(moved) == (name == player)
    assert len(game.d_nets) == len(game.g_nets) == 1


@pytest.mark.parametrize("name", VARIANTS)
def test_every_weight_gets_a_gradient_from_its_own_loss(name):
    # Twice the size: of few pixels instance norm leaves little.
    spec = PairSpec(Spec(32, 32, 1), Spec(32, 32, 3), aligned=True)
    game = compiled(name, spec)
    for loss, nets in ((game.d_loss, game.d_nets), (game.g_loss, game.g_nets)):
        for net in nets:
            with tf.GradientTape() as tape:
                total = tf.add_n(list(loss(batch(rows=3, spec=spec)).values()))
            slopes = tape.gradient(total, net.trainable_variables)
            silent = [
                weight.path
                for weight, slope in zip(net.trainable_variables, slopes, strict=True)
                # A bias before instance norm, or before batch norm without offset, changes nothing but rounding.
                if slope is None or (weight.name != "bias" and not np.any(slope))
            ]
            assert silent == []


@pytest.mark.parametrize("name", VARIANTS)
def test_terms_are_the_declared_ones_in_float32_and_finite_in_half_precision(name):
    keras.config.set_dtype_policy("mixed_bfloat16")
    game = compiled(name)
    terms = ({} if name == "l1" else game.d_loss(batch())), game.g_loss(batch())
    assert tuple(map(tuple, terms)) == (game.d_terms, game.g_terms)
    for value in (*terms[0].values(), *terms[1].values()):
        assert value.dtype == tf.float32 and value.shape == () and np.isfinite(value)
    assert trained(game)({"image": batch()["a"]}, training=True).dtype == tf.float32
    if game.d_nets:
        judged = game.judged(batch(), batch()["b"])
        assert {each.dtype for each in judged["logits"]} == {tf.float32}
        assert {each.dtype for scale in judged["maps"] for each in scale} == {tf.bfloat16}
    assert {weight.dtype for net in (*game.d_nets, *game.g_nets) for weight in net.trainable_variables} == {"float32"}


def test_steps_move_both_players_in_float16():
    keras.config.set_dtype_policy("mixed_float16")
    game = compiled("spade", run_eagerly=True)
    before = [net.get_weights() for net in (*game.d_nets, *game.g_nets)]
    for _ in range(4):  # the first ones find the scale of the loss, whose gradients overflow
        logs = game.train_step(batch())
    assert all(np.isfinite(logs[name]) for name in game.terms)
    for net, old in zip((*game.d_nets, *game.g_nets), before, strict=True):
        assert any(not np.array_equal(*pair) for pair in zip(net.get_weights(), old, strict=True))


@pytest.mark.parametrize(
    "name",
    ["pix2pix_batch", *(pytest.param(name, marks=pytest.mark.slow) for name in ("pix2pix", "pix2pixhd", "spade"))],
)
def test_a_step_is_the_same_with_xla(name):
    logs = []
    for run in (compiled(name).train_step, tf.function(compiled(name).train_step, jit_compile=True)):
        logs.append({key: float(value) for key, value in run(batch()).items()})
    for key, value in logs[0].items():
        np.testing.assert_allclose(logs[1][key], value, rtol=2e-3, err_msg=key)


@pytest.mark.parametrize("name", PLAYED)
def test_d_judges_an_image_beside_what_g_was_told(name):
    game, given = compiled(name), batch()
    first = game.judged(given, given["b"])["logits"]
    other = game.judged(given | {"a": tf.reverse(given["a"], [0])}, given["b"])["logits"]
    assert all(np.abs(one - two).max() > 1e-6 for one, two in zip(first, other, strict=True))


@pytest.mark.parametrize("name", VARIANTS)
def test_the_terms_by_hand(name):
    # Dropout would draw another mask here.
    model, adversarial = VARIANTS[name]
    nets = dataclasses.replace(model, dropout=0.0) if name in ("pix2pix", "pix2pix_batch", "l1") else model
    game, given = compiled(name, nets=nets), batch()
    state = [net.get_weights() for net in (*game.d_nets, *game.g_nets)]

    def fresh():
        """As before the losses: they move vectors of spectral norms and moments."""
        for net, weights in zip((*game.d_nets, *game.g_nets), state, strict=True):
            net.set_weights(weights)

    found = {}
    for player, loss in (("d", game.d_loss), ("g", game.g_loss))[2 - len(state) :]:
        fresh()
        found |= {f"{player}_{key}": float(value) for key, value in loss(given).items()}
    fresh()
    fake = trained(game)({"image": given["a"]}, training=True)
    wanted = {}
    if name != "l1":
        # D's step looks at the reals first, G's at the fakes: each look moves the vectors of spectral norms.
        real = game.judged(given, given["b"])
        d_fake = game.judged(given, fake)
        fresh()
        judged = game.judged(given, fake)
        told = game.judged(given, given["b"])
        scales = range(len(judged["logits"]))
        d_factor = {"pix2pixhd": 1.0, "spade": 0.5, "spade_instance": 0.5}.get(name, 0.5)
        wanted["d_adv"] = d_factor * sum(
            float(adversarial.d(real["logits"][scale], d_fake["logits"][scale])) for scale in scales
        )
        weight = {"pix2pixhd": 2.0, "spade": 0.5, "spade_instance": 0.5}.get(name, 1.0)
        wanted["g_adv"] = weight * sum(float(adversarial.g(judged["logits"][scale])) for scale in scales)
    if name in ("pix2pix", "pix2pix_batch", "l1"):
        wanted["g_l1"] = 100 * np.abs(fake - given["b"]).mean()
    else:
        # Both maps of a D with one strided stage, over two scales: 10 x 4 / 2 for pix2pixHD, 10 for SPADE.
        differences = [
            np.abs(judged["maps"][scale][stage] - told["maps"][scale][stage]).mean()
            for scale in scales
            for stage in range(2)
        ]
        wanted["g_features"] = {"pix2pixhd": 20}.get(name, 10) * sum(differences) / 2
    assert list(found) == list(wanted)
    np.testing.assert_allclose(list(found.values()), list(wanted.values()), rtol=1e-4)


def test_matching_of_maps_is_a_mean_over_scales_of_a_sum_over_maps_without_a_gradient_to_the_reals():
    fakes = [[tf.Variable([1.0, 3.0]), tf.Variable([0.0])], [tf.Variable([2.0]), tf.Variable([5.0])]]
    reals = [[tf.Variable([0.0, 0.0]), tf.Variable([1.0])], [tf.Variable([2.5]), tf.Variable([1.0])]]
    with tf.GradientTape() as tape:
        value = paired.PairedGAN.matched(fakes, reals)
    assert float(value) == (2.0 + 1.0 + 0.5 + 4.0) / 2
    slopes = tape.gradient(value, {"fakes": fakes, "reals": reals})
    assert slopes["fakes"][0][0].numpy().tolist() == [0.25, 0.25] and slopes["fakes"][1][0].numpy().tolist() == [-0.5]
    assert all(slope is None for scale in slopes["reals"] for slope in scale)


def test_without_weight_on_ds_opinion_there_is_no_d_and_g_learns():
    game = compiled("l1")
    assert game.d_nets == game.d_terms == () and game.terms == ("g_l1",)
    given = batch()
    given["b"] = tf.ones_like(given["b"]) / 2
    first = float(game.train_step(given)["g_l1"])
    for _ in range(10):
        game.reset_metrics()
        last = float(game.train_step(given)["g_l1"])
    assert last < first / 2 and int(game.images.value) == 22


def test_a_perceptual_distance_is_a_term_where_it_is_named():
    nets = dataclasses.replace(VARIANTS["pix2pixhd"][0], perceptual=Perceptual("random", weight=3.0))
    game, given = compiled("pix2pixhd", nets=nets), batch()
    assert game.g_terms == ("adv", "features", "perceptual")
    fake = trained(game)({"image": given["a"]}, training=True)
    expected = Perceptual("random").build((16, 16, 3))(fake, given["b"])
    np.testing.assert_allclose(game.g_loss(given)["perceptual"], 3 * expected, rtol=1e-5)


def test_a_penalty_on_d_is_of_the_image_and_not_of_what_was_told():
    game, given = compiled("pix2pix", regularizers=(regularizers.R1(gamma=2.0),)), batch()
    with tf.GradientTape() as tape:
        tape.watch(given["b"])
        opinion = tf.reduce_sum(tf.reduce_mean(game.judged(given, given["b"])["logits"][0], [1, 2]))
    slope = tape.gradient(opinion, given["b"])
    expected = tf.reduce_mean(tf.reduce_sum(tf.square(slope), [1, 2, 3]))
    np.testing.assert_allclose(game.d_loss(given)["r1"], expected, rtol=1e-4)


def test_a_relativistic_pair_is_told_the_reals():
    game, given = compiled("pix2pixhd", adversarial=losses.relativistic), batch()
    fake = trained(game)({"image": given["a"]}, training=True)
    judged, told = (game.judged(given, image)["logits"] for image in (fake, given["b"]))
    expected = 2 * sum(np.log1p(np.exp(real - made)).mean() for made, real in zip(judged, told, strict=True))
    np.testing.assert_allclose(game.g_loss(given)["adv"], expected, rtol=1e-4)


def test_the_other_direction_goes_back():
    game = compiled("pix2pix", nets=dataclasses.replace(VARIANTS["pix2pix"][0], direction="b2a", dropout=0.0))
    about, given = game.translators["b2a"], batch()
    assert (about.source, about.target, about.given, about.made) == ("b", "a", 3, 1)
    fake = trained(game)({"image": given["b"]}, training=True)
    np.testing.assert_allclose(game.g_loss(given)["l1"], 100 * np.abs(fake - given["a"]).mean(), rtol=1e-5)


@pytest.mark.parametrize("name", ["pix2pix", pytest.param("spade", marks=pytest.mark.slow)])
def test_a_resumed_game_goes_on_bit_for_bit(name, tmp_path):
    """With dropout's masks, the vectors of spectral norms and the moments of batch norms."""

    def play(game, first, steps):
        for number in range(first, first + steps):
            game.train_step(batch(number))
        return game

    whole = play(compiled(name), 0, 4)
    path = checkpoint.save(tmp_path, play(compiled(name), 0, 2), {})
    resumed = compiled(name)
    checkpoint.restore(path, resumed)
    play(resumed, 2, 2)
    for left, right in zip(whole.variables, resumed.variables, strict=True):
        np.testing.assert_array_equal(left.numpy(), right.numpy(), err_msg=left.path)


@pytest.mark.slow
@pytest.mark.parametrize("name", VARIANTS)
def test_two_replicas_agree_with_one_device(name, two_cpus):
    rows = {part: np.concatenate([batch(step, 4)[part] for step in range(2)]) for part in "ab"}
    data, ends = tf.data.Dataset.from_tensor_slices(rows).batch(4, drop_remainder=True), []
    for scope in (contextlib.nullcontext(), two_cpus.scope()):
        keras.utils.set_random_seed(1)
        model, adversarial = VARIANTS[name]
        with scope:
            game = model.build(SPEC)
            game.compile(keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.01), adversarial, jit_compile=False)
        game.fit(data, shuffle=False, verbose=0)
        ends.append({weight.path: weight.numpy() for weight in game.weights})
    for (path, one), two in zip(ends[0].items(), ends[1].values(), strict=True):
        np.testing.assert_allclose(two, one, atol=1e-4 * (np.max(np.abs(one)) + 1e-3), err_msg=path)


def test_a_game_plays_on_windows_and_mirrors_that_are_the_same_for_both():
    clothes = Data(source="bundled", name="fashion_mnist", channels=3, window=16, flip=True, limit=8)
    images = ganzoo.data.open(Pairs(clothes, clothes, aligned=True))
    game = compiled("pix2pix", images.spec)
    for given in images.stream(4, seed=3).take(3):
        assert np.array_equal(given["a"], given["b"])
    assert all(np.isfinite(value) for value in game.train_step(given).values())
    with pytest.raises(BadInput, match=r"data\.aligned"):
        VARIANTS["pix2pix"][0].build(ganzoo.data.open(Pairs(clothes, clothes)).spec)


@pytest.mark.parametrize("name", ["pix2pix", "pix2pix_batch", "pix2pixhd", "spade"])
def test_any_size_is_served_with_the_pixels_of_the_network(name):
    game = compiled(name)
    game.train_step(batch())  # moments and vectors that are not those of the start
    about, made = game.translators["a2b"], Served(game)
    call = made.signature("a2b")
    image = np.random.default_rng(0).integers(0, 256, (2, 13, 21, 1), np.uint8)
    more = [max(about.least, -(-side // about.multiple) * about.multiple) - side for side in (13, 21)]
    filled = np.pad(image, [(0, 0), (0, more[0]), (0, more[1]), (0, 0)], mode="symmetric")
    wanted = made.networks["a2b"]({"image": filled / np.float32(127.5) - 1}, training=False)[:, :13, :21]
    assert_pixels(call(image=tf.constant(image))["image"], wanted)
    # At the size of training, the network that was trained.
    square = np.random.default_rng(1).integers(0, 256, (2, 16, 16, 1), np.uint8)
    exact = trained(game)({"image": square / np.float32(127.5) - 1}, training=False)
    assert_pixels(call(image=tf.constant(square))["image"], exact)


def assert_pixels(made, exact):
    """uint8 images are those of a network, [-1, 1], to a level."""
    assert made.shape == exact.shape and made.dtype == tf.uint8
    assert np.abs(made.numpy() - np.round((exact.numpy() + 1) * 127.5)).max() <= 1


def test_an_export_has_the_moments_of_training_and_draws_nothing(tmp_path):
    game = compiled("pix2pix_batch")
    game.train_step(batch())
    text = dict.fromkeys(("recipe", "summary", "paper", "command", "data", "licence", "precision", "hardware"), "x")
    card = text | {"images": 1, "seed": 0, "versions": {}, "commit": "", "date": "2026-01-01"}
    export.export(game, tmp_path / "1", card)
    call = tf.saved_model.load(str(tmp_path / "1")).signatures["a2b"]
    image = np.random.default_rng(0).integers(0, 256, (2, 13, 21, 1), np.uint8)
    first, again = (call(image=tf.constant(image))["image"].numpy() for _ in range(2))
    assert np.array_equal(first, again)
    assert np.array_equal(call(image=tf.constant(image[1:]))["image"].numpy(), first[1:])
    assert np.array_equal(Served(game).signature("a2b")(image=tf.constant(image))["image"].numpy(), first)


@pytest.mark.parametrize("name", ["pix2pix", "pix2pixhd", "spade"])
def test_what_does_not_fit_is_refused_in_one_line(name):
    nets, unit = VARIANTS[name][0], {"pix2pix": 8, "pix2pixhd": 4, "spade": 2}[name]
    alone = dataclasses.replace(SPEC, aligned=False)
    with pytest.raises(BadInput, match=r"data\.aligned: false, but this model learns from pairs; allowed: true"):
        nets.build(alone)
    with pytest.raises(BadInput, match=rf"data\.a\.size: 17x16; allowed: sides that are multiples of {unit}"):
        nets.build(PairSpec(Spec(17, 16, 1), Spec(17, 16, 3), aligned=True))
    deep = dataclasses.replace(nets, stages=3)
    with pytest.raises(BadInput, match=r"data\.a\.size: 16x16; allowed: sides of at least (24|48)"):
        deep.build(SPEC)
    with pytest.raises(BadInput, match=r"model\.direction: 'a2c'; allowed: a2b, b2a"):
        dataclasses.replace(nets, direction="a2c").build(SPEC)
    with pytest.raises(BadInput, match=r"model\.adversary: -1"):
        dataclasses.replace(nets, adversary=-1.0).build(SPEC)
    with pytest.raises(BadInput, match="two domains"):
        nets.build(Spec(16, 16, 3))


def test_a_game_without_terms_is_refused():
    with pytest.raises(BadInput, match=r"model\.adversary: 0, and so is every other term"):
        dataclasses.replace(VARIANTS["l1"][0], l1=0.0).build(SPEC)
