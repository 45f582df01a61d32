"""The filters against SciPy's and by what they do, the resampling by its definition, the running scale by hand."""

import keras
import numpy as np
import pytest
import scipy.signal
import tensorflow as tf

from ganzoo.layers import filtered

DRAW = np.random.default_rng(0)
# (taps, cutoff, half width, rate): attenuations below 21, up to 50 and beyond it
FILTERS = [(12, 8.0, 0.5, 32), (24, 10.0, 6.0, 128), (12, 4.0, 4.0, 32), (48, 16.0, 4.5, 128)]


def decibels(amplitude):
    return 20 * np.log10(np.abs(amplitude))


@pytest.mark.parametrize(("taps", "cutoff", "half_width", "rate"), FILTERS)
def test_a_filter_is_scipys_and_sums_to_one(taps, cutoff, half_width, rate):
    kernel = filtered.lowpass(taps, cutoff, half_width, rate)
    np.testing.assert_allclose(kernel, scipy.signal.firwin(taps, cutoff, width=2 * half_width, fs=rate), atol=1e-12)
    np.testing.assert_allclose(kernel.sum(), 1)
    np.testing.assert_allclose(kernel, kernel[::-1], atol=1e-15)


@pytest.mark.parametrize(("taps", "cutoff", "half_width", "rate"), FILTERS[1:])
def test_a_filter_passes_and_stops_as_far_as_it_promises(taps, cutoff, half_width, rate):
    kernel = filtered.lowpass(taps, cutoff, half_width, rate)
    frequency, response = scipy.signal.freqz(kernel, worN=2048, fs=rate)
    promised = 2.285 * (taps - 1) * np.pi * 2 * half_width / (rate / 2) + 7.95
    assert np.max(decibels(response[frequency >= cutoff + half_width])) < -promised + 5
    passed = np.abs(response[frequency <= cutoff - half_width])
    assert np.max(np.abs(passed - 1)) < 10 ** (-(promised - 5) / 20)
    assert np.interp(cutoff, frequency, np.abs(response)) == pytest.approx(0.5, abs=0.01)


def wave(frequency, size, rate):
    """cos + sin of that frequency about the middle of a line."""
    place = 2 * np.pi * frequency * (np.arange(size) + 0.5 - size / 2) / rate
    return np.cos(place) + np.sin(place)


