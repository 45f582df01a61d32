"""The binomial filter against its definition, and its second gradients."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo.layers import fir

FILTER = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 64


def by_definition(x, factor_up, factor_down, pads, gain):
    """Zeros between values, padding, convolution with the filter, every n-th value: in loops."""
    batch, height, width, channels = x.shape
    wide = np.zeros((batch, height * factor_up, width * factor_up, channels))
    wide[:, ::factor_up, ::factor_up] = x
    wide = np.pad(wide, [(0, 0), pads, pads, (0, 0)])
    rows, columns = wide.shape[1] - 3, wide.shape[2] - 3
    out = sum(gain * FILTER[i, j] * wide[:, i : i + rows, j : j + columns] for i in range(4) for j in range(4))
    return out[:, ::factor_down, ::factor_down]


@pytest.fixture
def maps():
    return np.random.default_rng(0).normal(size=(2, 6, 4, 3)).astype(np.float32)


@pytest.mark.parametrize("jit", [False, True])
def test_up_and_down_are_the_filter(maps, jit):
    up, down = (tf.function(each, jit_compile=jit) for each in (fir.up, fir.down))
    np.testing.assert_allclose(up(maps), by_definition(maps, 2, 1, (2, 1), 4), atol=1e-6)
    np.testing.assert_allclose(down(maps), by_definition(maps, 1, 2, (1, 1), 1), atol=1e-6)


def test_a_map_of_one_value_is_resampled_too():
    one = np.ones((1, 1, 1, 1), np.float32)
    np.testing.assert_allclose(fir.up(one), by_definition(one, 2, 1, (2, 1), 4), atol=1e-6)


def test_down_is_the_adjoint_of_up_over_four(maps):
    other = np.random.default_rng(1).normal(size=(2, 12, 8, 3)).astype(np.float32)
    left, right = np.vdot(fir.up(maps), other), 4 * np.vdot(maps, fir.down(other))
    np.testing.assert_allclose(left, right, rtol=1e-5)


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("pad", [1, 2])
def test_blur_is_the_filter(maps, pad, jit):
    blur = tf.function(lambda x: fir.blur(x, pad, gain=4.0), jit_compile=jit)
    np.testing.assert_allclose(blur(maps), by_definition(maps, 1, 1, (pad, pad), 4), atol=1e-6)


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("resample", [fir.up, fir.down, lambda x: fir.blur(x, pad=2)])
def test_second_gradients(maps, resample, jit):
    @tf.function(jit_compile=jit)
    def second(x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                total = tf.reduce_sum(resample(x) ** 3)
            slope = tf.reduce_sum(inner.gradient(total, x) ** 2)
        return outer.gradient(slope, x)

    found = second(tf.constant(maps))
    assert np.all(np.isfinite(found)) and np.any(found)


def test_half_precision_stays_half(maps):
    assert fir.up(tf.cast(maps, tf.bfloat16)).dtype == fir.down(tf.cast(maps, tf.bfloat16)).dtype == tf.bfloat16


@pytest.mark.parametrize(
    "resample", [fir.up, fir.down, *(lambda x, pad=pad: fir.blur(x, pad, gain=2.0) for pad in (1, 2))]
)
def test_a_stated_gradient_is_the_adjoint(maps, resample):
    x, draw = tf.constant(maps), np.random.default_rng(1)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = resample(x)
        weight = draw.normal(size=y.shape).astype(np.float32)
        total = tf.reduce_sum(y * weight)
    other = draw.normal(size=x.shape).astype(np.float32)
    # <resample(other), weight> = <other, gradient>, for any `other`.
    np.testing.assert_allclose(np.vdot(resample(other), weight), np.vdot(other, tape.gradient(total, x)), rtol=1e-4)
