"""The whole game on data whose modes can be counted: a ring of eight Gaussians."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import averaging, gan, losses, regularizers, schedules

MODES = 8
DEVIATION = 0.05


def centres():
    """[8, 2] on the unit circle. `endpoint=False`: else the first and the last are one, and there are seven."""
    angles = np.linspace(0, 2 * np.pi, MODES, endpoint=False)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def network(inputs, outputs, name):
    x = first = keras.Input((inputs,), name=name)
    for _ in range(2):
        x = keras.layers.Dense(64, activation="relu")(x)
    x = keras.layers.Dense(outputs, dtype="float32")(x)
    return keras.Model({name: first}, keras.layers.Reshape(())(x) if outputs == 1 else x)


def ring(batch, steps):
    rng = np.random.default_rng(0)
    points = centres()[rng.integers(MODES, size=batch * 64)] + DEVIATION * rng.normal(size=(batch * 64, 2))
    return tf.data.Dataset.from_tensor_slices({"image": points.astype(np.float32)}).batch(batch).repeat().take(steps)


def quality(points):
    """Share of points within three deviations of a centre, and the modes that at least 1 % of them hit."""
    distance = np.linalg.norm(points[:, None] - centres(), axis=2)
    good = distance.min(axis=1) < 3 * DEVIATION
    hits = np.bincount(distance.argmin(axis=1)[good], minlength=MODES)
    return good.mean(), (hits > 0.01 * len(points)).sum()


def test_the_ring_has_eight_modes():
    share, modes = quality(next(iter(ring(2000, 1)))["image"].numpy())
    assert modes == 8 and share == pytest.approx(1 - np.exp(-4.5), abs=0.01)  # Rayleigh's law at three deviations


@pytest.mark.parametrize("adversarial", [losses.non_saturating, losses.relativistic])
def test_the_ring_is_learned(adversarial):
    keras.utils.set_random_seed(0)
    steps, batch = 3000, 128
    model = gan.NoiseGAN(
        functools.partial(network, 2, 2, "z"), functools.partial(network, 2, 1, "image"), z_dim=2, image=(2,)
    )
    model.compile(
        schedules.Adam(1e-3, beta_1=0.0, beta_2=0.9).build(batch),
        schedules.Adam(1e-3, beta_1=0.0, beta_2=0.9).build(batch),
        adversarial,
        regularizers=(regularizers.R1(gamma=0.1), regularizers.R2(gamma=0.1)),
        ema=averaging.EMA(halflife=10_000),
        steps_per_execution=100,
        jit_compile=False,
    )
    model.fit(ring(batch, steps), steps_per_epoch=steps, verbose=0, shuffle=False)
    points = model.sampler({"z": tf.random.stateless_normal([2000, 2], [1, 2])}).numpy()
    share, modes = quality(points)
    assert modes == 8 and share > 0.6
