"""What is particular to StyleGAN3-T: bands, counts, features that move, pictures that move with them, kept state."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import averaging, checkpoint, losses, regularizers, schedules
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.layers import filtered
from ganzoo.models.image import stylegan2, stylegan3

NETS = stylegan3.StyleGAN3(cbase=64, cmax=4, z_dim=5, w_dim=6, layers=3, critical=1)
SPEC = Spec(8, 8, 1)
BATCH = {"image": tf.random.stateless_uniform([4, 8, 8, 1], [0, 1], -1, 1)}


def trainable(net):
    return sum(int(np.prod(weight.shape)) for weight in net.trainable_variables)


def compiled(seed=0, **kwargs):
    keras.utils.set_random_seed(seed)
    game = NETS.build(SPEC)
    choices = {"regularizers": (regularizers.R1(0.1, interval=2),), "run_eagerly": True} | kwargs
    game.compile(schedules.Adam(1e-2).build(4), schedules.Adam(1e-2).build(4), losses.non_saturating, **choices)
    return game


@pytest.mark.parametrize(
    ("spec", "rates"),
    [
        (Spec(16, 16, 3), [16] * 14),
        (Spec(32, 32, 3), [16] * 5 + [32] * 9),
        (Spec(64, 64, 3), [16] * 4 + [32] * 4 + [64] * 6),
        (Spec(28, 28, 3), [14] * 5 + [28] * 9),
        (Spec(48, 32, 3), [16] * 5 + [32] * 9),
    ],
)
def test_the_rates_of_the_layers(spec, rates):
    assert [band.rate for band in stylegan3.bands(stylegan3.StyleGAN3(), spec)] == rates


def test_bands_by_hand():
    first, second, *_, before, third, fourth = stylegan3.bands(stylegan3.StyleGAN3(), Spec(64, 64, 3))
    # At first 2 cycles, stopped at 8 (half the rate) though the geometric stopband is at 2 ** 2.1.
    assert (first.cutoff, first.half_width) == (2, 6)
    assert second.cutoff == pytest.approx(2 * 16 ** (1 / 12))
    # Cutoff 2 -> 32 and stopband 2 ** 2.1 -> 2 ** 5.3 in twelve steps.
    assert before.cutoff == pytest.approx(2 * 16 ** (11 / 12))
    assert before.half_width == pytest.approx(2 ** (2.1 + 3.2 * 11 / 12) - 2 * 16 ** (11 / 12))
    assert third == fourth
    assert (third.cutoff, third.half_width) == (32, pytest.approx(32 * (2**0.3 - 1)))


@pytest.mark.parametrize("critical", [0, 3, 4])
def test_layers_that_leave_none_to_grow_are_refused(critical):
    with pytest.raises(BadInput, match=rf"model.critical: {critical}; allowed: 1 to model.layers - 1 = 2"):
        dataclasses.replace(NETS, critical=critical).build(SPEC)


def test_parameters():
    nets = stylegan3.StyleGAN3(cbase=128, cmax=24, z_dim=5, w_dim=6, layers=4, conditional=True)
    spec = Spec(16, 32, 4, 7)  # cutoffs 2, 4, 8, 8: channels 24, 16, 8, 8

    def layer(inputs, outputs, size=3):
        return 6 * inputs + inputs + size * size * inputs * outputs + outputs

    assert trainable(nets.generator(spec)) == sum(
        [
            (7 * 6 + 6) + (11 * 6 + 6) + (6 * 6 + 6),  # the class; z and class; mapping
            6 * 4 + 4 + 24 * 24,  # how the features move, and how they mix
            layer(24, 24) + layer(24, 16) + layer(16, 8) + layer(8, 8),
            layer(8, 4, size=1),
        ]
    )
    fixed = {weight.name: tuple(weight.shape) for weight in nets.generator(spec).non_trainable_variables}
    assert fixed == {"w_avg": (6,), "frequencies": (2, 24), "phases": (24,), "square": ()}
    narrow = stylegan2.StyleGAN2(cbase=128, cmax=24, z_dim=5, w_dim=6, depth=2, conditional=True)
    assert trainable(nets.discriminator(spec)) == trainable(narrow.discriminator(spec))


def test_parameters_of_the_paper():
    """The sum over the layers at 1024x1024 with the default widths, in millions."""
    nets = stylegan3.StyleGAN3()
    widths = [stylegan3.channels_of(nets, band) for band in stylegan3.bands(nets, Spec(1024, 1024, 3))]
    assert (widths[0], widths[-1]) == (512, 32)
    pairs = list(zip(widths[:1] + widths, widths, strict=False))
    total = 2 * (512 * 512 + 512) + (4 * 512 + 4) + 512 * 512
    total += sum(512 * a + a + 9 * a * b + b for a, b in pairs) + 512 * 32 + 32 + 32 * 3 + 3
    assert round(total / 1e6, 1) == 22.3


def moved(right, down, side):
    """The transform of a picture that goes so many pixels to the right and down."""
    return tf.constant([[[1, 0, -right / side], [0, 1, -down / side], [0, 0, 1]]], tf.float32)


def features(layer, transform=None):
    w = tf.ones([1, 6])
    return layer(w, stylegan3.Untransformed()(w) if transform is None else transform).numpy()


def test_features_move_exactly():
    layer = stylegan3.FourierFeatures(16, (12, 12), filtered.Band(16, 2.0, 6.0))
    still = features(layer)
    assert np.max(np.abs(still)) <= 1
    there = features(layer, moved(2, -1, 16))
    np.testing.assert_allclose(there[:, :-1, 2:], still[:, 1:, :-2], atol=1e-5)


def test_frequencies_fill_the_disc_of_the_band():
    layer = stylegan3.FourierFeatures(4000, (4, 4), filtered.Band(16, 2.0, 6.0))
    layer.build((None, 6), (None, 3, 3))
    radius = np.linalg.norm(layer.frequencies.numpy(), axis=0)
    assert np.max(radius) <= 2
    assert np.mean(radius < 1) == pytest.approx(0.25, abs=0.03)  # a quarter of the area
    assert np.mean(layer.frequencies, axis=1) == pytest.approx(0, abs=0.06)
    assert np.mean(layer.phases) == pytest.approx(0.5, abs=0.02)


def test_w_turns_the_features_and_then_moves_them():
    layer = stylegan3.FourierFeatures(16, (12, 12), filtered.Band(16, 2.0, 6.0))
    still = features(layer)
    layer.bias.assign([0.0, 3.0, 0.0, 0.0])  # a quarter turn, whatever the length
    turned = features(layer)
    np.testing.assert_allclose(turned, np.rot90(still, -1, axes=(1, 2)), atol=1e-5)  # clockwise, for y points down
    layer.bias.assign([0.0, 1.0, 2 / 16, 0.0])
    np.testing.assert_allclose(features(layer)[:, :, 2:], turned[:, :, :-2], atol=1e-5)


def interpolated(image, right, down, reach=8):
    """The picture moved by part of a pixel, by a sinc under Kaiser's window; zeros come in."""
    side = image.shape[1]

    def matrix(by):
        place = np.arange(side)[:, None] - np.arange(side) - by
        window = np.i0(6 * np.sqrt(np.maximum(0, 1 - (place / reach) ** 2))) / np.i0(6)
        return np.sinc(place) * window * (np.abs(place) < reach)

    return np.einsum("Hh,Ww,nhwc->nHWc", matrix(down), matrix(right), image)


