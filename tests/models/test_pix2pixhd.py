"""pix2pixHD: its sizes, and its discriminators of several scales."""

import keras
import numpy as np
import tensorflow as tf

from ganzoo.data.images import Spec
from ganzoo.data.pairs import PairSpec
from ganzoo.models.translation import cyclegan, patchgan, pix2pixhd


def conv(size, given, made):
    return size * size * given * made + made


def count(network):
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_variables)


def test_parameters_of_the_global_generator_and_of_two_discriminators():
    nets = pix2pixhd.Pix2PixHD(width=16)
    generator = cyclegan.generator(nets, (64, 128), given=3, made=3)
    total = conv(7, 3, 16) + conv(3, 16, 32) + conv(3, 32, 64) + conv(3, 64, 128) + conv(3, 128, 256)
    total += 9 * 2 * conv(3, 256, 256)
    total += conv(3, 256, 128) + conv(3, 128, 64) + conv(3, 64, 32) + conv(3, 32, 16) + conv(7, 16, 3)
    assert count(generator) == total and generator.output.shape == (None, 64, 128, 3)
    judge = patchgan.pyramid(6, (64, 128), scales=2)
    one = conv(4, 6, 64) + conv(4, 64, 128) + conv(4, 128, 256) + conv(4, 256, 512) + conv(4, 512, 1)
    assert count(judge) == 2 * one
    assert [each.shape[1:] for each in judge.output["logits"]] == [(6, 14), (2, 6)]
    shapes = [[each.shape[1:] for each in scale] for scale in judge.output["maps"]]
    assert shapes[0] == [(32, 64, 64), (16, 32, 128), (8, 16, 256), (7, 15, 512)] and len(shapes[1]) == 4


def test_a_scale_sees_the_mean_of_blocks_with_weights_of_its_own():
    one, two = patchgan.pyramid(1, (32, 32), width=2, stages=1), patchgan.pyramid(1, (64, 64), 2, 1, scales=2)
    copies, layers = (sorted(filter(convolutes, net.layers), key=made) for net in (one, two))
    for copy, layer in zip(copies, layers[len(copies) :], strict=True):
        copy.set_weights(layer.get_weights())
    image = tf.random.stateless_normal([2, 64, 64, 1], [0, 1])
    blocks = tf.reduce_mean(tf.reshape(image, [2, 32, 2, 32, 2, 1]), [2, 4])
    first, second = two({"image": image})["logits"]
    np.testing.assert_allclose(second, one({"image": blocks})["logits"][0], atol=1e-5)
    for layer in layers[len(copies) :]:
        layer.set_weights([0 * weight for weight in layer.get_weights()])
    alone, silent = two({"image": image})["logits"]
    assert np.array_equal(alone, first) and not np.any(silent) and np.any(second)


def convolutes(layer):
    return isinstance(layer, keras.layers.Conv2D)


def made(layer):
    """The number of a layer in the order in which they were made."""
    return int(layer.name.rpartition("_")[2]) if layer.name[-1].isdigit() and "_" in layer.name else 0


def test_a_pyramid_of_one_scale_is_the_discriminator_of_cyclegan():
    plain, pyramid = patchgan.discriminator(3, (24, 24), width=2), patchgan.pyramid(3, (24, 24), width=2)
    pyramid.set_weights(plain.get_weights())
    image = {"image": tf.random.stateless_normal([1, 24, 24, 3], [0, 1])}
    assert np.array_equal(plain(image), pyramid(image)["logits"][0])


def test_the_least_size_leaves_a_logit_at_every_scale():
    for stages, scales in ((1, 1), (2, 2), (3, 2)):
        side = patchgan.least(stages, scales)
        judge = patchgan.pyramid(1, (side, side), width=1, stages=stages, scales=scales)
        assert judge.output["logits"][-1].shape[1:] == (1, 1)
    assert patchgan.least(3) == patchgan.LEAST


def test_the_paper_s_size_builds_with_its_least_of_both_players():
    game = pix2pixhd.Pix2PixHD(width=1, d_width=1, blocks=1).build(
        PairSpec(Spec(48, 96, 3), Spec(48, 96, 3), aligned=True)
    )
    about = game.translators["a2b"]
    assert (about.multiple, about.least) == (16, 32) and game.g_terms == ("adv", "features")
