"""SAGAN: its parameters layer by layer, where it attends, and the game."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import losses, schedules
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.layers import attention
from ganzoo.models.image import sagan


def trainable(net):
    return sum(weight.value.shape.num_elements() for weight in net.trainable_variables)


def conv(size, inputs, outputs):
    return size * size * inputs * outputs + outputs


def attended(channels):
    """Queries and keys, values, the way back, sigma."""
    return 2 * channels * (channels // 8) + channels * (channels // 2) + (channels // 2) * channels + 1


def up(inputs, outputs, rows):
    """rows: of the tables of scales and offsets."""
    norms = 2 * rows * (inputs + outputs)
    return conv(3, inputs, outputs) + conv(3, outputs, outputs) + conv(1, inputs, outputs) + norms


def down(inputs, outputs):
    return conv(3, inputs, outputs) + conv(3, outputs, outputs) + conv(1, inputs, outputs)


def same(width):
    return 2 * conv(3, width, width)


def test_parameters_for_cifar10():
    game = sagan.SAGAN().build(Spec(32, 32, 3, 10))
    assert trainable(game.generator) == sum(
        [
            (128 + 1) * 4 * 4 * 256,  # 4x4
            up(256, 256, 10),  # 8x8
            up(256, 256, 10) + attended(256),  # 16x16
            up(256, 256, 10),  # 32x32
            2 * 256 + conv(3, 256, 3),
        ]
    )
    assert trainable(game.discriminator) == sum(
        [
            down(3, 256) + attended(256),  # 16x16
            down(256, 256),  # 8x8
            same(256) + same(256),
            256 + 1 + 10 * 256,  # logit, a vector for each class
        ]
    )


@pytest.mark.parametrize(("conditional", "rows"), [(True, 7), (False, 1)])
def test_parameters_for_128(conditional, rows):
    game = sagan.SAGAN(width=8, z_dim=6, conditional=conditional).build(Spec(128, 128, 3, 7))
    assert trainable(game.generator) == sum(
        [
            (6 + 1) * 4 * 4 * 128,  # 4x4
            up(128, 128, rows),  # 8x8
            up(128, 64, rows),  # 16x16
            up(64, 32, rows) + attended(32),  # 32x32
            up(32, 16, rows),  # 64x64
            up(16, 8, rows),  # 128x128
            2 * 8 + conv(3, 8, 3),
        ]
    )
    assert trainable(game.discriminator) == sum(
        [
            down(3, 8),  # 64x64
            down(8, 16) + attended(16),  # 32x32
            down(16, 32) + down(32, 64) + down(64, 128),  # 4x4
            same(128),
            128 + 1 + (7 * 128 if conditional else 0),
        ]
    )


def test_every_layer_of_both_networks_is_spectral():
    game = sagan.SAGAN(width=4, z_dim=5).build(Spec(32, 32, 3, 3))
    for net in (game.generator, game.discriminator):
        kernels = [layer for layer in net.layers if hasattr(layer, "kernel")]
        assert len(kernels) > 10
        assert all(hasattr(layer, "power") for layer in kernels)


@pytest.mark.parametrize(
    ("size", "limit", "side"), [((64, 96), 32, 32), ((64, 96), 16, 16), ((28, 28), 32, 14), ((32, 32), 0, None)]
)
def test_the_stated_map_is_attended(size, limit, side):
    game = sagan.SAGAN(width=2, z_dim=5, attention=limit).build(Spec(*size, 4, 3))
    for net in (game.generator, game.discriminator):
        shapes = [layer.output.shape[1:3] for layer in net.layers if isinstance(layer, attention.Attend)]
        assert shapes == ([(side, side * size[1] // size[0])] if side else [])


def test_unconditional_networks_take_no_labels():
    game = sagan.SAGAN(width=2, z_dim=5, conditional=False).build(Spec(16, 16, 3, 3))
    assert (set(game.generator.input), set(game.discriminator.input)) == ({"z"}, {"image"})
    assert game.condition({"label": tf.zeros([2], tf.int32)}) == {}


def test_what_does_not_suit_is_refused():
    with pytest.raises(BadInput, match=r"data\.classes: 0.*model\.conditional=false"):
        sagan.SAGAN().build(Spec(32, 32, 3))
    with pytest.raises(BadInput, match=r"model\.attention: 3"):
        sagan.SAGAN(attention=3).build(Spec(32, 32, 3, 10))
    with pytest.raises(BadInput, match=r"data\.size: 512x512 .* at most 448"):
        sagan.SAGAN().build(Spec(512, 512, 3, 10))


def values(net):
    return [weight.numpy() for weight in net.trainable_variables]


def test_a_step_of_each_player_moves_its_own_weights_only():
    game = sagan.SAGAN(width=4, z_dim=5).build(Spec(16, 16, 1, 3))
    rate = schedules.Adam(1e-3)
    game.compile(rate.build(4), rate.build(4), losses.hinge, jit_compile=False)
    batch = {"image": tf.random.uniform([4, 16, 16, 1], -1, 1, seed=1), "label": tf.constant([0, 1, 2, 0])}
    d, g = values(game.discriminator), values(game.generator)
    for _ in range(2):  # what is behind sigma moves once sigma has
        game.minimize("d", game.d_loss, batch, game.d_nets, game.d_optimizer)
    paths = [weight.path for weight in game.discriminator.trainable_variables]
    still = [path for path, new, old in zip(paths, values(game.discriminator), d, strict=True) if np.all(new == old)]
    # The hinge of a D that says about 0 has equal slopes at reals and fakes: its last bias has none.
    assert all(path.endswith("bias") for path in still) and len(still) <= 1
    assert all(np.all(new == old) for new, old in zip(values(game.generator), g, strict=True))
    d = values(game.discriminator)
    for _ in range(2):
        game.minimize("g", game.g_loss, batch, game.g_nets, game.optimizer)
    assert all(np.all(new == old) for new, old in zip(values(game.discriminator), d, strict=True))
    assert all(np.any(new != old) for new, old in zip(values(game.generator), g, strict=True))


def test_images_stay_within_their_range():
    game = sagan.SAGAN(width=4, z_dim=5).build(Spec(16, 16, 4, 3))
    keras.utils.set_random_seed(1)
    image = game.generator({"z": 100 * tf.random.normal([4, 5]), "label": tf.constant([0, 1, 2, 0])})
    assert image.shape == (4, 16, 16, 4) and np.max(np.abs(image)) <= 1
