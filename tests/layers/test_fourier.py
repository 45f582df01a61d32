"""Fast Fourier convolutions against numpy's transform, and what a pixel of theirs sees."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.layers import fourier


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def conv(filters, size, **kwargs):
    return keras.layers.Conv2D(filters, size, **kwargs)


@pytest.mark.parametrize(("height", "width"), [(6, 10), (7, 5)])
def test_the_spectrum_is_numpys_and_comes_back(height, width):
    x = draw(2, height, width, 3)
    spectrum = fourier.Spectrum()(x)
    wanted = np.fft.rfft2(x, axes=(1, 2), norm="ortho")
    np.testing.assert_allclose(spectrum[..., :3], wanted.real, atol=1e-5)
    np.testing.assert_allclose(spectrum[..., 3:], wanted.imag, atol=1e-5)
    np.testing.assert_allclose(fourier.FromSpectrum()([spectrum, x]), x, atol=1e-5)


def test_the_transform_is_float32_in_low_precision():
    keras.config.set_dtype_policy("mixed_bfloat16")
    image = keras.Input((None, None, 2))
    network = keras.Model(image, fourier.unit(keras.layers.Conv2D(2, 1)(image), conv))
    assert network(draw(1, 6, 9, 2)).dtype == tf.float32


def test_every_value_of_the_global_part_sees_the_whole_map():
    image = keras.Input((None, None, 2))
    near, far = fourier.convolved((image, None), (2, 2), conv)
    near, far = fourier.convolved((near, far), (1, 2), conv)
    network = keras.Model(image, [near, far])
    x = tf.Variable(draw(1, 16, 12, 2))
    seen = []
    for part in range(2):
        with tf.GradientTape() as tape:
            value = tf.reduce_sum(network(x)[part][0, 3, 4] ** 2)
        seen.append(np.abs(tape.gradient(value, x)).sum(axis=-1)[0] > 1e-9)
    # Two convolutions of 3x3 see 5x5 pixels; through frequencies all are seen but what is switched off.
    assert seen[0].sum() == 25 and seen[1].mean() > 0.95


def test_a_part_of_no_channels_is_left_out():
    x = keras.Input((8, 8, 3))
    near, far = fourier.convolved((x, None), (4, 0), conv)
    assert near.shape == (None, 8, 8, 4) and far is None


def test_it_compiles_and_has_two_gradients():
    image = keras.Input((8, 6, 2))
    network = keras.Model(image, fourier.unit(image, conv))

    @tf.function(jit_compile=True)
    def penalty(x):
        with tf.GradientTape() as outer:
            with tf.GradientTape() as tape:
                tape.watch(x)
                total = tf.reduce_sum(network(x) ** 2)
            slope = tf.reduce_sum(tape.gradient(total, x) ** 2)
        return outer.gradient(slope, network.trainable_variables[0])

    assert np.any(penalty(tf.constant(draw(1, 8, 6, 2))))
