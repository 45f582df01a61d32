"""Directions in latent space along which pictures change most, in closed form.

Shen & Zhou 2021, "Closed-form factorization of latent semantics in GANs", arXiv 2007.06600, eq. 5: the eigenvectors of
A'A with the largest eigenvalues, A being the first linear map that a latent vector meets. For a model that draws from
styles that is the affine map of each layer's style, those of several layers laid on each other; for others the kernels
of the dense layers that take z or, as in BigGAN, a piece of it each.

Only a run folder has directions: an exported model does not say which of its weights is which.
"""

import json
import os
import pathlib

import keras
import numpy as np

from ganzoo import mixing, pictures, samplers
from ganzoo.errors import BadInput
from ganzoo.generator import Generator
from ganzoo.layers import spectral

REACH = 3.0  # a strip goes from -REACH to REACH
STOPS = 7  # pictures of a row


def factorized(matrix: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """(directions [count, D], eigenvalues [count]) of A'A, largest first, A [any, D]. Directions are of length 1, and
    of the two signs have the one that makes their largest number positive."""
    values, vectors = np.linalg.eigh(matrix.T.astype(np.float64) @ matrix)
    chosen = vectors.T[::-1][:count]
    largest = chosen[np.arange(len(chosen)), np.abs(chosen).argmax(axis=1)]
    return chosen * np.sign(largest)[:, None], values[::-1][:count]


def affine(generator: Generator, layers: list[int]) -> np.ndarray:
    """A [any, w_dim] of the styles of those layers, one map below the other.

    Measured and not looked up, as which map belongs to which layer is the network's own affair: unit vectors are put in
    at one layer, and what the affine maps then give is a column each.
    """
    styled = generator.styled
    count, size = styled.shape
    parts = []
    for layer in layers:
        w = np.zeros([size + 1, count, size], np.float32)
        w[1:, layer] = np.eye(size)
        for made in styled.affines({"w": w}, training=False):
            column = np.asarray(made)
            parts.append((column[1:] - column[0]).T)
    return np.concatenate(parts)


def linear(network: keras.Model, z_dim: int) -> np.ndarray:
    """A [any, z_dim] of the dense layers that z, or a piece of it, meets first, one map below the other.

    z may lie beside an embedding, and may be divided by its own length. Measured like `affine`, since what cuts and
    joins z is the network's own affair. Raises BadInput where no dense layer takes z so.
    """
    length = z_dim**0.5  # of a z, at which a normalised one keeps its scale
    rows = {name: np.zeros([z_dim + 2, *value.shape[1:]], value.dtype) for name, value in network.input.items()}
    rows["z"][1:-1] = length * np.eye(z_dim)
    rows["z"][-1] = 1 + np.arange(z_dim)
    first, parts = [], []
    for layer in network.layers:
        kernel = getattr(layer, "kernel", None)
        if kernel is None or len(kernel.shape) != 2:
            continue
        before = keras.Model(network.input, layer.input)
        if any(each in before.layers for each in first):
            continue
        given = np.asarray(before(rows, training=False))
        taken, other = (given[1:-1] - given[0]) / length, given[-1] - given[0]
        if other.any() and np.allclose(_unit(other), _unit(rows["z"][-1] @ taken), atol=1e-5):
            first.append(layer)
            # Each layer's largest singular value is another, and so would be their shares.
            used = layer.power.normalized(training=False) if isinstance(layer, spectral.SpectralDense) else kernel
            parts.append((taken @ np.asarray(used)).T)
    if not parts:
        raise BadInput("source: no dense layer of this model takes z, whole or in pieces, as it is")
    return np.concatenate(parts)


def run(
    source: str,
    out: str | os.PathLike,
    count: int,
    seeds: list[int],
    layers: list[int] | str | None,
    label: int | None,
) -> dict:
    """The command: direction-1.png, ... (a row for each seed) and directions.npz (`directions` [count, D], `values`,
    `protocol` as JSON) in `out` -> {"files", "values", ...}. layers: see `mixing.named`, None = all.

    Raises BadInput.
    """
    model = samplers.model_of(source)
    if len(model.image) != 3:
        raise BadInput("source: it makes points, and directions are of pictures")
    generator = Generator(model)
    sampler = samplers.Sampler(generator.signature, generator.facts)
    chosen = None
    if generator.styled:
        chosen = mixing.named(layers, sampler) if layers is not None else list(range(sampler.layers))
        matrix = affine(generator, chosen)
    elif layers is not None:
        raise BadInput("--layers: this model has no styles to choose; allowed: StyleGAN, StyleGAN2 and StyleGAN3")
    else:
        matrix = linear(generator.network, model.z_dim)
    if count > matrix.shape[1]:
        raise BadInput(f"--count: {count}; allowed: at most {matrix.shape[1]}, the length of a latent vector")
    found, values = factorized(matrix, count)
    labels = np.arange(len(seeds)) % sampler.classes if sampler.classes and label is None else label
    strips = [strip(sampler, direction, seeds, chosen, labels) for direction in found]
    folder, files = pathlib.Path(out), []
    protocol = {"source": source, "images": int(model.images.value), "layers": chosen, "seeds": seeds, "label": label}
    try:
        for number, each in enumerate(strips, 1):
            files.append(folder / f"direction-{number}.png")
            pictures.save(pictures.grid(each, STOPS), files[-1])
        files.append(folder / "directions.npz")
        np.savez(files[-1], directions=found.astype(np.float32), values=values, protocol=json.dumps(protocol))
    except OSError as error:
        raise BadInput(f"out: cannot write {error.filename or folder}: {error.strerror or error}") from error
    return protocol | {"values": values.tolist(), "files": [str(file) for file in files]}


def strip(sampler: samplers.Sampler, direction: np.ndarray, seeds, layers: list[int] | None, label) -> np.ndarray:
    """uint8 [seeds x STOPS, H, W, C]: each seed's picture, its latent moved along the direction, unmoved in the middle.

    layers: whose styles move; None = z moves. Nothing is truncated."""
    moves = np.linspace(-REACH, REACH, STOPS)
    labels = None if label is None else np.repeat(np.broadcast_to(label, [len(seeds)]), STOPS)
    if layers is None:
        z = np.repeat(sampler.latents(seeds), STOPS, axis=0) + np.tile(moves, len(seeds))[:, None] * direction
        return sampler.from_noise(z, labels, sampler.untruncated)
    w = np.repeat(sampler.styles(seeds, label, sampler.untruncated), STOPS, axis=0)
    w[:, layers] += (np.tile(moves, len(seeds))[:, None] * direction)[:, None]
    return sampler.from_styles(w)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(np.linalg.norm(vector), 1e-12)
