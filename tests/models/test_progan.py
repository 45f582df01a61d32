"""What is particular to ProGAN: what each level shows, and that what does not count yet stays as it was."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import averaging, losses, regularizers, schedules
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.generator import Generator
from ganzoo.models.image import progan

SPEC = Spec(16, 16, 2)
NETS = progan.ProGAN(cbase=32, cmax=6, z_dim=5, fade=16, stable=8)  # channels 6, 4, 2 of 4x4, 8x8, 16x16
BATCH = {"image": tf.random.stateless_uniform([4, 16, 16, 2], [0, 1], -1, 1)}
PENALTIES = (regularizers.GradientPenalty(), regularizers.Drift())
Z = tf.random.stateless_normal([4, 5], [0, 2])


def compiled(**kwargs):
    keras.utils.set_random_seed(1)
    model, adam = NETS.build(SPEC), schedules.Adam(1e-2, 0.0, 0.99)
    model.compile(adam.build(4), adam.build(4), losses.wasserstein, PENALTIES, jit_compile=False, **kwargs)
    return model


def at(network, level, *inputs, **kwargs):
    network.get_layer("level").level.assign(level)
    return network(*inputs, **kwargs).numpy()


def blocks(images, side):
    """Means of blocks, repeated."""
    rows, height, width, channels = images.shape
    means = images.reshape(rows, height // side, side, width // side, side, channels).mean(axis=(2, 4))
    return means.repeat(side, axis=1).repeat(side, axis=2)


def test_the_level_by_images():
    growth = progan.Growth(levels=2, fade=100, stable=50)
    seen = {0: 0, 50: 0, 75: 0.25, 150: 1, 200: 1, 250: 1.5, 300: 2, 350: 2, 10**12: 2}
    assert {images: growth.at(tf.constant(images, tf.int64)).numpy() for images in seen} == seen
    late = progan.Growth(levels=9, fade=2**26, stable=0)  # float32 does not count so far
    first, second = (late.at(tf.constant(2**26 + 2**25 + step, tf.int64)).numpy() for step in (0, 2**12))
    assert (first, second) == (1.5, np.float32(1.5 + 2.0**-14))


def test_parameters():
    def pair(filters, inputs):
        return (9 * inputs * filters + filters) + (9 * filters * filters + filters)

    model = NETS.build(SPEC)
    generator, discriminator = (
        sum(int(np.prod(weight.shape)) for weight in net.trainable_variables)
        for net in (model.generator, model.discriminator)
    )
    first = (5 + 1) * 16 * 6 + (9 * 6 * 6 + 6)
    assert generator == first + pair(4, 6) + pair(2, 4) + (7 + 5 + 3) * 2  # ... and toRGB of each resolution
    down = (9 * 2 * 2 + 2) + (9 * 2 * 4 + 4) + (9 * 4 * 4 + 4) + (9 * 4 * 6 + 6)
    last = (9 * 7 * 6 + 6) + (16 * 6 * 6 + 6) + (6 + 1)
    assert discriminator == (2 + 1) * (2 + 4 + 6) + down + last  # fromRGB of each resolution ...


def test_a_conditional_pair_has_the_classes_beside():
    plain, told = progan.ProGAN(64, 4, 5), progan.ProGAN(64, 4, 5, conditional=True)
    spec = Spec(8, 8, 1, 3)
    counts = [nets.generator(spec).count_params() for nets in (plain, told)]
    assert counts[1] - counts[0] == (3 + 1) * 5 + 5 * 4 * 4 * 4  # embedding; the first layer's other inputs
    counts = [nets.discriminator(spec).count_params() for nets in (plain, told)]
    assert counts[1] - counts[0] == (3 + 1) * 4 + (4 + 1) * (4 - 1)  # embedding; features in place of a logit


def test_the_picture_is_as_coarse_as_the_level():
    network = NETS.build(SPEC).generator
    whole = {level: at(network, level, {"z": Z}) for level in (0, 0.25, 1, 1.5, 2)}
    for level, side in ((0, 4), (1, 2)):
        np.testing.assert_allclose(whole[level], blocks(whole[level], side), atol=1e-6)
    assert np.abs(whole[2] - blocks(whole[2], 2)).max() > 1e-2
    np.testing.assert_allclose(whole[0.25], 0.75 * whole[0] + 0.25 * whole[1], atol=1e-5)
    np.testing.assert_allclose(whole[1.5], 0.5 * whole[1] + 0.5 * whole[2], atol=1e-5)


def test_d_sees_no_more_than_the_level_shows():
    network, image = NETS.build(SPEC).discriminator, BATCH["image"].numpy()
    for level, side in ((0, 4), (1, 2)):
        given = at(network, level, {"image": image})
        np.testing.assert_allclose(at(network, level, {"image": blocks(image, side)}), given, rtol=1e-4, atol=1e-5)
        finer = at(network, level + 0.5, {"image": image})
        assert np.abs(at(network, level + 0.5, {"image": blocks(image, side)}) - finer).max() > 1e-3


def test_a_faded_resolution_of_d_starts_as_the_coarser_one_alone():
    network = NETS.build(SPEC).discriminator
    given = {"image": BATCH["image"]}
    assert np.abs(at(network, 1.01, given) - at(network, 1.0, given)).max() < 0.05
    assert np.abs(at(network, 2.0, given) - at(network, 1.0, given)).max() > 0.05


def test_reals_by_hand():
    image = np.float32([[1, 2], [3, 6]])[None, :, :, None]
    for level, expected in ((0.0, [[3, 3], [3, 3]]), (0.25, [[2.5, 2.75], [3, 3.75]]), (1.0, [[1, 2], [3, 6]])):
        np.testing.assert_array_equal(progan.shown(image, level, 1)[0, :, :, 0], expected)
    wide = tf.random.stateless_normal([2, 8, 16, 3], [0, 3])
    np.testing.assert_allclose(progan.shown(wide, 0.0, 2), blocks(wide.numpy(), 4), atol=1e-6)
    np.testing.assert_array_equal(progan.shown(wide, 2.0, 2), wide)


def test_pixel_norm_by_hand():
    x = np.float32([[3, 4], [0, 0]]).reshape(1, 1, 2, 2)
    np.testing.assert_allclose(progan.PixelNorm()(x)[0, 0], [[3 / 12.5**0.5, 4 / 12.5**0.5], [0, 0]], rtol=1e-6)


def test_what_does_not_count_has_no_slope_and_does_not_move():
    model = compiled()
    learned = {}
    for images, level in ((0, 0), (16, 0.5), (24, 1), (40, 1.5), (48, 2)):
        model.images.assign(images)
        for player, loss, net in (("d", model.d_loss, model.discriminator), ("g", model.g_loss, model.generator)):
            before = [weight.numpy() for weight in net.trainable_variables]
            with tf.GradientTape() as tape:
                total = tf.add_n(list(loss(BATCH).values()))
            slopes = tape.gradient(total, [weight.value for weight in net.trainable_variables])
            assert net.get_layer("level").level.numpy() == level
            model.minimize(player, loss, BATCH, (net,), {"d": model.d_optimizer, "g": model.optimizer}[player])
            for weight, value, slope in zip(net.trainable_variables, before, slopes, strict=True):
                counts = np.any(slope)  # fails where it is None
                learned[weight.path, player] = learned.get((weight.path, player), False) | counts
                assert np.any(weight.numpy() != value) == counts, (weight.path, level)
        assert all(learned.values()) == (level > 1)  # the last resolution is faded in then
    # A difference of logits does not see D's last bias; drift does.
    assert len(learned) == len(model.discriminator.trainable_variables) + len(model.generator.trainable_variables)


def test_each_player_moves_its_own_weights_alone():
    model = compiled()
    model.images.assign(40)
    for player, net, other in (
        ("d", model.discriminator, model.generator),
        ("g", model.generator, model.discriminator),
    ):
        before, rest = ([weight.numpy() for weight in each.trainable_variables] for each in (net, other))
        optimizer = {"d": model.d_optimizer, "g": model.optimizer}[player]
        model.minimize(player, getattr(model, f"{player}_loss"), BATCH, (net,), optimizer)
        assert any(np.any(one != two) for one, two in zip(before, net.trainable_variables, strict=True))
        assert all(np.all(one == two) for one, two in zip(rest, other.trainable_variables, strict=True))


def test_the_average_and_what_is_exported_are_at_the_level_of_the_images_seen():
    model = compiled(ema=averaging.EMA(halflife=20))
    generator = Generator(model)
    data = tf.data.Dataset.from_tensors(BATCH).repeat()
    for steps, level in ((3, 0.25), (7, 1.5)):  # 4 images each
        model.fit(data, steps_per_epoch=steps, verbose=0, shuffle=False)
        generator.refresh()
        for network in (model.generator, model.discriminator, model.average, generator.network):
            assert network.get_layer("level").level.numpy() == level
    assert float(model.trackers["level"].result()) > 0
    picture = generator.signature("pixels")(z=Z)["image"].numpy()
    np.testing.assert_allclose(picture, at(model.average, 1.5, {"z": Z}), atol=1e-5)
    assert np.abs(picture - at(model.average, 1.0, {"z": Z})).max() > 1e-3


@pytest.mark.parametrize(("field", "value"), [("fade", 0), ("stable", -1)])
def test_no_time_to_grow_is_refused(field, value):
    with pytest.raises(BadInput, match=f"model.{field}: {value} images"):
        progan.ProGAN(**{field: value}).build(SPEC)