@pytest.mark.parametrize(("factor", "outputs"), [(2, 90), (4, 120), (4, 200)])
def test_resampling_keeps_a_wave_where_it_is(factor, outputs):
    rate, inputs = 16, 40
    kernel = filtered.lowpass(6 * factor, 4.0, 4.0, rate * factor)
    frequency, response = scipy.signal.freqz(kernel, worN=4096, fs=rate * factor)
    passed = np.interp(1.5, frequency, np.abs(response))
    coarse, fine = wave(1.5, inputs, rate), wave(1.5, outputs, rate * factor)
    inside = slice(outputs // 2 - 10 * factor, outputs // 2 + 10 * factor)
    np.testing.assert_allclose(
        (filtered.upsampling(kernel, factor, inputs, outputs) @ coarse)[inside], passed * fine[inside], atol=0.01
    )
    back = filtered.downsampling(kernel, factor, outputs, inputs) @ fine
    inside = slice(inputs // 2 - 8, inputs // 2 + 8)
    np.testing.assert_allclose(back[inside], passed * coarse[inside], atol=0.01)


def test_upsampling_is_zeros_and_the_filter():
    kernel, line = filtered.lowpass(12, 4.0, 4.0, 32), DRAW.normal(size=7)
    wide = np.zeros(14)
    wide[::2] = line
    whole = 2 * np.convolve(wide, kernel)[:24]  # 14 values and 5 more on each side
    np.testing.assert_allclose(filtered.upsampling(kernel, 2, 7, 24) @ line, whole)
    np.testing.assert_allclose(filtered.upsampling(kernel, 2, 7, 8) @ line, whole[8:16])
    np.testing.assert_allclose(filtered.upsampling(kernel, 2, 7, 28) @ line, np.pad(whole, 2))


def by_definition(x, layer):
    """Of one channel: zeros between, the filter, the nonlinearity, the filter, every second; by SciPy."""
    rate = 2 * max(layer.before.rate, layer.after.rate)
    up, down = rate // layer.before.rate, rate // layer.after.rate
    first = scipy.signal.firwin(6 * up, layer.before.cutoff, width=2 * layer.before.half_width, fs=rate)
    second = scipy.signal.firwin(6 * down, layer.after.cutoff, width=2 * layer.after.half_width, fs=rate)
    wide = np.zeros((up * x.shape[0], up * x.shape[1]))
    wide[::up, ::up] = x
    high = scipy.signal.convolve2d(wide, up**2 * np.outer(first, first))[: 1 - up, : 1 - up] if up > 1 else wide
    high = 2**0.5 * np.where(high > 0, high, 0.2 * high)
    # Far enough beyond all that the first filter reaches, about the same middle.
    margin = 40
    low = scipy.signal.convolve2d(np.pad(high, margin), np.outer(second, second), mode="valid")
    starts = [(have - (down * (size - 1) + 1)) // 2 for have, size in zip(low.shape, layer.size, strict=True)]
    return low[starts[0] :: down, starts[1] :: down][: layer.size[0], : layer.size[1]]


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize(
    ("before", "after", "size"),
    [
        (filtered.Band(16, 4.0, 4.0), filtered.Band(16, 5.0, 3.0), (8, 10)),
        (filtered.Band(16, 4.0, 4.0), filtered.Band(32, 6.0, 10.0), (12, 14)),
        (filtered.Band(16, 8.0, 1.8), filtered.Band(16, 8.0, 1.8), (4, 6)),
    ],
)
def test_the_layer_is_what_its_definition_says(before, after, size, jit):
    layer = filtered.FilteredLRelu(before, after, size)
    x = DRAW.normal(size=(2, 8, 10, 3)).astype(np.float32)
    assert layer(keras.Input(x.shape[1:])).shape[1:] == (*size, 3)
    layer.bias.assign([0.5, -0.5, 0.0])
    made = tf.function(lambda: layer(x), jit_compile=jit)()
    for row in range(2):
        for channel in range(3):
            wanted = by_definition(x[row, :, :, channel] + layer.bias.numpy()[channel], layer)
            np.testing.assert_allclose(made[row, :, :, channel], wanted, atol=1e-5)


def test_second_gradients_agree_with_and_without_xla():
    band = filtered.Band(16, 4.0, 4.0)
    layer, x = filtered.FilteredLRelu(band, band, (4, 4)), tf.constant(DRAW.normal(size=(1, 4, 4, 2)), tf.float32)
    layer.build(x.shape)

    def slope():
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                total = tf.reduce_sum(tf.square(layer(x)))
            penalty = tf.reduce_sum(tf.square(inner.gradient(total, x)))
        return outer.gradient(penalty, x)

    plain, compiled = (tf.function(slope, jit_compile=jit)() for jit in (False, True))
    assert np.max(np.abs(plain)) > 1
    np.testing.assert_allclose(compiled, plain, rtol=1e-4, atol=1e-4)


def test_running_scale_by_hand():
    layer = filtered.RunningScale(halflife=4)
    x = tf.constant([[3.0, 1.0], [1.0, 1.0]])  # mean square 3, two samples: half the way is beta = 0.5 ** 0.5
    np.testing.assert_allclose(layer(x), x)
    np.testing.assert_allclose(layer.square, 1)
    beta = 0.5**0.5
    square = beta + (1 - beta) * 3
    np.testing.assert_allclose(layer(x, training=True), x / square**0.5, rtol=1e-6)
    np.testing.assert_allclose(layer.square, square, rtol=1e-6)
    np.testing.assert_allclose(layer(10 * x), 10 * x / square**0.5, rtol=1e-6)
    np.testing.assert_allclose(layer.square, square, rtol=1e-6)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(layer(x, training=True))
    np.testing.assert_allclose(tape.gradient(y, x), np.full((2, 2), float(layer.square) ** -0.5), rtol=1e-6)


def test_the_running_mean_is_float32_where_maps_are_not():
    layer = filtered.RunningScale(halflife=1e-3, dtype="mixed_float16")
    y = layer(tf.fill([2, 4], 1000.0), training=True)  # whose square float16 does not hold
    assert y.dtype == tf.float16
    np.testing.assert_allclose(layer.square, 1e6)
    np.testing.assert_allclose(y, 1, rtol=1e-3)
