"""Perceptual path length: how far an image moves, perceptually, for a small step of its latent vector.

Karras et al. 2019, "A style-based generator architecture", arXiv 1812.04948, section 4.1, in z:

    l = E [ d(G(slerp(z1, z2; t)), G(slerp(z1, z2; t + e))) / e^2 ],  t ~ U(0, 1), e = 1e-4

Lower is smoother. d is quadratic in the step, as `perceptual.distance` is; its network is part of the value's name.

Known differences: normal z keep their length (only the StyleGANs normalise them); uniform z, which live in a cube and
not on a sphere, go by lerp; the value is the plain mean, as in the paper's text, with its standard error.

The trap: a step of 1e-4 moves an image by about 1e-4, 0.01 of a grey level. Rounded to uint8 it moves by nothing or
by a whole level, so images must be float32, and steps are taken in float64 before z becomes float32: in float32
t + 1e-4 itself is off by as much as 3e-4 of the step. The value must not depend on the step: 1,000 steps of 1e-3, 1e-4
and 1e-5 of the shipped DCGAN are 193, 201 and 204 long in LeNet's maps.

An untrained or collapsed generator hardly moves (that DCGAN before its training: 0.0012), so that the shortest path is
no sign of quality, and real images have none: there is neither floor nor ceiling. Compare generators of like quality.
"""

from collections.abc import Callable

import numpy as np

from ganzoo.errors import BadInput
from ganzoo.metrics.kind import Kind
from ganzoo.metrics.statistics import finite, mean

EPSILON = 1e-4
BATCH = 50  # pairs: 0.8 GB of lite0's maps


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


def _normal(draw: np.random.Generator, z_dim: int) -> np.ndarray:
    return draw.normal(size=z_dim)


def _uniform(draw: np.random.Generator, z_dim: int) -> np.ndarray:
    return draw.uniform(-1, 1, size=z_dim)


# A model's `latent` -> how z are drawn and how one goes from one to another.
LATENTS = {"normal": (_normal, slerp), "uniform": (_uniform, lerp)}


def steps(
    generate: Callable, z_dim: int, latent: str = "normal", classes: int = 0, epsilon: float = EPSILON, seed: int = 0
) -> Callable[[int, int], np.ndarray]:
    """(start, count) -> float32 [count, 2, H, W, C]: images at both ends of the steps start ... start + count - 1.

    A step is a pure function of seed and its number; of a conditional generator both ends are of one class, number
    modulo `classes`. generate: z float32 [B, z_dim], labels int [B] or None -> images float32 [B, H, W, C] in -1..1,
    not rounded, the same for the same z (in inference mode). latent: "normal" or "uniform" on -1..1. Raises BadInput
    for another.
    """
    if latent not in LATENTS:
        raise BadInput(f"metrics: latent is {latent!r}, a path is known for {' and '.join(LATENTS)}")
    sample, between = LATENTS[latent]

    def take(start: int, count: int) -> np.ndarray:
        draws = [np.random.default_rng([seed, number]) for number in range(start, start + count)]
        a, b = (np.stack([sample(draw, z_dim) for draw in draws]) for _ in range(2))
        t = np.array([[draw.uniform()] for draw in draws])
        labels = np.arange(start, start + count) % classes if classes else None
        return np.stack(
            [np.asarray(generate(between(a, b, at).astype(np.float32), labels)) for at in (t, t + epsilon)], axis=1
        )

    return take


class PathLength(Kind):
    """Collects the lengths of steps."""

    LEAST = 2  # steps
    HIGHER = False
    NEEDS = ("steps",)
    OF = "compare"
    REFERENCES = None

    def __init__(self, compare: Callable, epsilon: float = EPSILON):
        """compare: images float32 [B, H, W, C] and their partners -> distances [B], such as `perceptual.between`'s."""
        self.compare, self.epsilon = compare, epsilon
        self.lengths: list[np.ndarray] = []

    def update(self, steps: np.ndarray) -> None:
        """steps: float32 [B, 2, H, W, C], see `steps`. Raises BadInput for integers and for NaN."""
        if not np.issubdtype(steps.dtype, np.floating):
            raise BadInput(f"metrics: a path length takes images in floating point, these are {steps.dtype}")
        # A network's ReLU may turn NaN into 0, and the path would look short.
        finite(steps.reshape(len(steps), -1), "images of {} of {} steps")
        for start in range(0, len(steps), BATCH):
            part = steps[start : start + BATCH]
            self.lengths.append(np.asarray(self.compare(part[:, 0], part[:, 1]), np.float64) / self.epsilon**2)

    def to(self) -> dict[str, float]:
        """{"value": mean length, "error": its standard error, "epsilon"}."""
        return mean(np.concatenate(self.lengths)) | {"epsilon": self.epsilon}


def path_length(
    generate: Callable,
    distance: Callable,
    z_dim: int,
    latent: str = "normal",
    pairs: int = 10_000,
    epsilon: float = EPSILON,
    seed: int = 0,
) -> dict[str, float]:
    """The metric of any generator: what `PathLength.to` gives of `pairs` steps. generate: z alone -> images."""
    take, metric = steps(lambda z, _: generate(z), z_dim, latent, 0, epsilon, seed), PathLength(distance, epsilon)
    for start in range(0, pairs, BATCH):
        metric.update(take(start, min(BATCH, pairs - start)))
    return metric.to()
