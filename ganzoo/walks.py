"""Walks through latent space: what lies between the pictures of some seeds."""

from collections.abc import Iterator, Sequence

import numpy as np

from ganzoo import movies
from ganzoo.errors import BadInput
from ganzoo.samplers import Sampler


def frames(
    sampler: Sampler, seeds: Sequence[int], steps: int, cells: tuple[int, int] = (1, 1), label=None, truncation=None
) -> Iterator[np.ndarray]:
    """Frames uint8 [rows x H, columns x W, C] of a closed walk, `steps` from each seed's picture to the next one's.

    cells: (columns, rows) of walks beside each other, among which the seeds are shared out in their order. label: of
    all pictures; without one a conditional model's cells are of the classes 0, 1, ... truncation: of all pictures of a
    model that takes one; 1 without. Raises BadInput where the seeds cannot be shared evenly or are fewer than two a
    cell, where the source makes no pictures, and as `Sampler.generate`.
    """
    if len(sampler.image) != 3:
        raise BadInput("source: it makes points, and a movie is of pictures")
    columns, rows = cells
    count = columns * rows
    if len(seeds) % count or len(seeds) < 2 * count:
        raise BadInput(f"--seeds: {len(seeds)} for {columns}x{rows} walks; allowed: a multiple of {count}, two a walk")
    keys = sampler.latents(seeds).reshape(count, -1, sampler.z_dim)
    following = np.roll(keys, -1, axis=1)
    truncation = sampler.untruncated if truncation is None else truncation
    if sampler.classes and label is None:
        label = np.arange(count) % sampler.classes
    for key in range(keys.shape[1]):
        for step in range(steps):
            z = between(keys[:, key], following[:, key], step / steps, sampler.card["latent"])
            yield movies.tile(sampler.from_noise(z, label, truncation), columns)


def between(a: np.ndarray, b: np.ndarray, share: float, law: str) -> np.ndarray:
    """Latents at `share` of the way from a to b, float32 [N, D], of the same law as far as that can be.

    Of the normal law on the great arc through both, lengths interpolated: a straight line would pass near the origin,
    where no sample lies (White 2016, arXiv 1609.04468, section 2.1). Of the uniform law on the straight line.
    """
    if law != "normal":
        return a + share * (b - a)
    lengths = [np.linalg.norm(each, axis=-1, keepdims=True) for each in (a, b)]
    cosine = np.sum(a * b, axis=-1, keepdims=True) / (lengths[0] * lengths[1])
    angle = np.arccos(np.clip(cosine, -1, 1))
    # Of one direction, or opposite ones, there is no arc to follow.
    flat = np.sin(angle) < 1e-6
    safe = np.where(flat, 1.0, np.sin(angle))
    parts = [np.where(flat, rest, np.sin(rest * angle) / safe) for rest in (1 - share, share)]
    direction = parts[0] * a / lengths[0] + parts[1] * b / lengths[1]
    return (direction * ((1 - share) * lengths[0] + share * lengths[1])).astype(np.float32)
