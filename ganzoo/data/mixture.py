"""Mixtures of Gaussians: data whose modes can be counted.

`ring8` and `grid25` are those of PacGAN (Lin et al. 2018, arXiv 1712.04086, section 4.1), 100,000 fixed points each;
`mixture10` is of the kind of VEEGAN's (Srivastava et al. 2017, arXiv 1705.07761, section 4.1): ten Gaussians of 700
dimensions in a space of 1200. Its authors do not publish their centres: ours are drawn once, from a fixed seed.

Widely copied code closes the ring with `linspace(0, 2 pi, 8)`, whose first and last centre are one: seven modes.
"""

import dataclasses
import functools
from collections.abc import Callable

import numpy as np

from ganzoo.data.points import PointSet
from ganzoo.data.source import check_split, refuse
from ganzoo.errors import BadInput
from ganzoo.recipe import Data

COUNT = 100_000  # points, as in PacGAN
SEED = 0


@dataclasses.dataclass(frozen=True, eq=False)
class Mixture:
    """K Gaussians with equal shares. centres: float32 [K, D]. deviation: of a point about its centre, per dimension.

    radius: a point counts for a mode within so many deviations. directions: float32 [D, d], orthonormal, along which
    points deviate; None = all.
    """

    centres: np.ndarray
    deviation: float
    radius: float
    directions: np.ndarray | None = None

    def draw(self, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Points float32 [count, D] and their modes int32 [count]."""
        random = np.random.default_rng(seed)
        modes = random.integers(len(self.centres), size=count)
        dim = self.centres.shape[1] if self.directions is None else self.directions.shape[1]
        noise = self.deviation * random.standard_normal((count, dim), np.float32)
        if self.directions is not None:
            noise = noise @ self.directions.T
        return (self.centres[modes] + noise).astype(np.float32), modes.astype(np.int32)

    def assign(self, points: np.ndarray) -> np.ndarray:
        """int64 [N]: the nearest centre of each point [N, D], -1 where none is within `radius` deviations."""
        points, centres = points.astype(np.float64), self.centres.astype(np.float64)
        squares = (points**2).sum(1)[:, None] - 2 * points @ centres.T + (centres**2).sum(1)
        nearest = squares.argmin(1)
        distance = np.linalg.norm(points - centres[nearest], axis=1)
        return np.where(distance < self.radius * self.deviation, nearest, -1)


def _ring(count: int) -> np.ndarray:
    angles = 2 * np.pi * np.arange(count) / count
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def _grid(side: int) -> np.ndarray:
    steps = 2.0 * np.arange(side) - (side - 1)
    return np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2).astype(np.float32)


@functools.cache
def _high() -> Mixture:
    random = np.random.default_rng(SEED)
    centres = random.normal(0, 1, (10, 1200)).astype(np.float32)
    directions = np.linalg.qr(random.normal(size=(1200, 700)))[0].astype(np.float32)
    # Points of 700 dimensions lie about sqrt(700) = 26.5 deviations from their centre, so that none is within the ten
    # of the paper: they are taken beyond that.
    return Mixture(centres, deviation=0.05, radius=np.sqrt(700) + 10, directions=directions)


MIXTURES: dict[str, Callable[[], Mixture]] = {
    "ring8": lambda: Mixture(_ring(8), deviation=0.01, radius=3),
    "grid25": lambda: Mixture(_grid(5), deviation=0.05, radius=3),
    "mixture10": _high,
}


def open_set(data: Data) -> PointSet:
    """The 100,000 fixed points of that mixture."""
    if data.name not in MIXTURES:
        raise BadInput(f"data.name: no mixture {data.name!r}; allowed: {', '.join(MIXTURES)}")
    check_split(data)
    refuse(data, "path", "size", "channels", "classes", "tile", "window", "flip", "skip_bad")
    points, _ = MIXTURES[data.name]().draw(COUNT, SEED)
    return PointSet(name=data.name, images=points[: data.limit], licence="none, drawn by this project")
