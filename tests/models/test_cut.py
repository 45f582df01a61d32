"""CUT: its sizes, PatchNCE against its definition, who moves in whose turn, XLA, half precision, resuming, serving."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import checkpoint, losses, regularizers, schedules
from ganzoo.data.images import Spec
from ganzoo.data.pairs import PairSpec
from ganzoo.errors import BadInput
from ganzoo.gan import Progress
from ganzoo.layers import blur
from ganzoo.models.translation import cut, light
from ganzoo.translator import Served

SIDE = 8
SMALL = {"nets": light.Light(width=4, d_width=4, blocks=2), "patches": 8, "units": 6}


def compiled(choice=cut.CUT, spec=None, penalties=(), **kwargs):
    keras.utils.set_random_seed(1)
    made = cut.CUT(**SMALL) if choice is cut.CUT else choice
    game, adam = made.build(spec or PairSpec(Spec(SIDE, SIDE, 3), Spec(SIDE, SIDE, 3))), schedules.Adam(1e-3, 0.5)
    game.compile(adam.build(2), adam.build(2), losses.least_squares(), penalties, jit_compile=False, **kwargs)
    return game


def batch(seed=0, rows=2, side=SIDE):
    draw = np.random.default_rng(seed)
    return {name: tf.constant(draw.uniform(-1, 1, (rows, side, side, 3)), tf.float32) for name in "ab"}


def conv(size, given, made):
    return size * size * given * made + made


def count(network):
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_variables)


def test_parameters_of_the_paper():
    nets = cut.ResNet()
    generator = nets.generator((256, 256), given=3, made=3)
    total = conv(7, 3, 64) + conv(3, 64, 128) + conv(3, 128, 256) + 9 * 2 * conv(3, 256, 256)
    total += conv(3, 256, 128) + conv(3, 128, 64) + conv(7, 64, 3)
    assert count(generator) == total and round(total / 1e6, 3) == 11.378
    judge = nets.discriminator(3, (256, 256))
    total = conv(4, 3, 64) + conv(4, 64, 128) + conv(4, 128, 256) + conv(4, 256, 512) + conv(4, 512, 1)
    assert count(judge) == total and round(total / 1e6, 3) == 2.765
    assert judge.output.shape == (None, 30, 30) and generator.output.shape == (None, 256, 256, 3)
    encoder = cut.encoder(generator, nets.taps)
    seen = {name: tuple(each.shape[1:]) for name, each in encoder.output.items()}
    assert nets.taps == ("image", "down_1", "down_2", "block_1", "block_5")
    coarse = (64, 64, 256)
    assert [seen[tap] for tap in nets.taps] == [(256, 256, 3), (256, 256, 128), (128, 128, 256), coarse, coarse]
    assert count(cut.heads(encoder, 256)) == sum(conv(1, c, 256) + conv(1, 256, 256) for c in (3, 128, 256, 256, 256))
    spread = np.std(generator.get_layer("down_1").kernel.numpy())
    np.testing.assert_allclose(spread, 0.02 * np.sqrt(2 / (9 * 64 + 9 * 128)), rtol=0.02)


def test_variants_are_values():
    assert (cut.CUT().nce, cut.CUT().targets, cut.CUT().flip) == (1, True, False)
    assert (cut.FASTCUT.nce, cut.FASTCUT.targets, cut.FASTCUT.flip) == (10, False, True)
    assert (cut.SINCUT.nce, cut.SINCUT.targets, cut.SINCUT.identity) == (4, True, 1)


@pytest.mark.parametrize("side", [5, 6])
@pytest.mark.parametrize(("stride", "repeat", "mode"), [(2, False, "reflect"), (1, True, "symmetric")])
def test_blur_is_its_filter(side, stride, repeat, mode):
    x = np.random.default_rng(0).normal(size=(1, side, side, 1)).astype(np.float32)
    padded, taps = np.pad(x[0, :, :, 0], 1, mode=mode), np.array([1, 2, 1]) / 4
    wanted = [
        [np.sum(padded[row : row + 3, column : column + 3] * np.outer(taps, taps)) for column in range(0, side, stride)]
        for row in range(0, side, stride)
    ]
    layer = blur.Blur(stride, repeat)
    made = layer(x)
    np.testing.assert_allclose(made[0, :, :, 0], wanted, rtol=1e-5, atol=1e-6)
    assert layer.compute_output_shape(x.shape) == made.shape


def test_doubling_without_aliasing_is_one_three_three_one():
    x = np.random.default_rng(0).normal(size=6).astype(np.float32)
    spread = np.zeros(16)
    spread[2:14:2], spread[0], spread[14] = x, x[0], x[-1]  # zeros between, the border goes on
    wanted = np.convolve(spread, np.array([1, 3, 3, 1]) / 4)[3:15]
    image = np.broadcast_to(x[None, None, :, None], (1, 4, 6, 1))
    made = blur.Blur(repeat=True)(keras.layers.UpSampling2D()(image))
    np.testing.assert_allclose(made[0, 3, :, 0], wanted, rtol=1e-5, atol=1e-6)


def test_the_contrast_of_two_places_by_hand():
    queries = tf.constant([[[2.0, 0.0], [0.0, 0.5]]])
    keys = tf.constant([[[3.0, 0.0], [1.0, 1.0]]])
    # Cosines: the first query 1 to its own key and 1 / sqrt 2 to the other, the second 0 to the other and 1 / sqrt 2.
    half = 0.5**0.5
    wanted = (np.log(np.exp(2) + np.exp(2 * half)) - 2 + np.log(1 + np.exp(2 * half)) - 2 * half) / 2
    np.testing.assert_allclose(cut.patch_nce(queries, keys, 0.5), wanted, rtol=1e-6)


def test_no_gradient_reaches_the_keys_and_negatives_are_of_the_same_image():
    draw = np.random.default_rng(0)
    queries, keys = (tf.Variable(draw.normal(size=(2, 3, 4)), dtype=tf.float32) for _ in range(2))
    with tf.GradientTape() as tape:
        loss = cut.patch_nce(queries, keys, 0.07)
    slope, none = tape.gradient(loss, [queries, keys])
    assert none is None and float(tf.norm(slope)) > 0
    alone = [cut.patch_nce(queries[row : row + 1], keys[row : row + 1], 0.07) for row in range(2)]
    np.testing.assert_allclose(loss, np.mean(alone), rtol=1e-5)


def test_the_contrast_is_plain_numpys():
    game, given = compiled(), batch()
    total = []
    for tap in game.choice.nets.taps:
        q, k = (game.encoder({"image": given[name]})[tap].numpy() for name in "ba")
        assert q.shape[1] in (SIDE, SIDE // 2)
        where = game._places(tf.constant(k), f"g/places/x/{tap}").numpy()
        q, k = (
            game.heads(
                {
                    other: np.zeros((2, 8, each.shape[-1]), np.float32)
                    if other != tap
                    else np.stack([maps[row].reshape(-1, maps.shape[-1])[where[row]] for row in range(2)])
                    for other, each in game.encoder.output.items()
                }
            )[tap].numpy()
            for maps in (q, k)
        )
        for row in range(2):
            for place in range(8):
                units = [each / max(np.linalg.norm(each), 1e-6) for each in (q[row, place], *k[row])]
                cosines = [units[0] @ key for key in units[1:]]
                weights = np.exp(np.array(cosines) / 0.07)
                total.append(-np.log(weights[place] / weights.sum()))
    np.testing.assert_allclose(game.contrast(given["a"], given["b"], "x"), np.mean(total), rtol=1e-3)


def test_places_are_different_ones_of_each_image_and_drawn_anew():
    progress = Progress(tf.constant(0), tf.constant(0), 0)
    found = cut.places((3, 4, 4, 1), 5, progress, "s").numpy()
    assert found.shape == (3, 5) and all(len(set(row)) == 5 for row in found)
    assert len({tuple(row) for row in found}) == 3 and 0 <= found.min() <= found.max() < 16
    assert not np.array_equal(found, cut.places((3, 4, 4, 1), 5, Progress(0, 8, 0), "s"))
    everything = cut.places((3, 4, 4, 1), 256, progress, "s").numpy()
    assert np.array_equal(np.sort(everything), np.tile(np.arange(16), (3, 1)))
    maps = tf.reshape(tf.range(48.0), [3, 4, 4, 1])
    assert np.array_equal(cut.patches(maps, found)[..., 0], found + 16 * np.arange(3)[:, None])


class Pixels(light.Light):
    taps = ("image",)


def test_features_are_turned_back_where_an_image_went_through_mirrored():
    game, given = compiled(cut.CUT(Pixels(2, 2, 1), patches=64, units=6)), batch()
    a, flips = given["a"], tf.constant([True, False])
    turned = np.stack([a[0].numpy()[:, ::-1], a[1].numpy()])
    assert np.array_equal(cut.mirrored(a, flips), turned)
    # What is mirrored as a whole is, turned back, what it was: each patch finds itself.
    itself = game.contrast(a, a, "x")
    np.testing.assert_allclose(game.contrast(a, cut.mirrored(a, flips), "x", flips), itself, rtol=1e-5)
    assert game.contrast(a, cut.mirrored(a, flips), "x") > itself + 0.1


def test_images_go_through_mirrored_half_of_the_time():
    game = compiled(dataclasses.replace(cut.FASTCUT, **SMALL))
    a = batch(rows=64)["a"]
    fake, flips = game._translated(a, "g")
    assert 20 < np.sum(flips) < 44
    turned = np.where(np.reshape(flips, [-1, 1, 1, 1]), a.numpy()[:, :, ::-1], a)
    np.testing.assert_allclose(fake, game.networks["a2b"]({"image": turned}), atol=1e-5)
    assert game.g_terms == ("adv", "nce")


@pytest.mark.parametrize("player", ["d", "g"])
def test_a_player_moves_only_its_own_networks(player):
    game = compiled()
    assert game.g_nets == (game.networks["a2b"], game.heads) and game.d_nets == (game.discriminator,)
    nets = {"d": game.d_nets, "g": game.g_nets}
    before = {name: [w.numpy() for net in each for w in net.trainable_variables] for name, each in nets.items()}
    loss, optimizer = {"d": (game.d_loss, game.d_optimizer), "g": (game.g_loss, game.optimizer)}[player]
    game.minimize(player, loss, batch(), nets[player], optimizer)
    for name, each in nets.items():
        now = [w.numpy() for net in each for w in net.trainable_variables]
        moved = [not np.array_equal(old, new) for old, new in zip(before[name], now, strict=True)]
        assert (np.mean(moved) > 0.9) == any(moved) == (name == player)


@pytest.mark.parametrize(("nets", "side"), [(SMALL["nets"], SIDE), (cut.ResNet(2, 2, 1), 24)])
def test_every_weight_gets_a_gradient(nets, side):
    game = compiled(cut.CUT(nets, patches=8, units=6), PairSpec(Spec(side, side, 3), Spec(side, side, 3)))
    for loss, networks in ((game.d_loss, game.d_nets), (game.g_loss, game.g_nets)):
        with tf.GradientTape() as tape:
            total = tf.add_n(list(loss(batch(side=side)).values()))
        weights = [weight for network in networks for weight in network.trainable_variables]
        slopes = tape.gradient(total, weights)
        # A bias before instance norm changes nothing: the kernels and the others are looked at.
        some = [weight for weight in weights if nets is SMALL["nets"] or len(weight.shape) > 1]
        flat = [w.path for w, slope in zip(weights, slopes, strict=True) if slope is None or not np.any(slope)]
        assert [w.path for w in some if w.path in flat] == []


def test_the_terms_of_g_are_those_of_the_paper():
    choice = cut.CUT(**SMALL, nce=4.0, identity=3.0)
    game, given = compiled(choice), batch()
    start = game.discriminator.get_weights()
    terms = {name: float(value) for name, value in game.g_loss(given).items()}
    game.discriminator.set_weights(start)  # with the vectors of spectral norm that the loss found
    fake, kept = (game.networks["a2b"]({"image": given[name]}) for name in "ab")
    wanted = {
        "adv": np.square(game.discriminator({"image": fake}, training=True).numpy() - 1).mean(),
        "nce": 2 * float(game.contrast(given["a"], fake, "a")),
        "nce_targets": 2 * float(game.contrast(given["b"], kept, "b")),
        "identity": 3 * np.abs(kept.numpy() - given["b"].numpy()).mean(),
    }
    assert tuple(terms) == game.g_terms == tuple(wanted)
    np.testing.assert_allclose(list(terms.values()), list(wanted.values()), rtol=1e-4)


def test_a_batch_is_as_large_as_it_is():
    game = compiled()
    rows = [float(sum(game.g_loss(batch(rows=rows)).values())) for rows in (1, 3)]
    assert np.all(np.isfinite(rows))


@pytest.mark.parametrize(
    ("policy", "xla"), [pytest.param("float32", True, marks=pytest.mark.slow), ("mixed_bfloat16", False)]
)
def test_a_step_with_a_penalty_compiled_by_xla_and_in_bfloat16(policy, xla):
    keras.config.set_dtype_policy(policy)
    small = SMALL | {"nets": light.Light(2, 2, 1), "targets": False, "flip": True}
    game = compiled(cut.CUT(**small), penalties=(regularizers.R1(1.0),), run_eagerly=not xla)
    step = tf.function(game.train_step, jit_compile=True) if xla else game.train_step
    logs = step(batch())
    assert {"d_adv", "d_r1", "g_adv", "g_nce"} <= set(logs)
    assert all(np.isfinite(value) for value in logs.values()) and float(logs["d_r1"]) > 0


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_half_precision_ends_before_what_is_summed(policy):
    keras.config.set_dtype_policy(policy)
    nets = cut.ResNet(2, 2, 1)
    game = compiled(cut.CUT(nets, patches=8, units=6), PairSpec(Spec(24, 24, 3), Spec(24, 24, 3)))
    image = {"image": batch(side=24)["a"]}
    assert game.networks["a2b"](image).dtype == game.discriminator(image).dtype == tf.float32
    half = {each.dtype.name for each in game.encoder(image).values()}
    assert policy.removeprefix("mixed_") in half
    assert {layer.compute_dtype for layer in game.heads.layers if layer.weights} == {"float32"}
    assert game.contrast(image["image"], image["image"], "x").dtype == tf.float32


def test_a_resumed_game_goes_on_bit_for_bit(tmp_path):
    small = SMALL | {"nets": light.Light(2, 2, 1), "targets": False, "flip": True}

    def play(step, first, steps):
        for number in range(first, first + steps):
            step(batch(number))

    whole, resumed = (compiled(cut.CUT(**small)) for _ in range(2))
    step = tf.function(whole.train_step)
    play(step, 0, 2)
    path = checkpoint.save(tmp_path, whole, {})
    play(step, 2, 2)
    for weight in resumed.heads.trainable_variables:
        weight.assign(tf.zeros_like(weight))
    checkpoint.restore(path, resumed)
    play(tf.function(resumed.train_step), 2, 2)
    for left, right in zip(whole.variables, resumed.variables, strict=True):
        np.testing.assert_array_equal(left.numpy(), right.numpy(), err_msg=left.path)


@pytest.mark.parametrize(("nets", "side", "multiple"), [(cut.ResNet(2, 2, 1), 24, 4), (SMALL["nets"], SIDE, 2)])
def test_served_at_an_odd_size_it_is_the_network(nets, side, multiple):
    game = cut.CUT(nets, units=6).build(PairSpec(Spec(side, side, 3), Spec(side, side, 3)))
    served = Served(game)
    image = np.random.default_rng(0).uniform(-1, 1, (1, 13, 9, 3)).astype(np.float32)
    more = [-side % multiple for side in (13, 9)]
    filled = np.pad(image, [(0, 0), (0, more[0]), (0, more[1]), (0, 0)], mode="symmetric")
    fixed = nets.generator(filled.shape[1:3], 3, 3)
    fixed.set_weights(game.networks["a2b"].get_weights())
    made = served.signature("float")(image=tf.constant(image))["image"]
    np.testing.assert_allclose(made, fixed({"image": filled})[:, :13, :9], atol=1e-5)
    assert list(served.networks) == ["a2b"]


def test_what_does_not_fit_is_refused():
    def spec(height=24, width=24, channels=3):
        return PairSpec(Spec(height, width, 3), Spec(height, width, channels))

    with pytest.raises(BadInput, match=r"data\.a\.size: 26x24; allowed: sides that are multiples of 4"):
        cut.CUT().build(spec(26))
    with pytest.raises(BadInput, match=r"data\.a\.size: 16x24; allowed: sides of at least 24"):
        cut.CUT().build(spec(16))
    with pytest.raises(BadInput, match=r"data\.b\.channels: 1, but a has 3; allowed: as many"):
        cut.CUT().build(spec(channels=1))
    with pytest.raises(BadInput, match=r"model\.patches: 1; allowed: 2 or more"):
        cut.CUT(patches=1).build(spec())
    with pytest.raises(BadInput, match="two domains"):
        cut.CUT().build(Spec(24, 24, 3))
