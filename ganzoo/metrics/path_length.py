"""Perceptual path length: how far an image moves, perceptually, for a small step of its latent vector.

Karras et al. 2019, "A style-based generator architecture", arXiv 1812.04948, section 4.1, in z:

    l = E [ d(G(slerp(z1, z2; t)), G(slerp(z1, z2; t + e))) / e^2 ],  t ~ U(0, 1), e = 1e-4

Lower is smoother. d is quadratic in the step, as `perceptual.distance` is; its network is part of the value's name.

Known differences: normal z keep their length (our generators do not normalise them); uniform z, which live in a cube
and not on a sphere, go by lerp; the value is the plain mean, as in the paper's text, with its standard error.

The trap: a step of 1e-4 moves an image by about 1e-4, 0.01 of a grey level. Rounded to uint8 it moves by nothing or
by a whole level, so images must be float32, and steps are taken in float64 before z becomes float32: in float32
t + 1e-4 itself is off by as much as 3e-4 of the step. The value must not depend on the step: on LeNet's maps steps of
1e-3, 1e-4 and 1e-5 agree to 2 % (tests/metrics/test_perceptual.py).
"""

from collections.abc import Callable

import numpy as np

from ganzoo.errors import BadInput

EPSILON = 1e-4
PAIRS = 10_000
BATCH = 50  # pairs


def slerp(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Shoemake 1985, on the arc from a to b, float64 [N, D], neither 0 nor opposite; t [N, 1] in 0..1 -> [N, D]."""
    cosine = np.sum(a * b, axis=1, keepdims=True) / (
        np.linalg.norm(a, axis=1, keepdims=True) * np.linalg.norm(b, axis=1, keepdims=True)
    )
    angle = np.arccos(np.clip(cosine, -1, 1))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


def lerp(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    """The straight line from a to b, float64 [N, D]; t [N, 1] in 0..1 -> [N, D]."""
    return a + t * (b - a)


def _normal(draw: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return draw.normal(size=shape)


def _uniform(draw: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return draw.uniform(-1, 1, size=shape)


# A model's `latent` -> how z are drawn and how one goes from one to another.
LATENTS = {"normal": (_normal, slerp), "uniform": (_uniform, lerp)}


def path_length(
    generate: Callable,
    distance: Callable,
    z_dim: int,
    latent: str = "normal",
    pairs: int = PAIRS,
    batch: int = BATCH,
    epsilon: float = EPSILON,
    seed: int = 0,
) -> dict[str, float | int]:
    """Mean over `pairs` of d / epsilon^2. -> {"value", "error": its standard error, "pairs", "epsilon"}.

    generate: float32 [B, z_dim] -> images float32 [B, H, W, C], not rounded, the same for the same z (in inference
    mode). distance: two such batches -> [B], such as `perceptual.between(maps)`. latent: "normal" or "uniform" on
    -1..1. B is `batch` but for the last one. Raises BadInput for another latent and for images of integers.
    """
    if latent not in LATENTS:
        raise BadInput(f"metrics: latent is {latent!r}, a path is known for {' and '.join(LATENTS)}")
    sample, between = LATENTS[latent]
    draw = np.random.default_rng(seed)
    values = []
    for start in range(0, pairs, batch):
        count = min(batch, pairs - start)
        ends = sample(draw, (count, z_dim)), sample(draw, (count, z_dim))
        t = draw.uniform(size=(count, 1))
        first, second = (np.asarray(generate(between(*ends, at).astype(np.float32))) for at in (t, t + epsilon))
        if not np.issubdtype(first.dtype, np.floating):
            raise BadInput(f"metrics: a path length takes images in floating point, these are {first.dtype}")
        values.append(np.asarray(distance(first, second), np.float64) / epsilon**2)
    values = np.concatenate(values)
    return {
        "value": float(values.mean()),
        "error": float(values.std(ddof=1) / np.sqrt(pairs)),
        "pairs": pairs,
        "epsilon": epsilon,
    }
