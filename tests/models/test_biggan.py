"""BigGAN and BigGAN-deep: parameters layer by layer, hierarchical z, orthogonal regularisation, the game."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import losses, schedules
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.layers import normalization
from ganzoo.models.image import biggan, biggan_deep

IMAGENET = Spec(128, 128, 3, 1000)
SPEC = Spec(16, 16, 1, 3)


def trainable(net):
    return sum(weight.value.shape.num_elements() for weight in net.trainable_variables)


def conv(size, inputs, outputs):
    return size * size * inputs * outputs + outputs


def attended(channels):
    """Queries and keys, values, the way back, sigma."""
    return 2 * channels * (channels // 8) + channels * (channels // 2) + (channels // 2) * channels + 1


def up(inputs, outputs, told):
    """told: numbers a batch norm is told."""
    norms = 2 * told * (inputs + outputs)
    return conv(3, inputs, outputs) + conv(3, outputs, outputs) + conv(1, inputs, outputs) + norms


def down(inputs, outputs):
    return conv(3, inputs, outputs) + conv(3, outputs, outputs) + conv(1, inputs, outputs)


def g_128(ch, classes):
    told = 20 + 128  # a sixth of 120, and the vector of the class
    return sum(
        [
            classes * 128,
            (20 + 1) * 4 * 4 * 16 * ch,
            up(16 * ch, 16 * ch, told),  # 8x8
            up(16 * ch, 8 * ch, told),  # 16x16
            up(8 * ch, 4 * ch, told),  # 32x32
            up(4 * ch, 2 * ch, told) + attended(2 * ch),  # 64x64
            up(2 * ch, ch, told),  # 128x128
            2 * ch + conv(3, ch, 3),
        ]
    )


def d_128(ch, classes):
    return sum(
        [
            down(3, ch) + attended(ch),  # 64x64
            down(ch, 2 * ch) + down(2 * ch, 4 * ch) + down(4 * ch, 8 * ch),  # 8x8
            down(8 * ch, 16 * ch),  # 4x4
            2 * conv(3, 16 * ch, 16 * ch),
            16 * ch + 1 + classes * 16 * ch,
        ]
    )


def test_parameters_of_biggan_128():
    game = biggan.BigGAN(width=8).build(Spec(128, 128, 3, 7))
    assert trainable(game.generator) == g_128(8, 7)
    assert trainable(game.discriminator) == d_128(8, 7)
    # 70.4 and 88.0 million are what compare_gan's tests of its BigGAN for 128x128 count.
    assert g_128(96, 1000) == pytest.approx(70.4e6, rel=0.005)
    assert d_128(96, 1000) == pytest.approx(88.0e6, rel=0.005)


@pytest.mark.slow
def test_parameters_at_the_width_of_the_paper():
    game = biggan.BigGAN(initializer=keras.initializers.Zeros).build(IMAGENET)
    assert (trainable(game.generator), trainable(game.discriminator)) == (g_128(96, 1000), d_128(96, 1000))


def test_parameters_of_the_script_for_cifar10():
    nets = biggan.BigGAN(width=64, z_dim=128, attention=0, hierarchical=False, embedding=0)
    game = nets.build(Spec(32, 32, 3, 10))
    block = conv(3, 256, 256) * 2 + conv(1, 256, 256)
    tables = 2 * 2 * 10 * 256
    assert trainable(game.generator) == 129 * 4 * 4 * 256 + 3 * (block + tables) + 2 * 256 + conv(3, 256, 3)
    assert trainable(game.discriminator) == (down(3, 256) + down(256, 256) + 2 * 2 * conv(3, 256, 256) + 257 + 10 * 256)


def g_deep(inputs, outputs, told):
    middle = inputs // 4
    norms = 2 * told * (inputs + 3 * middle)
    return conv(1, inputs, middle) + 2 * conv(3, middle, middle) + conv(1, middle, outputs) + norms


def d_deep(inputs, outputs):
    middle = outputs // 4
    added = conv(1, inputs, outputs - inputs) if outputs > inputs else 0
    return conv(1, inputs, middle) + 2 * conv(3, middle, middle) + conv(1, middle, outputs) + added


def test_parameters_of_biggan_deep_128():
    game, ch, told = biggan_deep.BigGANDeep(width=8).build(Spec(128, 128, 3, 7)), 8, 128 + 128
    pairs = [(16, 16), (16, 8), (8, 4), (4, 2), (2, 1)]
    assert trainable(game.generator) == sum(
        [
            7 * 128,
            (told + 1) * 4 * 4 * 16 * ch,
            *(g_deep(a * ch, a * ch, told) + g_deep(a * ch, b * ch, told) for a, b in pairs),
            attended(2 * ch),
            2 * ch + conv(3, ch, 3),
        ]
    )
    pairs = [(1, 2), (2, 4), (4, 8), (8, 16), (16, 16)]
    assert trainable(game.discriminator) == sum(
        [
            conv(3, 3, ch),
            *(d_deep(a * ch, b * ch) + d_deep(b * ch, b * ch) for a, b in pairs),
            attended(2 * ch),
            16 * ch + 1 + 7 * 16 * ch,
        ]
    )


def blocks_of(net):
    """The network that gives the maps after each block."""
    return keras.Model(net.input, [layer.output for layer in net.layers if isinstance(layer, keras.layers.Add)])


def test_a_piece_of_z_is_seen_from_its_block_on():
    game = biggan.BigGAN(width=4, z_dim=8, embedding=4).build(Spec(32, 32, 1, 3))
    maps, z = blocks_of(game.generator), tf.random.normal([1, 8], seed=1)
    inputs = {"label": tf.constant([1])}
    before = maps(inputs | {"z": z})
    assert [value.shape[1] for value in before] == [8, 16, 32]
    for piece in range(4):
        after = maps(inputs | {"z": z + tf.repeat(tf.one_hot([piece], 4), 2, axis=1)})
        changed = [np.any(np.abs(one - two) > 1e-6) for one, two in zip(before, after, strict=True)]
        first = max(piece - 1, 0)  # the first piece makes the coarsest map
        assert changed == [block >= first for block in range(3)]


def test_deep_tells_every_batch_norm_the_whole_z():
    game = biggan_deep.BigGANDeep(width=4, z_dim=5, embedding=4).build(SPEC)
    gains = [weight for weight in game.generator.trainable_variables if weight.shape[:1] == (5 + 4,)]
    blocks = 2 * 2
    assert len(gains) == 1 + blocks * 4 * 2  # the first layer's, and two for each of four batch norms of a block


@pytest.mark.parametrize("nets", [biggan.BigGAN(width=2, z_dim=6, conditional=False), None], ids=["plain", "deep"])
def test_unconditional_networks_see_z_alone(nets):
    game = (nets or biggan_deep.BigGANDeep(width=2, z_dim=6, conditional=False)).build(Spec(16, 16, 4, 3))
    assert (set(game.generator.input), set(game.discriminator.input)) == ({"z"}, {"image"})
    assert game.generator({"z": tf.zeros([2, 6])}).shape == (2, 16, 16, 4)
    assert game.discriminator({"image": tf.zeros([2, 16, 16, 4])}).shape == (2,)
    assert not any(weight.shape[:1] == (3,) and "dense" in weight.path for weight in game.generator.trainable_variables)


def test_kernels_start_orthogonal():
    game = biggan.BigGAN(width=4, z_dim=6, embedding=8).build(SPEC)
    for net in (game.generator, game.discriminator):
        kernels = [weight.numpy() for weight in net.trainable_variables if weight.name == "kernel"]
        for kernel in kernels:
            matrix = kernel.reshape(-1, kernel.shape[-1])
            matrix = matrix if matrix.shape[0] >= matrix.shape[1] else matrix.T
            np.testing.assert_allclose(matrix.T @ matrix, np.eye(matrix.shape[1]), atol=1e-5)
        assert len({kernel.tobytes() for kernel in kernels if kernel.size > 4}) == sum(k.size > 4 for k in kernels)


def test_another_start_is_a_value():
    normal = functools.partial(keras.initializers.RandomNormal, stddev=0.02)
    game = biggan.BigGAN(width=8, z_dim=6, initializer=normal).build(SPEC)
    kernels = [weight.numpy() for weight in game.trainable_variables if weight.name == "kernel"]
    spreads = [kernel.std() for kernel in kernels if kernel.size > 500]
    np.testing.assert_allclose(spreads, 0.02, rtol=0.15)


def test_orthogonal_regularisation_by_hand():
    kernel = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        tape.watch(kernel)
        value = biggan.off_diagonal([kernel, tf.reshape(kernel, [1, 1, 2, 2])])
    # W'W = [[10, 14], [14, 20]]
    assert float(value) == 2 * (14**2 + 14**2)
    # 4 W (W'W o (1 - I)), twice
    np.testing.assert_allclose(tape.gradient(value, kernel), [[2 * 4 * 28, 2 * 4 * 14], [2 * 4 * 56, 2 * 4 * 42]])
    assert float(biggan.off_diagonal([3 * tf.eye(4)])) == 0


def compiled(nets, rate=1e-3):
    game = nets.build(SPEC)
    for weight in (weight for weight in game.trainable_variables if weight.name == "sigma"):
        weight.assign(1.0)  # behind 0 nothing would move
    optimizer = schedules.Adam(rate)
    game.compile(optimizer.build(4), optimizer.build(4), losses.hinge, jit_compile=False)
    return game


def batch_of(count=4):
    image = tf.random.uniform([count, 16, 16, 1], -1, 1, seed=1)
    return {"image": image, "label": tf.range(count, dtype=tf.int32) % 3}


def test_the_term_leaves_the_vectors_of_the_classes_alone():
    normal = functools.partial(keras.initializers.RandomNormal, stddev=0.3)
    game = compiled(biggan.BigGAN(width=2, z_dim=6, embedding=4, orthogonal=0.5, initializer=normal))
    term, batch = float(game.g_loss(batch_of())["orthogonal"]), batch_of()
    kernels = [weight.value for weight in game.generator.trainable_variables if weight.name == "kernel"]
    vectors = next(kernel for kernel in kernels if kernel.shape == (3, 4))
    others = [kernel for kernel in kernels if kernel is not vectors]
    assert len(kernels) == len(others) + 1
    assert term == pytest.approx(0.5 * float(biggan.off_diagonal(others)), rel=1e-5) and term > 0
    vectors.assign(10 * vectors)
    assert float(game.g_loss(batch)["orthogonal"]) == pytest.approx(term, rel=1e-6)
    assert "orthogonal" not in biggan.BigGAN(width=2, z_dim=6).build(SPEC).g_terms


def values(net):
    return [weight.numpy() for weight in net.trainable_variables]


def same(first, second):
    return [bool(np.all(one == two)) for one, two in zip(first, second, strict=True)]


def test_a_step_of_each_player_moves_its_own_weights_only():
    game, batch = compiled(biggan.BigGAN(width=2, z_dim=6, embedding=4, orthogonal=1e-4)), batch_of()
    d, g = values(game.discriminator), values(game.generator)
    game.minimize("d", game.d_loss, batch, game.d_nets, game.d_optimizer)
    moved = values(game.discriminator)
    # Where the hinge is active at reals and fakes alike, D's last bias has no slope.
    assert sum(same(moved, d)) <= 1 and all(same(values(game.generator), g))
    game.minimize("g", game.g_loss, batch, game.g_nets, game.optimizer)
    assert all(same(values(game.discriminator), moved))
    assert not any(same(values(game.generator), g))


def test_batch_norm_is_modulated_by_hand():
    x = tf.constant([1.0, 3.0, 5.0, 7.0], shape=[2, 1, 2, 1])
    layer = normalization.ModulatedBatchNorm(epsilon=0.0)
    y = layer([x, tf.constant([[1.0], [-1.0]]), tf.constant([[0.5], [2.0]])], training=True)
    first, second = (value / 5**0.5 for value in (-3, -1))  # mean 4, variance 5
    np.testing.assert_allclose(np.ravel(y), [0.5 + 2 * first, 0.5 + 2 * second, 2, 2], rtol=1e-5)


def test_what_does_not_suit_is_refused():
    for nets, match in (
        (biggan.BigGAN(z_dim=100), r"model\.z_dim: 100 is not 3 equal pieces at 16x16; allowed: multiples of 3"),
        (biggan.BigGAN(embedding=0), r"model\.embedding: 0; allowed: at least 1"),
        (biggan.BigGAN(orthogonal=-1.0), r"model\.orthogonal: -1\.0"),
        (biggan.BigGAN(standing=-1), r"model\.standing: -1"),
        (biggan_deep.BigGANDeep(embedding=0), r"model\.embedding: 0"),
    ):
        with pytest.raises(BadInput, match=match):
            nets.build(SPEC)
