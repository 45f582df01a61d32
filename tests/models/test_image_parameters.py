"""Parameter counts at the papers' widths, each a sum written out layer by layer."""

import keras
import pytest

from ganzoo.data.images import Spec
from ganzoo.models.image import cgan, dcgan, sngan, vanilla, wgan_gp

CIFAR = Spec(32, 32, 3, 10)


def trainable(net):
    return sum(weight.value.shape.num_elements() for weight in net.trainable_variables)


@pytest.fixture(autouse=True)
def _policy():
    keras.config.set_dtype_policy("float32")


def test_dcgan_64():
    game = dcgan.DCGAN().build(Spec(64, 64, 3, 0))
    assert trainable(game.generator) == sum(
        [
            100 * 4 * 4 * 512 + 2 * 512,  # 4x4: kernel, batch norm
            4 * 4 * 512 * 256 + 2 * 256,  # 8x8
            4 * 4 * 256 * 128 + 2 * 128,  # 16x16
            4 * 4 * 128 * 64 + 2 * 64,  # 32x32
            4 * 4 * 64 * 3 + 3,  # 64x64: kernel, bias
        ]
    )
    assert trainable(game.discriminator) == sum(
        [
            4 * 4 * 3 * 64 + 64,  # 32x32: kernel, bias
            4 * 4 * 64 * 128 + 2 * 128,  # 16x16: kernel, batch norm
            4 * 4 * 128 * 256 + 2 * 256,  # 8x8
            4 * 4 * 256 * 512 + 2 * 512,  # 4x4
            4 * 4 * 512 * 1 + 1,  # logit
        ]
    )
    # The usual PyTorch version has 3,576,704 and 2,765,568: these without the four biases.
    assert (trainable(game.generator), trainable(game.discriminator)) == (3_576_704 + 3, 2_765_568 + 64 + 1)


def test_dcgan_28():
    game = dcgan.DCGAN().build(Spec(28, 28, 1, 0))
    assert trainable(game.generator) == sum(
        [
            100 * 4 * 4 * 256 + 2 * 256,  # 4x4
            4 * 4 * 256 * 128 + 2 * 128,  # 7x7, cropped from 8x8
            4 * 4 * 128 * 64 + 2 * 64,  # 14x14
            4 * 4 * 64 * 1 + 1,  # 28x28
        ]
    )
    assert trainable(game.discriminator) == sum(
        [
            4 * 4 * 1 * 64 + 64,  # 14x14
            4 * 4 * 64 * 128 + 2 * 128,  # 7x7
            4 * 4 * 128 * 256 + 2 * 256,  # 4x4
            4 * 4 * 256 * 1 + 1,  # logit
        ]
    )


def conv(size, inputs, outputs):
    return size * size * inputs * outputs + outputs


def up_block(inputs, width, norm=2):
    """Two 3x3 convolutions, the shortcut, and the scale and offset of two batch norms."""
    return conv(3, inputs, width) + conv(3, width, width) + conv(1, inputs, width) + norm * inputs + norm * width


def test_wgan_gp_cifar10():
    game = wgan_gp.WGANGP().build(CIFAR)
    assert trainable(game.generator) == sum(
        [
            128 * 4 * 4 * 128 + 4 * 4 * 128,  # 4x4
            up_block(128, 128),  # 8x8
            up_block(128, 128),  # 16x16
            up_block(128, 128),  # 32x32
            2 * 128,  # last batch norm
            conv(3, 128, 3),
        ]
    )
    assert trainable(game.discriminator) == sum(
        [
            conv(3, 3, 128) + conv(3, 128, 128) + conv(1, 3, 128),  # 16x16
            conv(3, 128, 128) + conv(3, 128, 128) + conv(1, 128, 128),  # 8x8
            conv(3, 128, 128) + conv(3, 128, 128),  # 8x8
            conv(3, 128, 128) + conv(3, 128, 128),  # 8x8
            128 + 1,  # logit
        ]
    )


def test_sngan_cifar10():
    game = sngan.SNGAN().build(CIFAR)
    assert trainable(game.generator) == sum(
        [
            128 * 4 * 4 * 256 + 4 * 4 * 256,  # 4x4
            up_block(256, 256),  # 8x8
            up_block(256, 256),  # 16x16
            up_block(256, 256),  # 32x32
            2 * 256,  # last batch norm
            conv(3, 256, 3),
        ]
    )
    assert trainable(game.discriminator) == sum(
        [
            conv(3, 3, 128) + conv(3, 128, 128) + conv(1, 3, 128),  # 16x16
            conv(3, 128, 128) + conv(3, 128, 128) + conv(1, 128, 128),  # 8x8
            conv(3, 128, 128) + conv(3, 128, 128),  # 8x8
            conv(3, 128, 128) + conv(3, 128, 128),  # 8x8
            128 + 1,  # logit
        ]
    )
    vectors = [weight for weight in game.discriminator.non_trainable_variables if weight.name == "u"]
    assert len(vectors) == 3 + 3 + 2 + 2 + 1  # every layer of D


def test_projection_cifar10_adds_tables_of_the_classes():
    plain, game = sngan.SNGAN().build(CIFAR), cgan.Projection().build(CIFAR)
    # seven batch norms of 2 x 256, ten times as large; a vector of 128 for each class
    assert trainable(game.generator) - trainable(plain.generator) == 9 * 7 * 2 * 256
    assert trainable(game.discriminator) - trainable(plain.discriminator) == 10 * 128


def test_vanilla_mnist():
    game = vanilla.Vanilla().build(Spec(28, 28, 1, 0))
    assert trainable(game.generator) == 101 * 1200 + 1201 * 1200 + 1201 * 784
    assert trainable(game.discriminator) == 785 * 240 * 5 + 241 * 240 * 5 + 241
