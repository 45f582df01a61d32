"""pix2pix: its sizes, where it normalises, drops and starts, and what its networks refuse."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.data.images import Spec
from ganzoo.data.pairs import PairSpec
from ganzoo.errors import BadInput
from ganzoo.layers import dropout, normalization
from ganzoo.models.translation import pix2pix

PAPER = pix2pix.Pix2Pix(norm="batch")
SMALL = pix2pix.Pix2Pix(width=2, d_width=2, downs=4, stages=1)


def conv(given, made, bias=False):
    return 4 * 4 * given * made + (made if bias else 0)


def count(network):
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_variables)


def layers(network, kind):
    return [layer for layer in network.layers if isinstance(layer, kind)]


def test_parameters_of_the_authors_networks():
    generator = pix2pix.generator(PAPER, (256, 256), given=3, made=3)
    down = [conv(3, 64), conv(64, 128), conv(128, 256), conv(256, 512), *[conv(512, 512)] * 4]
    up = [conv(512, 512), *[conv(1024, 512)] * 3, conv(1024, 256), conv(512, 128), conv(256, 64), conv(128, 3, True)]
    norms = [2 * width for width in (128, 256, *[512] * 4, *[512] * 4, 256, 128, 64)]
    assert count(generator) == sum(down) + sum(up) + sum(norms) == 54_413_955
    assert generator.output.shape == (None, 256, 256, 3)
    judge = pix2pix.discriminator(PAPER, 6, (256, 256))
    total = conv(6, 64, True) + conv(64, 128) + conv(128, 256) + conv(256, 512) + conv(512, 1, True)
    assert count(judge) == total + 2 * (128 + 256 + 512) == 2_768_705
    assert [each.shape for each in judge.output["logits"]] == [(None, 30, 30)]


def test_with_instance_norm_every_convolution_has_a_bias_and_no_norm_a_weight():
    generator = pix2pix.generator(pix2pix.Pix2Pix(width=2), (256, 256), given=3, made=3)
    convolutions = layers(generator, (keras.layers.Conv2D, keras.layers.Conv2DTranspose))
    assert len(convolutions) == 16 and all(layer.use_bias for layer in convolutions)
    assert sum(len(layer.weights) for layer in layers(generator, keras.layers.GroupNormalization)) == 0


def test_neither_the_image_nor_the_coarsest_map_is_normalised():
    generator = pix2pix.generator(dataclasses.replace(PAPER, width=2), (256, 256), given=3, made=3)
    norms = layers(generator, normalization.BatchNorm)
    assert [layer.input.shape[1] for layer in norms] == [64, 32, 16, 8, 4, 2, 2, 4, 8, 16, 32, 64, 128]
    assert min(layer.output.shape[1] for layer in layers(generator, keras.layers.Conv2D)) == 1


def test_the_three_coarsest_stages_up_drop_and_a_served_network_does_not():
    generator = pix2pix.generator(SMALL, (32, 32), given=1, made=1)
    drops = layers(generator, dropout.Dropout)
    assert [layer.output.shape[1] for layer in drops] == [4, 8, 16] and {layer.rate for layer in drops} == {0.5}
    image = {"image": tf.random.stateless_uniform([1, 32, 32, 1], [0, 1])}
    one, two = (generator(image, training=True).numpy() for _ in range(2))
    assert np.abs(one - two).max() > 1e-4
    assert np.array_equal(generator(image, training=False), generator(image, training=False))
    assert not layers(pix2pix.generator(dataclasses.replace(SMALL, dropout=0.0), (32, 32), 1, 1), dropout.Dropout)


@pytest.mark.parametrize("up", ["transposed", "resize"])
def test_skips_carry_the_finest_details(up):
    """What the paper's U-Net is for: a pixel of the input is seen at once, through no coarser map than half."""
    generator = pix2pix.generator(dataclasses.replace(SMALL, dropout=0.0, up=up), (32, 32), given=1, made=1)
    image = tf.Variable(tf.random.stateless_uniform([1, 32, 32, 1], [0, 1]))
    assert generator.output.shape == (None, 32, 32, 1)
    joined = layers(generator, keras.layers.Concatenate)
    assert [(layer.output.shape[1], layer.output.shape[3]) for layer in joined] == [(4, 16), (8, 8), (16, 4)]
    with tf.GradientTape() as tape:
        value = generator({"image": image})[0, 16, 16, 0]
    assert float(tf.norm(tape.gradient(value, image))) > 0


def test_networks_start_as_the_authors_do():
    game = pix2pix.Pix2Pix(width=16, d_width=16, downs=4, stages=2, norm="batch").build(
        PairSpec(Spec(32, 32, 3), Spec(32, 32, 3), aligned=True)
    )
    for net in (game.discriminator, game.networks["a2b"]):
        for weight in net.trainable_variables:
            values = np.array(weight)
            mean = {"gamma": 1.0}.get(weight.name, 0.0)
            spread = {"bias": 0.0, "beta": 0.0}.get(weight.name, 0.02)
            assert abs(values.mean() - mean) < 0.02, weight.path
            if values.size > 100 or not spread:
                np.testing.assert_allclose(values.std(), spread, rtol=0.3, err_msg=weight.path)


def test_batch_norm_takes_the_batch_in_training_and_its_moments_in_serving():
    generator = pix2pix.generator(dataclasses.replace(SMALL, norm="batch", dropout=0.0), (32, 32), given=1, made=1)
    image = tf.random.stateless_uniform([2, 32, 32, 1], [0, 1])
    whole, alone = (generator({"image": part}, training=True).numpy()[0] for part in (image, image[:1]))
    assert np.abs(whole - alone).max() > 1e-5
    whole, alone = (generator({"image": part}, training=False).numpy()[0] for part in (image, image[:1]))
    np.testing.assert_allclose(whole, alone, atol=1e-6)


def test_a_unet_of_one_stage_and_a_share_of_one_are_refused():
    spec = PairSpec(Spec(32, 32, 3), Spec(32, 32, 3), aligned=True)
    with pytest.raises(BadInput, match=r"model\.downs: 1; allowed: 2 or more"):
        dataclasses.replace(SMALL, downs=1).build(spec)
    with pytest.raises(BadInput, match=r"model\.dropout: 1.0; allowed: from 0 to below 1"):
        dataclasses.replace(SMALL, dropout=1.0).build(spec)
    assert dataclasses.replace(SMALL, adversary=0.0, stages=5).build(spec).d_nets == ()
