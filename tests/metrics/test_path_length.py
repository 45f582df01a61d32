"""Path length against closed forms; the traps of float32 and of rounding."""

import numpy as np
import pytest

from ganzoo.errors import BadInput
from ganzoo.metrics import path_length
from ganzoo.metrics.path_length import lerp, slerp


def squared(a, b):
    return np.sum((a.astype(np.float64) - b) ** 2, axis=tuple(range(1, a.ndim)))


def test_slerp_ends_where_it_should_and_goes_at_a_steady_angle():
    a, b = np.array([[2.0, 0.0, 0.0]]), np.array([[0.0, 2.0, 0.0]])
    third = slerp(a, b, np.array([[1 / 3]]))
    np.testing.assert_allclose(third, [[2 * np.cos(np.pi / 6), 2 * np.sin(np.pi / 6), 0]], rtol=1e-12)
    draw = np.random.default_rng(0)
    a, b = draw.normal(size=(2, 5, 8))
    np.testing.assert_allclose(slerp(a, b, np.zeros((5, 1))), a, rtol=1e-12)
    np.testing.assert_allclose(slerp(a, b, np.ones((5, 1))), b, rtol=1e-12)


def test_lerp_is_the_straight_line():
    np.testing.assert_allclose(lerp(np.array([[1.0, 3.0]]), np.array([[5.0, 1.0]]), np.array([[0.25]])), [[2.0, 2.5]])


def test_linear_generator_on_uniform_z():
    # G(z) = A z moves by A (z2 - z1) e: E |A (z2 - z1)|^2 = |A|^2 x 2/3 for z uniform on -1..1, whose variance is 1/3.
    matrix = np.random.default_rng(1).normal(size=(6, 12)).astype(np.float32)
    found = path_length.path_length(lambda z: z @ matrix, squared, 6, "uniform", pairs=20_000)
    assert found["value"] == pytest.approx(2 / 3 * np.sum(matrix.astype(np.float64) ** 2), abs=4 * found["error"])
    assert found["error"] < 0.01 * found["value"]


def test_the_circle_on_normal_z():
    # A generator that keeps the direction only: in many dimensions it moves by the angle between z1 and z2.
    def direction(z):
        return z / np.linalg.norm(z, axis=1, keepdims=True)

    found = path_length.path_length(direction, squared, 2, pairs=4000, epsilon=1e-3)
    draws = [np.random.default_rng([0, number]) for number in range(4000)]
    a, b = (np.stack([draw.normal(size=2) for draw in draws]) for _ in range(2))
    t = np.stack([draw.uniform(size=1) for draw in draws])
    step = direction(slerp(a, b, t)) - direction(slerp(a, b, t + 1e-3))
    assert found["value"] == pytest.approx(np.mean(np.sum(step**2, axis=1)) / 1e-6, rel=1e-3)
    draws = np.random.default_rng(7).normal(size=(2, 4000, 64))
    high = path_length.path_length(direction, squared, 64, pairs=4000, epsilon=1e-3)
    cosine = np.sum(direction(draws[0]) * direction(draws[1]), axis=1)
    assert high["value"] == pytest.approx(np.mean(np.arccos(cosine) ** 2), rel=0.02)


def test_float32_images_keep_a_step_of_1e_4():
    matrix = np.random.default_rng(2).normal(size=(32, 784)) / 6

    def play(dtype):
        def generate(z):
            return np.tanh(z.astype(dtype) @ matrix.astype(dtype)).reshape(-1, 28, 28, 1)

        return path_length.path_length(generate, squared, 32, pairs=200)["value"]

    assert play(np.float32) == pytest.approx(play(np.float64), rel=1e-4)


def test_rounded_images_would_not_do():
    matrix = np.random.default_rng(2).normal(size=(32, 784)) / 6

    def grey(z):
        return np.round(np.tanh(z @ matrix) * 127.5 + 127.5)

    right = path_length.path_length(lambda z: np.tanh(z @ matrix) * 127.5, squared, 32, pairs=100)["value"]
    rounded = path_length.path_length(grey, squared, 32, pairs=100)["value"]
    assert rounded > 10 * right
    with pytest.raises(BadInput, match="floating point, these are uint8"):
        path_length.path_length(lambda z: grey(z).astype(np.uint8), squared, 32, pairs=100)


def test_a_steeper_generator_has_a_longer_path_and_a_collapsed_one_none():
    matrix = np.random.default_rng(3).normal(size=(8, 20)).astype(np.float32)
    values = [
        path_length.path_length(lambda z, s=s: np.sin(s * z @ matrix), squared, 8, pairs=200)["value"]
        for s in (0.0, 0.2, 0.5, 2.0)
    ]
    assert values[0] == 0 and values == sorted(values)


def test_a_step_is_a_function_of_its_number_and_the_seed():
    take = path_length.steps(lambda z, _: z, 4)
    whole = take(0, 130)
    assert whole.shape == (130, 2, 4) and whole.dtype == np.float32
    np.testing.assert_array_equal(whole[50:57], take(50, 7))
    assert (path_length.steps(lambda z, _: z, 4, seed=1)(0, 130) != whole).any(axis=(1, 2)).all()
    assert 0 < np.abs(whole[:, 0] - whole[:, 1]).max() < 1e-3


def test_classes_cycle_and_both_ends_are_of_one():
    seen = []

    def generate(z, labels):
        seen.append(labels.tolist())
        return z

    path_length.steps(generate, 4, classes=3)(7, 5)
    assert seen == [[1, 2, 0, 1, 2]] * 2


def test_another_latent_is_refused():
    with pytest.raises(BadInput, match="latent is 'truncated', a path is known for normal and uniform"):
        path_length.path_length(lambda z: z, squared, 4, "truncated")
