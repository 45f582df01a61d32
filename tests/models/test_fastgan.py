"""FastGAN: its parameters layer by layer, which maps excite which, and D's autoencoding."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import augment, losses, schedules
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.models.image import fastgan

SMALL = fastgan.FastGAN(g_width=4, d_width=4, z_dim=5, reach=2)
SPEC = Spec(16, 24, 3)


def trainable(net):
    return sum(weight.value.shape.num_elements() for weight in net.trainable_variables)


def normed(size, inputs, outputs):
    """A convolution without bias, and batch norm."""
    return size * size * inputs * outputs + 2 * outputs


def excitation(coarse, channels):
    return (4 * 4 * coarse + 1) * channels + (channels + 1) * channels


def down(inputs, outputs):
    return normed(4, inputs, outputs) + normed(3, outputs, outputs) + normed(1, inputs, outputs)


def test_parameters_at_256():
    game = fastgan.FastGAN().build(Spec(256, 256, 3))
    assert trainable(game.generator) == sum(
        [
            256 * 4 * 4 * 2048 + 2 * 2048,  # 4x4
            normed(3, 1024, 1024),  # 8x8
            normed(3, 512, 512),  # 16x16
            normed(3, 256, 256),  # 32x32
            normed(3, 128, 256) + excitation(1024, 128),  # 64x64
            normed(3, 128, 128) + excitation(512, 64),  # 128x128
            normed(3, 64, 64) + excitation(256, 32),  # 256x256
            9 * 32 * 3 + 3,
        ]
    )
    assert trainable(game.discriminator) == sum(
        [
            9 * 3 * 32 + 32,  # 256x256
            down(32, 64) + down(64, 128) + down(128, 128) + down(128, 256) + down(256, 512),  # 8x8
            normed(1, 512, 1024) + 4 * 4 * 1024 + 1,
        ]
    )
    up = [normed(3, 128, 128), normed(3, 64, 128), normed(3, 64, 64), 9 * 32 * 3 + 3]
    assert trainable(game.whole) == normed(3, 512, 256) + sum(up)
    assert trainable(game.part) == normed(3, 256, 256) + sum(up)
    assert game.whole.output.shape == game.part.output.shape == (None, 128, 128, 3)


@pytest.mark.parametrize(
    ("side", "reach", "pairs"),
    [(256, 4, 3), (64, 4, 1), (32, 4, 0), (32, 2, 2), (28, 1, 2), (512, 4, 4)],
)
def test_maps_excite_those_so_many_doublings_finer(side, reach, pairs):
    net = fastgan.FastGAN(g_width=1, z_dim=2, reach=reach).generator(Spec(side, side, 1))
    finer = [layer.output.shape[1] for layer in net.layers if isinstance(layer, keras.layers.Multiply)]
    assert finer == [side // 2**step for step in reversed(range(pairs))]


def test_an_excitation_scales_each_channel_between_0_and_1():
    x, coarse = keras.Input((8, 8, 3)), keras.Input((4, 4, 2))
    net = keras.Model([x, coarse], fastgan.excited(x, coarse, (2, 2)))
    ones, maps = tf.ones([2, 8, 8, 3]), tf.random.normal([2, 4, 4, 2], seed=1)
    gate = net([ones, maps]).numpy()
    assert np.all((gate > 0) & (gate < 1)) and np.ptp(gate[:, 0, 0]) > 0
    np.testing.assert_array_equal(gate, np.broadcast_to(gate[:, :1, :1], gate.shape))
    np.testing.assert_allclose(net([3 * ones, maps]), 3 * gate, rtol=1e-6)


def test_a_logit_is_the_mean_of_the_patches_that_lie_within_the_last_map():
    net = fastgan.FastGAN(d_width=1).discriminator(Spec(32, 32, 1))
    pooled = next(layer for layer in net.layers if isinstance(layer, keras.layers.GlobalAveragePooling2D))
    last = next(layer for layer in net.layers if getattr(layer, "kernel_size", 0) == 4 and layer.filters == 1)
    assert pooled.input.shape == (None, 5, 5, 1)
    inputs = {"image": tf.random.uniform([2, 32, 32, 1], -1, 1, seed=1)}
    maps = keras.Model(net.input, last.input)(inputs)
    patches = tf.nn.conv2d(maps, last.power.normalized(False), 1, "VALID") + last.bias
    np.testing.assert_allclose(net(inputs)["logit"], tf.reduce_mean(patches, [1, 2, 3]), rtol=1e-4, atol=1e-6)


def test_a_part_of_a_map_and_of_its_image_are_the_same_part():
    numbers = tf.reshape(tf.range(2 * 8 * 4, dtype=tf.float32), [2, 8, 4, 1])
    image = tf.repeat(tf.repeat(numbers, 4, axis=1), 4, axis=2)
    shares = tf.constant([[0.0, 0.999], [0.5, 0.5]])  # of 5 rows and 3 columns to begin at
    cells, piece = fastgan._halves(numbers, image, shares)
    np.testing.assert_array_equal(cells[0], numbers[0, :4, 2:])
    np.testing.assert_array_equal(cells[1], numbers[1, 2:6, 1:3])
    np.testing.assert_array_equal(piece, tf.repeat(tf.repeat(cells, 4, axis=1), 4, axis=2))


def test_parts_and_their_gradient_are_the_same_with_and_without_xla():
    cells, image = tf.random.normal([2, 4, 4, 3], seed=1), tf.random.normal([2, 16, 16, 3], seed=2)
    shares = tf.constant([[0.0, 0.9], [0.5, 0.2]])

    def slope(cells):
        with tf.GradientTape() as tape:
            tape.watch(cells)
            part, piece = fastgan._halves(cells, image, shares)
            lack = fastgan._difference(part, piece)
        return lack, tape.gradient(lack, cells)

    plain, compiled_ones = (tf.function(slope, jit_compile=jit)(cells) for jit in (False, True))
    assert np.count_nonzero(plain[1]) == 2 * 2 * 2 * 3
    for one, other in zip(plain, compiled_ones, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)


def test_the_lack_by_hand():
    made = tf.constant([[[[0.5]], [[0.0]]]])  # [1, 2, 1, 1]
    images = tf.constant([0.0, 1.0, 1.0, 1.0, -1.0, 1.0, 0.0, 0.0], shape=[1, 4, 2, 1])  # blocks of mean 0.75 and 0
    assert fastgan._difference(made, images).numpy() == pytest.approx(0.125)


def compiled(model=SMALL, spec=SPEC, **choices):
    game, rate = model.build(spec), schedules.Adam(1e-2)
    game.compile(rate.build(4), rate.build(4), losses.hinge, **({"jit_compile": False} | choices))
    return game


def batch_of(spec=SPEC):
    return {"image": tf.random.uniform([4, *spec.shape], -1, 1, seed=1)}


def values(nets):
    return [weight.numpy() for net in nets for weight in net.trainable_variables]


LABELLED = Spec(16, 24, 3, 2)


def test_labels_are_told_to_both_networks():
    plain, told = SMALL.build(LABELLED), dataclasses.replace(SMALL, conditional=True).build(LABELLED)
    normed_channels = sum(2 * width * 4 for width in (16, 8, 4))  # of 4x6, 8x12 and 16x24
    assert trainable(told.generator) - trainable(plain.generator) == 2 * normed_channels
    assert trainable(told.discriminator) - trainable(plain.discriminator) == 2 * 16 * 4
    image, z = batch_of()["image"], tf.random.normal([4, 5], seed=1)
    labels = tf.constant([0, 1, 0, 1])
    logits = [told.discriminator({"image": image, "label": each})["logit"].numpy() for each in (labels, 1 - labels)]
    assert np.all(logits[0] != logits[1])
    made = told.generator({"z": tf.repeat(z[:1], 4, axis=0), "label": labels}, training=True)
    assert made.shape == (4, 16, 24, 3)
    with pytest.raises(BadInput, match=r"data\.classes: 0, but model\.conditional is true"):
        dataclasses.replace(SMALL, conditional=True).build(SPEC)


@pytest.mark.parametrize("conditional", [False, True])
def test_a_step_of_each_player_moves_its_own_weights_only(conditional):
    game = compiled(dataclasses.replace(SMALL, conditional=conditional), LABELLED)
    batch = batch_of() | {"label": tf.constant([0, 1, 0, 1])}
    d, g = values(game.d_nets), values(game.g_nets)
    assert len(d) == len(game.discriminator.trainable_variables) + len(values([game.whole, game.part]))
    game.minimize("d", game.d_loss, batch, game.d_nets, game.d_optimizer)
    still = [old.shape for old, new in zip(d, values(game.d_nets), strict=True) if np.all(old == new)]
    assert still in ([], [(1,)])  # a hinge at about 0 has equal slopes at reals and fakes: the logit's bias rests
    assert all(np.all(old == new) for old, new in zip(g, values(game.g_nets), strict=True))
    d = values(game.d_nets)
    game.minimize("g", game.g_loss, batch, game.g_nets, game.optimizer)
    assert all(np.all(old == new) for old, new in zip(d, values(game.d_nets), strict=True))
    assert all(np.any(old != new) for old, new in zip(g, values(game.g_nets), strict=True))


def test_reconstruction_teaches_ds_features_but_not_its_judgement():
    game, batch = compiled(), batch_of()
    with tf.GradientTape() as tape:
        lack = game.d_loss(batch)["rec"]
    weights = [weight.value for weight in game.discriminator.trainable_variables]
    slopes = tape.gradient(lack, weights, unconnected_gradients="zero")
    reached = [bool(np.any(slope)) for slope in slopes]
    assert reached == [True] * (len(slopes) - 5) + [False] * 5  # the last two convolutions and a batch norm between


def test_what_d_was_shown_is_what_is_reconstructed():
    game, batch = compiled(augment=augment.DiffAugment(("color", "cutout"))), batch_of()
    seen, lack = [], game.lack
    game.lack = lambda images, on_images: seen.append(images) or lack(images, on_images)
    game.d_loss(batch)
    assert np.any(seen[0] != batch["image"])
    np.testing.assert_array_equal(seen[0], game.augment(batch["image"], game.progress, "d/augment/0"))


def test_the_weight_multiplies_the_reconstruction():
    game = compiled(dataclasses.replace(SMALL, reconstruction=3.0))
    game.lack = lambda images, on_images: tf.constant(2.0)
    assert game.d_loss(batch_of())["rec"].numpy() == 6.0


def test_reconstructions_get_better():
    game, data = compiled(), tf.data.Dataset.from_tensors(batch_of()).repeat()
    told = game.fit(data, steps_per_epoch=5, epochs=3, verbose=0, shuffle=False).history["d_rec"]
    assert told[-1] < 0.9 * told[0]


def test_what_does_not_suit_is_refused():
    with pytest.raises(BadInput, match=r"data\.size: 8x8 does not suit FastGAN; allowed: a shorter side of 16"):
        SMALL.build(Spec(8, 8, 3))
    with pytest.raises(BadInput, match=r"model\.reach: 0"):
        fastgan.FastGAN(reach=0).build(SPEC)
    with pytest.raises(BadInput, match=r"model\.reconstruction: -1"):
        fastgan.FastGAN(reconstruction=-1.0).build(SPEC)
