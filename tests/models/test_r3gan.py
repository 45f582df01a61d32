"""R3GAN: its parameters, its start, its networks worked out by hand, its schedules and its sizes."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
import zoo

import ganzoo.recipe
from ganzoo import losses, regularizers
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.layers import fir, grouped
from ganzoo.models.image import r3gan

SPEC = Spec(8, 16, 4, 3)
NETS = r3gan.R3GAN((6, 4), blocks=1, group_width=2, z_dim=5)
NAMED = r3gan.R3GAN((6, 4), blocks=1, group_width=2, z_dim=5, conditional=True)
BATCH = {"image": tf.random.stateless_uniform([3, 8, 16, 4], [1, 2], -1, 1), "label": tf.constant([2, 0, 1])}
Z = tf.random.stateless_normal([3, 5], [3, 4])


def trainable(net):
    return sum(weight.value.shape.num_elements() for weight in net.trainable_variables)


def block(width, group):
    """1x1 to twice the channels, grouped 3x3 there, 1x1 back; biases of the two activations."""
    return width * 2 * width + 9 * group * 2 * width + 2 * width * width + 2 * 2 * width


def test_parameters_of_a_small_net():
    game = NETS.build(SPEC)
    assert trainable(game.generator) == sum(
        [
            4 * 8 * 6 + 5 * 6,  # the learned map, its factors from z
            block(6, 2),
            6 * 4,  # 1x1, then up
            block(4, 2),
            4 * 4,  # pixels
        ]
    )
    assert trainable(game.discriminator) == 4 * 4 + block(4, 2) + 4 * 6 + block(6, 2) + 4 * 8 * 6 + 6
    assert game.discriminator.non_trainable_variables == game.generator.non_trainable_variables == []


def test_parameters_of_the_cifar10_preset():
    game = ganzoo.recipe.load("r3gan_cifar10").model.build(Spec(32, 32, 3, 10))
    blocks = 4 * 2 * block(768, 16)
    assert trainable(game.generator) == 10 * 64 + (64 + 64) * 768 + 4 * 4 * 768 + blocks + 768 * 3
    assert trainable(game.discriminator) == 3 * 768 + blocks + 4 * 4 * 768 + 768 * 768 + 10 * 768
    assert (trainable(game.generator), trainable(game.discriminator)) == (20_781_952, 21_280_512)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "spec", "millions"),
    [
        ("r3gan_ffhq64_folder", Spec(64, 64, 3), (22.43, 22.38)),
        ("r3gan_ffhq256_folder", Spec(256, 256, 3), (23.06, 23.01)),
        ("r3gan_imagenet32_folder", Spec(32, 32, 3, 1000), (82.91, 86.55)),
        ("r3gan_imagenet64_folder", Spec(64, 64, 3, 1000), (103.57, 107.21)),
    ],
)
def test_parameters_of_the_other_presets(name, spec, millions):
    nets = ganzoo.recipe.load(name).model
    widths, classes = nets.widths, spec.classes if nets.conditional else 0
    blocks = sum(nets.blocks * block(width, nets.group_width) for width in widths)
    between = sum(one * other for one, other in itertools.pairwise(widths) if one != other)
    body, told = blocks + between + 4 * 4 * widths[0] + widths[-1] * 3, 64 if classes else 0
    game = nets.build(spec)
    assert trainable(game.generator) == body + (nets.z_dim + told) * widths[0] + classes * told
    judged = widths[0] * widths[0] + classes * widths[0] if classes else widths[0]
    assert trainable(game.discriminator) == body + judged
    assert tuple(round(trainable(net) / 1e6, 2) for net in (game.generator, game.discriminator)) == millions


def values(net):
    """The weights of a network in the order of its layers."""
    return [weight.value for weight in net.trainable_variables]


def test_at_the_start_every_block_passes_its_input_on():
    game = NETS.build(SPEC)
    factors, base, *_, widen, _, _, _, _, _, pixels = values(game.generator)
    x = (Z @ factors)[:, None, None] * base
    np.testing.assert_allclose(game.generator({"z": Z}), fir.up(x @ widen) @ pixels, rtol=1e-4, atol=1e-5)

    pixels, _, _, _, _, _, widen, *_, base, last = values(game.discriminator)
    x = fir.down(BATCH["image"] @ pixels) @ widen
    logit = tf.reduce_sum(x * base, [1, 2]) @ last
    np.testing.assert_allclose(game.discriminator({"image": BATCH["image"]}), logit[:, 0], rtol=1e-4, atol=1e-5)


def residual(x, weights):
    first, bias, kernel, grouped_bias, last = weights
    y = tf.nn.leaky_relu(x @ first + bias, 0.2)
    y = tf.nn.leaky_relu(tf.nn.conv2d(y, kernel, 1, "SAME") + grouped_bias, 0.2)
    return x + y @ last


def test_the_conditional_logit_by_hand():
    game = zoo.wake(NAMED.build(SPEC))
    for weight in game.discriminator.trainable_variables:
        if weight.name == "bias":
            weight.assign(tf.random.stateless_normal(weight.shape, [5, 6]))
    weights = {weight.path: weight.value for weight in game.discriminator.trainable_variables}
    table = next(value for value in weights.values() if value.shape == (3, 6))
    pixels, *rest = (value for value in weights.values() if value.shape != (3, 6))
    x = residual(BATCH["image"] @ pixels, rest[:5])
    x = residual(fir.down(x) @ rest[5], rest[6:11])
    vector = tf.reduce_sum(x * rest[11], [1, 2]) @ rest[12]
    logits = game.discriminator({"image": BATCH["image"], "label": BATCH["label"]})
    np.testing.assert_allclose(logits, tf.reduce_sum(vector * tf.gather(table, BATCH["label"]), 1), rtol=1e-4)


def test_weights_start_with_the_spread_of_the_paper():
    net = r3gan.R3GAN((64, 64), group_width=16, conditional=True).build(Spec(8, 8, 3, 50)).discriminator
    gain = np.sqrt(2 / 1.04) * 4**-0.25  # four blocks in the net
    spreads = {(64, 128): gain / 8, (3, 3, 16, 128): gain / 12, (4, 4, 64): 1 / 4, (50, 64): 1 / 8 / 50**0.5}
    for shape, spread in spreads.items():
        found = [np.std(value) for value in values(net) if value.shape == shape]
        np.testing.assert_allclose(found, spread, rtol=0.08, err_msg=str(shape))
        assert found
    assert [np.max(np.abs(value)) for value in values(net) if value.shape == (128, 64)] == [0] * 4


@pytest.mark.parametrize(
    ("size", "stages", "grid"), [((28, 28), 3, (7, 7)), ((16, 24), 3, (4, 6)), ((20, 40), 3, (5, 10))]
)
def test_the_coarsest_map_has_the_shape_of_the_image(size, stages, grid):
    nets = r3gan.R3GAN((4,) * stages, blocks=1, group_width=4)
    game = nets.build(Spec(*size, 3, 0))
    assert game.generator.output_shape == (None, *size, 3)
    for net in (game.generator, game.discriminator):
        assert [weight.shape for weight in net.trainable_variables if weight.name == "map"] == [(*grid, 4)]


@pytest.mark.parametrize(
    ("nets", "spec", "message"),
    [
        (NAMED, Spec(8, 16, 4, 0), r"data.classes: 0, .* allowed: "),
        (NETS, Spec(16, 16, 1, 0), r"model.widths: 2 widths .* 16x16; allowed: one for each of 3"),
        (NETS, Spec(30, 30, 1, 0), r"data.size: 30x30 .* allowed: "),
        (r3gan.R3GAN((6, 4)), Spec(8, 8, 1, 0), r"model.widths: 6; allowed: .* multiple of model.group_width = 16"),
    ],
)
def test_what_does_not_fit_is_refused(nets, spec, message):
    with pytest.raises(BadInput, match=message):
        nets.build(spec)


def test_coarse_stages_and_the_last_layers_stay_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    game = r3gan.R3GAN((4, 4, 4), blocks=1, group_width=4, float32_stages=2).build(Spec(16, 16, 3, 0))
    for net in (game.generator, game.discriminator):
        convolutions = [layer for layer in net.layers if isinstance(layer, grouped.GroupedConv2D)]
        found = {layer.input.shape[1]: layer.compute_dtype for layer in convolutions}
        assert found == {4: "float32", 8: "float32", 16: "bfloat16"}
        assert net.output.dtype == "float32"


PRESETS = {  # images at the end of the schedules, gamma's start and end, the half-life's end
    "r3gan_cifar10": (20e6, 0.05, 0.005, 5e6),
    "r3gan_ffhq64_folder": (20e6, 2.0, 0.2, 0.5e6),
    "r3gan_ffhq256_folder": (20e6, 150.0, 15.0, 0.5e6),
    "r3gan_imagenet32_folder": (200e6, 0.5, 0.05, 50e6),
    "r3gan_imagenet64_folder": (200e6, 1.0, 0.1, 50e6),
}


@pytest.mark.parametrize("name", PRESETS)
def test_schedules_start_and_end_as_in_the_paper(name):
    game = ganzoo.recipe.load(name).game
    decay, first, last, halflife = PRESETS[name]
    r1, r2 = game.regularizers
    assert (type(r1), type(r2), r1.gamma) == (regularizers.R1, regularizers.R2, r2.gamma)
    assert game.d_optimizer == game.g_optimizer
    assert (game.d_optimizer.beta_1, game.d_optimizer.epsilon, game.d_optimizer.weight_decay) == (0.0, 1e-8, 0.0)
    expected = {
        r1.gamma: (first, last),
        game.d_optimizer.learning_rate: (2e-4, 5e-5),
        game.d_optimizer.beta_2: (0.9, 0.99),
        game.ema.halflife: (0.0, halflife),
    }
    for schedule, (start, end) in expected.items():
        at = [float(schedule.at(images)) for images in (0, decay / 2, decay, 2 * decay)]
        np.testing.assert_allclose(at, [start, (start + end) / 2, end, end], rtol=1e-5, atol=1e-9)


def test_each_players_step_moves_that_player_alone():
    game = zoo.wake(NAMED.build(SPEC))
    penalties = (regularizers.R1(1.0), regularizers.R2(1.0))
    game.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), losses.relativistic, penalties)
    turns = (
        ("d", game.d_loss, game.d_nets, game.d_optimizer, game.generator),
        ("g", game.g_loss, game.g_nets, game.optimizer, game.discriminator),
    )
    for player, loss, nets, optimizer, other in turns:
        before, theirs = nets[0].get_weights(), other.get_weights()
        game.minimize(player, loss, BATCH, nets, optimizer)
        moved = [np.any(old != new) for old, new in zip(before, nets[0].get_weights(), strict=True)]
        assert all(moved)
        for old, new in zip(theirs, other.get_weights(), strict=True):
            np.testing.assert_array_equal(old, new)
