"""The networks of restoration: how a block of pixels begins, what is interpolated, and that every weight is used."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import losses
from ganzoo.degradations import bicubic
from ganzoo.layers import shuffle
from ganzoo.models.restoration import esrgan, real_esrgan, srgan

GENERATORS = (srgan.SRResNet(4, 1), esrgan.RRDB(4, 2, 1), real_esrgan.Compact(4, 1))


def conv(given, made, size=3, bias=True):
    return size * size * given * made + bias * made


def count(network):
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_variables)


@pytest.mark.parametrize("scale", [1, 2, 4])
@pytest.mark.parametrize("nets", GENERATORS, ids=lambda nets: type(nets).__name__)
def test_a_generator_takes_any_size_and_begins_near_the_interpolation(nets, scale):
    network = nets.make((None, None), 3, 3, scale)
    image = tf.random.stateless_uniform([2, 9, 7, 3], [0, 1], -1, 1)
    made = network({"image": image})
    assert made.shape == (2, 9 * scale, 7 * scale, 3) and made.dtype == tf.float32
    plain = bicubic.upsample(image, scale) if scale > 1 else image
    assert 0 < float(tf.reduce_mean(tf.abs(made - plain))) < 0.2


@pytest.mark.parametrize("nets", GENERATORS, ids=lambda nets: type(nets).__name__)
def test_every_weight_of_a_generator_has_a_gradient(nets):
    network = nets.make((8, 8), 3, 3, 4)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(network({"image": tf.random.stateless_normal([2, 8, 8, 3], [0, 1])}) ** 2)
    for weight, gradient in zip(
        network.trainable_variables, tape.gradient(total, network.trainable_variables), strict=True
    ):
        assert np.any(gradient), weight.path


@pytest.mark.parametrize("nets", [srgan.VGG(2, 8), real_esrgan.UNet(2)], ids=lambda nets: type(nets).__name__)
def test_a_discriminator_uses_every_weight_and_low_precision_leaves_its_logits(nets):
    keras.config.set_dtype_policy("mixed_bfloat16")
    network = nets.make(3, (32, 16))
    with tf.GradientTape() as tape:
        logits = network({"image": tf.random.stateless_normal([3, 32, 16, 3], [0, 1])}, training=True)
        total = tf.reduce_sum(logits**2)
    assert logits.dtype == tf.float32 and logits.shape == ((3,) if isinstance(nets, srgan.VGG) else (3, 32, 16))
    for weight, gradient in zip(
        network.trainable_variables, tape.gradient(total, network.trainable_variables), strict=True
    ):
        # A bias before a batch norm changes nothing.
        assert np.any(gradient) or "bias" in weight.path, weight.path


def test_parameters_by_layer():
    block = 2 * conv(64, 64)
    wide = conv(3, 64) + 16 * block + conv(64, 64) + 2 * conv(64, 256) + conv(64, 64) + conv(64, 3)
    assert count(srgan.SRResNet().make((8, 8), 3, 3, 4)) == wide
    dense = sum(conv(64 + 32 * step, 32) for step in range(4)) + conv(64 + 4 * 32, 64)
    wide = conv(3, 64) + 23 * 3 * dense + conv(64, 64) + 2 * conv(64, 64) + conv(64, 64) + conv(64, 3)
    assert count(esrgan.RRDB().make((8, 8), 3, 3, 4)) == wide and round(wide / 1e6, 2) == 16.70
    assert count(real_esrgan.Compact().make((8, 8), 3, 3, 4)) == conv(3, 64) + 16 * conv(64, 64) + conv(64, 48)
    halves = conv(64, 128, 4, False) + conv(128, 256, 4, False) + conv(256, 512, 4, False)
    doubles = conv(512, 256, 3, False) + conv(256, 128, 3, False) + conv(128, 64, 3, False)
    wide = conv(3, 64) + halves + doubles + 2 * conv(64, 64, 3, False) + conv(64, 1)
    assert count(real_esrgan.UNet().make(3, (64, 64))) == wide
    stages = sum(2 * w * 2 for w in (128, 256, 512)) + 2 * 64
    convs = conv(3, 64) + conv(64, 64) + sum(conv(w // 2, w) + conv(w, w) for w in (128, 256, 512))
    dense = 512 * 8 * 8 * 1024 + 1024 + 1024 + 1
    assert count(srgan.VGG().make(3, (128, 128))) == convs + stages + dense


def test_pixels_of_a_block_begin_equal():
    start = keras.initializers.RandomNormal(seed=1)
    layer = keras.layers.Conv2D(3 * 9, 3, padding="same", kernel_initializer=shuffle.ICNR(3, start))
    made = shuffle.PixelShuffle(3)(layer(tf.random.stateless_normal([1, 5, 4, 2], [0, 1]))).numpy()
    first = made[:, ::3, ::3]
    np.testing.assert_allclose(made, first.repeat(3, axis=1).repeat(3, axis=2), atol=1e-6)
    assert made.std() > 0


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_bicubic_layer_is_imresize_to_its_borders(scale):
    image = tf.random.stateless_uniform([2, 7, 11, 4], [0, 1], -1, 1)
    wanted = bicubic.upsample(image, scale)
    np.testing.assert_allclose(shuffle.Bicubic(scale)(image), wanted, atol=1e-5)
    free = tf.function(shuffle.Bicubic(scale), input_signature=[tf.TensorSpec([None, None, None, 4])])
    np.testing.assert_allclose(free(image), wanted, atol=1e-5)


def test_sharpening_leaves_flat_places_and_overshoots_at_edges():
    sharp = real_esrgan.Sharpened(radius=4, deviation=2.0)
    image = np.zeros([1, 24, 24, 1], np.float32)
    image[:, :, 12:] = 0.8
    made = sharp(tf.constant(image)).numpy()
    np.testing.assert_allclose(made[0, :, 0], 0, atol=1e-6)
    np.testing.assert_allclose(made[0, :, 23], 0.8, atol=1e-6)
    assert made[0, 12, 12, 0] > 0.85 and made[0, 12, 11, 0] < -0.05
    flat = tf.fill([1, 12, 12, 3], 0.3)
    np.testing.assert_allclose(sharp(flat), flat, atol=1e-6)


def test_the_relativistic_average_by_hand():
    pair, real, fake = losses.relativistic_average, np.array([1.0, 3.0]), np.array([0.0, -2.0])

    def softplus(x):
        return np.log1p(np.exp(x))

    d = (softplus(-1 - real).mean() + softplus(fake - 2).mean()) / 2
    g = (softplus(real + 1).mean() + softplus(2 - fake).mean()) / 2
    np.testing.assert_allclose(float(pair.d(tf.constant(real), tf.constant(fake))), d, rtol=1e-6)
    np.testing.assert_allclose(float(pair.g(tf.constant(fake), tf.constant(real))), g, rtol=1e-6)
