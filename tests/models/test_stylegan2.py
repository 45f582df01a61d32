"""What is particular to StyleGAN2: counts, styles, mean style, path length and their state in a checkpoint."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
import zoo

from ganzoo import averaging, checkpoint, losses, regularizers, schedules
from ganzoo.data.images import Spec
from ganzoo.models.image import stylegan2

SPEC = Spec(8, 8, 1)
NETS = zoo.STYLEGAN2
BATCH = {"image": tf.random.stateless_uniform([4, 8, 8, 1], [0, 1], -1, 1)}


def trainable(net):
    return sum(int(np.prod(weight.shape)) for weight in net.trainable_variables)


def compiled(nets=NETS, seed=0, **kwargs):
    keras.utils.set_random_seed(seed)
    game = nets.build(SPEC)
    choices = {"regularizers": (regularizers.R1(0.1, interval=2),), "run_eagerly": True} | kwargs
    game.compile(schedules.Adam(1e-2).build(4), schedules.Adam(1e-2).build(4), losses.non_saturating, **choices)
    return game


def values(net):
    return [weight.numpy() for weight in net.variables]


def styled(inputs, filters, size=3, w=512):
    """Affine, kernel and bias of a modulated layer."""
    return w * inputs + inputs + size * size * inputs * filters + filters


def test_parameters_of_the_cifar_configuration():
    nets = stylegan2.StyleGAN2(cbase=32768, depth=2, architecture="orig")
    spec = Spec(32, 32, 3)
    assert trainable(nets.generator(spec)) == sum(
        [
            2 * (512 * 512 + 512),  # mapping
            4 * 4 * 512,  # the constant
            styled(512, 512) + 1 + styled(512, 3, 1),  # 4x4: convolution with a strength of noise, RGB
            3 * (2 * (styled(512, 512) + 1) + styled(512, 3, 1)),  # 8x8, 16x16, 32x32
        ]
    )
    assert trainable(nets.discriminator(spec)) == sum(
        [
            3 * 512 + 512,  # RGB
            3 * 2 * (9 * 512 * 512 + 512),  # 32x32, 16x16, 8x8
            9 * 513 * 512 + 512,  # with the map of deviations
            4 * 4 * 512 * 512 + 512,
            512 + 1,
        ]
    )


@pytest.mark.parametrize(
    ("nets", "side", "millions"),
    [
        (stylegan2.StyleGAN2(cbase=32768, depth=2), 32, (19.95, 21.51)),
        pytest.param(stylegan2.StyleGAN2(cbase=16384, depth=2), 64, (22.24, 23.41), marks=pytest.mark.slow),
        pytest.param(stylegan2.StyleGAN2(cbase=16384, depth=8), 256, (24.77, 24.00), marks=pytest.mark.slow),
    ],
)
def test_parameters_in_millions(nets, side, millions):
    sizes = [trainable(net(Spec(side, side, 3))) / 1e6 for net in (nets.generator, nets.discriminator)]
    np.testing.assert_allclose(sizes, millions, rtol=0.005)


def test_parameters_with_classes_and_narrowing_maps():
    nets = stylegan2.StyleGAN2(cbase=64, cmax=12, z_dim=5, w_dim=6, depth=3, conditional=True)
    spec = Spec(14, 20, 4, 7)  # of 7x10; channels 12, 8
    assert trainable(nets.generator(spec)) == sum(
        [
            (7 * 6 + 6) + (11 * 6 + 6) + 2 * (6 * 6 + 6),  # the class; z and class; mapping
            7 * 10 * 12,
            styled(12, 12, w=6) + 1 + styled(12, 4, 1, w=6),
            styled(12, 8, w=6) + 1 + styled(8, 8, w=6) + 1 + styled(8, 4, 1, w=6),
        ]
    )
    assert trainable(nets.discriminator(spec)) == sum(
        [
            4 * 8 + 8,
            (9 * 8 * 8 + 8) + (9 * 8 * 12 + 12) + 8 * 12,  # the shortcut has no bias
            9 * 13 * 12 + 12,
            7 * 10 * 12 * 12 + 12,
            12 * 12 + 12,
            (7 * 12 + 12) + 3 * (12 * 12 + 12),  # the class and its mapping
        ]
    )


def test_the_finest_four_resolutions_follow_the_policy():
    assert [stylegan2.precision_of(stage, 6) for stage in range(7)] == ["float32"] * 3 + [None] * 4
    assert [stylegan2.precision_of(stage, 3) for stage in range(4)] == ["float32"] + [None] * 3


def linear_game():
    """A game whose image is a linear map of the styles: 2 layers of 3 numbers -> 2x2 pixels."""

    def generator():
        z, truncation = keras.Input((3,), name="z"), keras.Input((), name="truncation")
        w, noise = keras.Input((2, 3), name="w"), keras.Input((4,), name="noise")
        x = keras.layers.Dense(4, use_bias=False, name="map")(keras.layers.Reshape((6,))(w)) + 0 * noise
        image = keras.layers.Reshape((2, 2, 1))(x)
        drawing = keras.Model({"w": w, "noise": noise}, image, name="synthesis")
        inner = keras.Input((3,), name="z")
        mapping = keras.Model({"z": inner}, keras.layers.Dense(3)(inner), name="mapping")
        styles = stylegan2.Truncation(2, 0.9, name="styles")(mapping({"z": z}), truncation)
        image = drawing({"w": styles, "noise": stylegan2.modulated.ConstantNoise(4)(z)})
        return keras.Model({"z": z, "truncation": truncation}, image)

    def discriminator():
        image = keras.Input((2, 2, 1), name="image")
        x = keras.layers.Dense(1)(keras.layers.Flatten()(image))
        return keras.Model({"image": image}, keras.layers.Reshape(())(x))

    game = stylegan2.StyleGAN2Game(generator, discriminator, 3, (2, 2, 1), mixing=0.9, path_length=2.0)
    game.compile(schedules.SGD(0.0).build(1), schedules.SGD(0.0).build(1), losses.non_saturating, run_eagerly=True)
    return game, np.array(game.generator.get_layer("synthesis").get_layer("map").kernel)


def test_path_length_of_a_linear_map_by_hand():
    game, matrix = linear_game()
    batch = {"image": tf.zeros([8, 2, 2, 1])}
    y = np.reshape(game.progress.normal([4, 2, 2, 1], "path/y"), [4, 4]) / 2  # half the batch; root of 2x2 pixels
    slope = np.reshape(y @ matrix.T, [4, 2, 3])
    lengths = np.sqrt(np.mean(np.sum(slope**2, axis=2), axis=1))
    game.path_mean.assign(0.5)
    mean = 0.5 + 0.01 * (lengths.mean() - 0.5)
    expected = 4 * 2 * np.mean((lengths - mean) ** 2)
    np.testing.assert_allclose(game.g_loss(batch)["path"], expected, rtol=1e-5)
    np.testing.assert_allclose(game.path_mean, mean, rtol=1e-6)
    for step in range(1, 4):
        game.step.assign(step)
        assert game.g_loss(batch)["path"] == 0
    np.testing.assert_allclose(game.path_mean, mean, rtol=1e-6)
    game.step.assign(4)
    assert game.g_loss(batch)["path"] > 0


def test_without_a_weight_there_is_no_path_term():
    game = compiled(dataclasses.replace(NETS, path_length=0.0))
    assert tuple(game.g_loss(BATCH)) == game.g_terms == ("adv",)
    assert game.path_mean == 0


def test_mixing_changes_late_layers_only():
    game = compiled(dataclasses.replace(NETS, mixing=1.0))
    cutoffs = set()
    for images in range(0, 120, 4):
        game.images.assign(images)
        w, other = game.mapped(BATCH, "g"), game.mapped(BATCH, "g/mixing")
        styles = game.mixed(w, BATCH, "g").numpy()
        late = np.all(styles == other[:, None], axis=(0, 2))
        np.testing.assert_array_equal(np.all(styles == w[:, None], axis=(0, 2)), ~late)
        assert np.all(np.diff(late.astype(int)) >= 0)
        cutoffs.add(int(np.sum(~late)))
    assert cutoffs == {1, 2, 3}  # of 4 layers: never all of one


def test_mixing_happens_as_often_as_it_says():
    game = compiled(dataclasses.replace(NETS, mixing=0.25))
    happened = 0
    for images in range(0, 400, 4):
        game.images.assign(images)
        styles = game.mixed(tf.zeros([4, 6]), BATCH, "d")
        happened += bool(np.any(styles))
    assert 15 <= happened <= 35  # of 100; the deviation is 4.3


def test_the_mean_style_follows_ds_latents():
    game = compiled()
    average = game.generator.get_layer("styles").average
    average.assign(np.arange(6.0))
    game.fake(BATCH, "g")
    np.testing.assert_array_equal(average, np.arange(6.0))
    mean = np.mean(game.mapped(BATCH, "d"), axis=0)
    game.fake(BATCH, "d")
    np.testing.assert_allclose(average, 0.998 * np.arange(6.0) + 0.002 * mean, atol=1e-6)


def test_truncation_leads_from_one_picture_to_the_plain_ones():
    network = compiled().generator
    network.get_layer("styles").average.assign(np.random.default_rng(0).normal(size=6))
    for layer in network.get_layer("synthesis").layers:
        if getattr(layer, "strength", None) is not None:
            layer.strength.assign(1.0)
    z = tf.random.stateless_normal([4, 5], [0, 2])
    drawn = {at: network({"z": z, "truncation": tf.fill([4], at)}).numpy() for at in (0.0, 0.5, 1.0)}
    np.testing.assert_allclose(drawn[0.0], np.repeat(drawn[0.0][:1], 4, axis=0), atol=1e-5)
    w = network.get_layer("mapping")({"z": z})
    noise = network.get_layer("synthesis").input["noise"].shape[1]
    noise = stylegan2.modulated.ConstantNoise(noise)(z)
    plain = network.get_layer("synthesis")({"w": tf.repeat(w[:, None], 4, axis=1), "noise": noise})
    np.testing.assert_allclose(drawn[1.0], plain, atol=1e-5)
    spread = [np.std(drawn[at], axis=0).mean() for at in (0.0, 0.5, 1.0)]
    assert spread[0] < 1e-5 < spread[1] < spread[2]


def test_a_cutoff_leaves_the_later_layers():
    layer = stylegan2.Truncation(3, 0.9, cutoff=2)
    w, truncation = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.constant([0.0, 0.5])
    layer(w, truncation)
    layer.average.assign([1.0, 0.0])
    first = [[1.0, 0.0], [2.0, 2.0]]
    np.testing.assert_allclose(layer(w, truncation), np.stack([first, first, w], axis=1))


def test_each_players_step_moves_its_own_networks():
    game = compiled()
    d, g = values(game.discriminator), values(game.generator)
    game.minimize("d", game.d_loss, BATCH, game.d_nets, game.d_optimizer)
    changed = [
        weight.path.split("/")[-1]
        for weight, before in zip(game.generator.variables, g, strict=True)
        if np.any(weight.numpy() != before)
    ]
    assert changed == ["w_avg"]
    assert all(np.any(a != b) for a, b in zip(d, values(game.discriminator), strict=True))
    d, g = values(game.discriminator), [weight.numpy() for weight in game.generator.trainable_variables]
    game.minimize("g", game.g_loss, BATCH, game.g_nets, game.optimizer)
    assert all(np.array_equal(a, b) for a, b in zip(d, values(game.discriminator), strict=True))
    assert all(np.any(a != b.numpy()) for a, b in zip(g, game.generator.trainable_variables, strict=True))


def test_steps_move_both_players_in_float16():
    keras.config.set_dtype_policy("mixed_float16")
    game = compiled(dataclasses.replace(NETS, path_length=2.0))
    nets = (game.discriminator, game.generator)
    before = [weight.numpy() for net in nets for weight in net.trainable_variables]
    for _ in range(4):  # the first ones find the scale of the loss, whose gradients overflow
        logs = game.train_step(BATCH)
    assert np.isfinite([float(logs[name]) for name in game.terms]).all()
    after = [weight.numpy() for net in nets for weight in net.trainable_variables]
    assert all(np.isfinite(weight).all() for weight in after)
    assert not any(np.array_equal(*pair) for pair in zip(before, after, strict=True))


def test_a_resumed_game_goes_on_bit_for_bit(tmp_path):
    game = compiled(ema=averaging.EMA(100))
    for _ in range(5):  # to a step without a path length
        game.train_step(BATCH)
    path = checkpoint.save(tmp_path, game, {})
    kept = game.path_mean.numpy(), game.generator.get_layer("styles").average.numpy()
    assert kept[0] > 0 and np.all(kept[1] != 0)
    other = compiled(ema=averaging.EMA(100), seed=1)
    checkpoint.restore(path, other)
    assert other.path_mean.numpy() == kept[0]
    np.testing.assert_array_equal(other.generator.get_layer("styles").average, kept[1])
    np.testing.assert_array_equal(other.average.get_layer("styles").average, kept[1])
    for each in (game, other):
        for _ in range(4):
            each.train_step(BATCH)
    for one, two in zip(game.weights, other.weights, strict=True):
        np.testing.assert_array_equal(one, two, err_msg=one.path)


def test_gradients_of_the_path_length_agree_with_and_without_xla():
    """Of a linear map: that those of the layers agree is tested in test_image.py."""
    game, _ = linear_game()
    batch, weights = {"image": tf.zeros([8, 2, 2, 1])}, game.generator.trainable_variables

    def gradients():
        with tf.GradientTape() as tape:
            terms = game.g_loss(batch)
        return tape.gradient(terms["path"], [weight.value for weight in weights], unconnected_gradients="zero")

    found = []
    for jit in (False, True):
        game.path_mean.assign(0.5)
        found.append(tf.function(gradients, jit_compile=jit)())
    assert any(np.any(slope) for slope in found[0])
    for one, two in zip(*found, strict=True):
        np.testing.assert_allclose(two, one, rtol=1e-4, atol=1e-6)
