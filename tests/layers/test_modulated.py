"""Modulated convolution against a kernel made for each sample, in loops."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from loops import convolved

from ganzoo.layers import equalized, modulated

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(3, 6, 4, 5)).astype(np.float32)
STYLE = DRAW.normal(1, 1, size=(3, 5)).astype(np.float32)


def own_kernels(layer):
    """Eq. 1 and 3 of the paper: [B, k, k, C, F]."""
    kernel = np.array(layer.kernel) / np.prod(layer.kernel.shape[:-1]) ** 0.5
    kernels = kernel * STYLE[:, None, None, :, None]
    if layer.demodulate:
        kernels = kernels / np.sqrt(np.sum(kernels**2, axis=(1, 2, 3), keepdims=True) + 1e-8)
    return kernels


def by_definition(x, kernel, up):
    """One sample [1, H, W, C]. up: zeros between values, the kernel reversed (a transposed convolution), the filter."""
    pad = kernel.shape[0] // 2
    if not up:
        return convolved(np.pad(x, [(0, 0), (pad, pad), (pad, pad), (0, 0)]), kernel)
    _, height, width, channels = x.shape
    wide = np.zeros((1, 2 * height, 2 * width, channels))
    wide[:, ::2, ::2] = x
    wide = np.pad(wide, [(0, 0), (2, 2), (2, 2), (0, 0)])  # all places that a value reaches
    y = convolved(wide, kernel[::-1, ::-1])[:, : 2 * height + 1, : 2 * width + 1]
    taps = np.outer([1, 3, 3, 1], [1, 3, 3, 1]).reshape(4, 4, 1, 1) / 16 * np.eye(kernel.shape[-1])
    return convolved(np.pad(y, [(0, 0), (1, 1), (1, 1), (0, 0)]), taps)


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize(("size", "up", "demodulate"), [(3, False, True), (3, True, True), (1, False, False)])
def test_equals_a_kernel_for_each_sample(size, up, demodulate, jit):
    layer = modulated.ModulatedConv2D(7, size, up=up, demodulate=demodulate)
    symbolic = layer(keras.Input(X.shape[1:]), keras.Input(STYLE.shape[1:]))
    kernels = own_kernels(layer)
    expected = np.concatenate([by_definition(X[i : i + 1], kernels[i], up) for i in range(3)])
    made = tf.function(lambda: layer(X, STYLE), jit_compile=jit)()
    np.testing.assert_allclose(made, expected, atol=1e-5)
    assert symbolic.shape[1:] == expected.shape[1:]


def test_equals_the_grouped_convolution():
    layer = modulated.ModulatedConv2D(7, 3)
    made = layer(X, STYLE)
    kernels = own_kernels(layer).astype(np.float32)
    wide = tf.reshape(tf.transpose(X, [1, 2, 0, 3]), [1, 6, 4, 15])  # the batch in the channels
    grouped = tf.reshape(tf.transpose(kernels, [1, 2, 3, 0, 4]), [3, 3, 5, 21])
    together = tf.reshape(tf.nn.conv2d(wide, grouped, 1, "SAME"), [6, 4, 3, 7])
    np.testing.assert_allclose(made, tf.transpose(together, [2, 0, 1, 3]), atol=1e-5)


@pytest.mark.parametrize("scale", [1e-2, 1.0, 30.0])
def test_demodulated_output_has_unit_variance_whatever_the_style(scale):
    x = DRAW.normal(size=(8, 16, 16, 64)).astype(np.float32)
    style = (scale * DRAW.normal(1, 1, size=(8, 64))).astype(np.float32)
    y = modulated.ModulatedConv2D(64, 3)(x, style).numpy()[:, 1:-1, 1:-1]
    assert np.std(y) == pytest.approx(1.0, rel=0.03)
    assert np.std(modulated.ModulatedConv2D(64, 3, demodulate=False)(x, style)) == pytest.approx(
        scale * 2**0.5, rel=0.2
    )


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_follows_float32_for_styles_beyond_its_range(policy):
    layer, half = modulated.ModulatedConv2D(7, 3), modulated.ModulatedConv2D(7, 3, dtype=policy)
    style = STYLE * 1e5  # float16 ends at 65504
    expected = layer(X, style)
    half.build(X.shape, STYLE.shape)
    half.kernel.assign(layer.kernel)
    made = half(X, style)
    assert made.dtype == policy.removeprefix("mixed_")
    np.testing.assert_allclose(tf.cast(made, tf.float32), expected, atol=0.05)


@pytest.mark.parametrize("per_channel", [False, True])
def test_finish_adds_noise_by_its_strength(per_channel):
    layer = modulated.Finish(equalized.lrelu, per_channel)
    noise = DRAW.normal(size=(3, 24)).astype(np.float32)
    plain = layer(X, noise)
    np.testing.assert_allclose(plain, layer(X, 0 * noise))  # strength 0 at first
    strength = DRAW.normal(size=layer.strength.shape)
    layer.strength.assign(strength)
    layer.bias.assign(DRAW.normal(size=5))
    summed = X + noise.reshape(3, 6, 4, 1) * strength + np.array(layer.bias)
    np.testing.assert_allclose(layer(X, noise), equalized.lrelu(tf.constant(summed, tf.float32)), atol=1e-6)


def test_constant_noise_is_one_normal_draw():
    layer = modulated.ConstantNoise(4000)
    noise = layer(X).numpy()
    assert noise.shape == (1, 4000)
    np.testing.assert_array_equal(noise, modulated.ConstantNoise(4000)(X + 1))
    assert abs(noise.mean()) < 0.05 and noise.std() == pytest.approx(1.0, abs=0.05)