def equivariance(still, there, right, down, border):
    """EQ-T in decibels (appendix E.3, eq. 10), with the picture's deviation in the place of the range of 2.

    An untrained network's contrast is far below that range, which would add its ratio to every number.
    """
    wanted = interpolated(still, right, down) if right % 1 or down % 1 else np.roll(still, (down, right), (1, 2))
    inside = slice(border, still.shape[1] - border)
    error = np.mean((there - wanted)[:, inside, inside] ** 2)
    return 10 * np.log10(np.var(still) / error)


def test_a_moved_input_is_a_moved_picture():
    nets = stylegan3.StyleGAN3(cbase=256, cmax=8, z_dim=5, w_dim=6)
    network = stylegan3.synthesis(nets, Spec(32, 32, 3))
    w = tf.repeat(tf.random.stateless_normal([2, 1, 6], [0, 2]), nets.layers + 2, axis=1)
    for layer in network.layers:
        if isinstance(layer, filtered.RunningScale):
            layer.halflife = 1e-3  # so that one batch is all it remembers
    network({"w": w, "transform": moved(0, 0, 32)}, training=True)
    still = network({"w": w, "transform": moved(0, 0, 32)}).numpy()
    assert 0.1 < np.std(still) < 0.5  # unit variance, scaled by a quarter
    found = {}
    for right, down, border in ((8, 0, 8), (4, 0, 4), (3, -2, 4), (0.5, 0, 9), (0.5, 0.5, 9)):
        there = network({"w": w, "transform": moved(right, down, 32)}).numpy()
        found[right, down] = equivariance(still, there, right, down, border)

    plain = stylegan2.StyleGAN2(cbase=256, cmax=8, z_dim=5, w_dim=6, depth=1)
    other = stylegan2.synthesis(plain, Spec(32, 32, 3))
    inputs = {"w": w[:, : other.input["w"].shape[1]], "noise": tf.zeros([1, other.input["noise"].shape[1]])}
    still = other(inputs).numpy()
    constant = next(layer for layer in other.layers if isinstance(layer, stylegan2.Constant)).kernel
    constant.assign(np.roll(constant, 1, axis=1))  # of its four places a side: eight pixels
    found["stylegan2"] = equivariance(still, other(inputs).numpy(), 8, 0, 8)
    print({key: round(float(value), 1) for key, value in found.items()})
    assert found.pop("stylegan2") < 15
    assert min(found.values()) > 25


