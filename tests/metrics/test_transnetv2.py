"""TransNet V2's stacks on weights of the same build with few channels, by plain numpy; and distances of clips."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo.errors import BadInput
from ganzoo.metrics import transnetv2, video


def state(widths=(2, 3)):
    """A random state dict with TransNet V2's names."""
    draw, made, given = np.random.default_rng(0), {}, 3
    for stack, width in enumerate(widths):
        for cell in range(2):
            name = f"SDDCNN.{stack}.DDCNN.{cell}"
            for dilation in (1, 2, 4, 8):
                path = f"{name}.Conv3D_{dilation}.layers"
                made[f"{path}.0.weight"] = draw.normal(0, 0.4, (2 * width, given, 1, 3, 3)).astype(np.float32)
                made[f"{path}.1.weight"] = draw.normal(0, 0.4, (width, 2 * width, 3, 1, 1)).astype(np.float32)
            given = 4 * width
            for part in ("weight", "bias", "running_mean", "running_var"):
                made[f"{name}.bn.{part}"] = draw.uniform(0.2, 1.5, given).astype(np.float32)
    return made


def convolved(x, kernel, dilation=1):
    """numpy's definition: x [T, H, W, C], kernel [F, C, t, h, w], zeros outside, as large as before."""
    found = np.zeros((*x.shape[:3], len(kernel)))
    for place in np.ndindex(*kernel.shape[2:]):
        step = [p - size // 2 for p, size in zip(place, kernel.shape[2:], strict=True)]
        step[0] *= dilation
        shifted = np.zeros_like(x)
        for index in np.ndindex(*x.shape[:3]):
            source = tuple(i + s for i, s in zip(index, step, strict=True))
            if all(0 <= i < n for i, n in zip(source, x.shape, strict=False)):
                shifted[index] = x[source]
        found += shifted @ kernel[:, :, *place].T
    return found


def cell(weights, name, x):
    parts = [
        convolved(convolved(x, weights[f"{path}.0.weight"]), weights[f"{path}.1.weight"], dilation)
        for dilation in (1, 2, 4, 8)
        for path in [f"{name}.Conv3D_{dilation}.layers"]
    ]
    norm = {part: weights[f"{name}.bn.{part}"] for part in ("weight", "bias", "running_mean", "running_var")}
    centred = np.concatenate(parts, axis=3) - norm["running_mean"]
    return centred / np.sqrt(norm["running_var"] + 1e-3) * norm["weight"] + norm["bias"]


def test_the_stacks_by_plain_numpy():
    weights, clip = state(), np.random.default_rng(1).uniform(size=(5, 6, 7, 3)).astype(np.float32)
    x = clip
    for stack in range(2):
        first = np.maximum(cell(weights, f"SDDCNN.{stack}.DDCNN.0", x), 0)
        x = np.maximum(cell(weights, f"SDDCNN.{stack}.DDCNN.1", first), 0) + first
        height, width = x.shape[1] // 2, x.shape[2] // 2
        x = x[:, : 2 * height, : 2 * width].reshape(5, height, 2, width, 2, -1).mean((2, 4))
    found = transnetv2.Network(weights)(tf.constant(clip[None])).numpy()
    assert found.shape == (1, 5, 1, 1, 12)
    np.testing.assert_allclose(found[0], x, rtol=1e-4, atol=1e-4)


def test_weights_of_another_network_are_refused():
    with pytest.raises(BadInput, match=r"the weights of transnetv2 lack SDDCNN\.0\.DDCNN\.0\.Conv3D_1"):
        transnetv2.Network({"fc.weight": np.zeros(3)})


def test_distances_of_clips_grow_with_noise(monkeypatch):
    monkeypatch.setattr(transnetv2, "_network", lambda: transnetv2.Network(state()))
    transnetv2._see.cache_clear()
    transnetv2._remembered.clear()
    draw = np.random.default_rng(0)
    places = draw.uniform(0.2, 0.8, (200, 4, 8, 8, 1))

    def clips(noise):
        return np.uint8(255 * np.clip(places + draw.normal(0, noise, places.shape), 0, 1))

    reals, near, far = clips(0), clips(0.1), clips(0.4)
    assert transnetv2.features(reals).shape == (200, 24)
    for kind in (video.ClipDistance, video.ClipKernelDistance):
        assert kind.measure(reals, reals) < kind.measure(near, reals) < kind.measure(far, reals)
    assert transnetv2.features(reals) is transnetv2.features(reals.copy())
    transnetv2._see.cache_clear()
    transnetv2._remembered.clear()


@pytest.mark.slow
def test_the_published_weights_are_downloaded_and_tell_a_cut():
    draw = np.random.default_rng(0)
    still = np.repeat(draw.integers(0, 256, (120, 1, 16, 16, 3), np.uint8), 8, axis=1)
    cut = np.concatenate([still[:, :4], still[::-1, 4:]], axis=1)
    assert transnetv2.features(still).shape == (120, 512)
    assert video.ClipDistance.measure(cut, still) > 100 * abs(video.ClipDistance.measure(still[::-1], still))