def state(game):
    """What moves without a gradient: the mean style and the running scales."""
    return {weight.path: weight.numpy() for weight in game.generator.non_trainable_variables}


def test_ds_turn_moves_the_mean_style_and_the_scales_and_gs_turn_does_not():
    game = compiled()
    start = state(game)
    assert sum("square" in path for path in start) == NETS.layers + 1
    game.fake(BATCH, "g")
    assert all(np.array_equal(start[path], value) for path, value in state(game).items())
    images = game.fake(BATCH, "d")
    changed = {path.split("/")[-1] for path, value in state(game).items() if not np.array_equal(start[path], value)}
    assert changed == {"w_avg", "square"}
    still = {path for path, value in state(game).items() if np.array_equal(start[path], value)}
    assert {path.split("/")[-1] for path in still} == {"frequencies", "phases"}
    # The sampled network at full truncation makes what the game makes.
    z = game.latents(4, "d")
    np.testing.assert_allclose(game.generator({"z": z, "truncation": tf.ones([4])}), images, atol=1e-5)


def test_ds_step_moves_d_alone_and_gs_step_g_alone():
    game = compiled()
    nets = {"d": game.discriminator, "g": game.generator}
    for player, loss, optimizer in (("d", game.d_loss, game.d_optimizer), ("g", game.g_loss, game.optimizer)):
        before = {name: [weight.numpy() for weight in net.trainable_variables] for name, net in nets.items()}
        game.minimize(player, loss, BATCH, (nets[player],), optimizer)
        for name, net in nets.items():
            moved = [np.any(a != b) for a, b in zip(before[name], net.trainable_variables, strict=True)]
            assert all(moved) if name == player else not any(moved)


def test_a_resumed_game_goes_on_bit_for_bit(tmp_path):
    game = compiled(ema=averaging.EMA(100), regularizers=())
    for _ in range(2):
        game.train_step(BATCH)
    path = checkpoint.save(tmp_path, game, {})
    other = compiled(ema=averaging.EMA(100), regularizers=(), seed=1)
    drawn = [each.generator.get_layer("synthesis").layers for each in (game, other)]
    one, two = (next(layer for layer in layers if hasattr(layer, "phases")).phases for layers in drawn)
    assert np.all(one != two)
    checkpoint.restore(path, other)
    for network in (game.average, other.generator, other.average):
        for weight, kept in zip(network.non_trainable_variables, state(game).values(), strict=True):
            np.testing.assert_array_equal(weight, kept, err_msg=weight.path)
    for each in (game, other):
        each.train_step(BATCH)
    for one, two in zip(game.weights, other.weights, strict=True):
        np.testing.assert_array_equal(one, two, err_msg=one.path)


def test_truncation_leads_to_one_picture():
    network = compiled().generator
    network.get_layer("styles").average.assign(np.random.default_rng(0).normal(size=6))
    z = tf.random.stateless_normal([4, 5], [0, 2])
    one = network({"z": z, "truncation": tf.zeros([4])}).numpy()
    np.testing.assert_allclose(one, np.repeat(one[:1], 4, axis=0), atol=1e-5)
    assert np.std(network({"z": z, "truncation": tf.ones([4])}), axis=0).mean() > 1e-3
