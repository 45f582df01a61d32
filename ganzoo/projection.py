"""Projection: the latent vector whose picture comes closest to a given one, by gradient descent through the generator.

Karras et al. 2020, "Analyzing and improving the image quality of StyleGAN", arXiv 1912.04958, section 5 and appendix D:
from the mean w on, with noise added to w that shrinks, a rate that rises and falls, and noise maps that descend too but
are kept from carrying the picture. Differences from it:
- the distance is `metrics.perceptual`'s, in this project's extractors and not LPIPS, plus the mean square of pixels;
- a generator that draws from no styles is searched in z, from z = 0 on;
- the shares of the steps that the ramps take are the paper's, the number of steps is free.

Only a run folder can be searched: the pictures of an exported model are rounded, and so have no gradient.
"""

import dataclasses
import hashlib
import json
import math
import os
import pathlib
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from ganzoo import movies, pictures, random
from ganzoo.data import pixels
from ganzoo.errors import BadInput
from ganzoo.gan import NoiseGAN
from ganzoo.generator import Generator
from ganzoo.metrics import extractors, perceptual

RATE = 0.1  # of Adam, at its highest
NOISE = 0.05  # of the latent's deviation, added at first
QUIET, RISE, FALL = 0.75, 0.05, 0.25  # shares of the steps: until no noise is added, of the rate's ramps
KEPT = 1e5  # weight of what keeps noise maps noise
SAMPLES = 10_000  # of w, for its mean and deviation
FRAMES = 100  # of the movie, at most about
FPS = 20


@dataclasses.dataclass(frozen=True)
class Projected:
    """What was found. image: uint8 [H, W, C]. latent: w float32 [w_dim], or z [z_dim]. noise: [values], None = none.

    frames: images on the way. psnr: of the image, dB. distance: perceptual, None without an extractor.
    """

    image: np.ndarray
    latent: np.ndarray
    noise: np.ndarray | None
    frames: list[np.ndarray]
    psnr: float
    distance: float | None


@dataclasses.dataclass(frozen=True)
class Search:
    """Where a generator is searched. name: of the latent, w or z. mean: float32 [1, D], where it begins. deviation: the
    root of the mean square of |latent - mean|. bound: of each number, None = none. draw: (latent [1, D], row of noise)
    -> float32 [1, H, W, C]. maps: (height, width) of the maps in a row of noise."""

    name: str
    mean: np.ndarray
    deviation: float
    bound: float | None
    draw: Callable
    maps: tuple[tuple[int, int], ...]


def read(path: str | os.PathLike, shape: tuple[int, ...]) -> tuple[np.ndarray, str]:
    """(uint8 [H, W, C] of `shape`, what was done to the picture in that file, in words). Raises BadInput."""
    try:
        picture = pixels.decode(pathlib.Path(path))
    except pixels.UNREADABLE as error:
        raise BadInput(f"image: cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    height, width, channels = shape
    done = []
    if (picture.height, picture.width) != (height, width):
        done.append(f"centre-cropped and resized from {picture.height}x{picture.width} to {height}x{width}")
    if picture.mode != pixels.MODES[channels]:
        done.append(f"converted from {picture.mode} to {pixels.MODES[channels]}")
    return pixels.fit(picture, (height, width), channels), ", ".join(done)


def maps(name: str | None, shape: tuple[int, ...]) -> tuple[str, perceptual.Maps | None]:
    """(name, feature maps) of an extractor: lenet, lite0, "none" = pixels alone, None = the one for images of `shape`.

    Raises BadInput for others, and where the extractor cannot see such images or be had.
    """
    name = name or ("lenet" if shape == (28, 28, 1) else "lite0")
    if name == "none":
        return name, None
    if name not in ("lenet", "lite0"):
        raise BadInput(f"--extractor: {name!r}; allowed: lenet, lite0, none")
    try:
        extractor = extractors.EXTRACTORS[name]()
        extractor.check(shape)
    except BadInput as error:
        raise BadInput(f"--extractor: {str(error).removeprefix('metrics: ')}; none does without one") from error
    return name, extractor.maps()


def search(model: NoiseGAN, generator: Generator, label: int | None, seed: int) -> Search:
    """Where the pictures of `generator`, the one of that model, come from. label: of a conditional model, and only.

    Raises BadInput.
    """
    if len(model.image) != 3:
        raise BadInput("source: it makes points, and a projection is of a picture")
    if model.classes and label is None:
        raise BadInput(f"label: this model needs one; allowed: 0..{model.classes - 1}")
    if label is not None and not model.classes:
        raise BadInput(f"label: {label} given, and this model takes no label")
    if label is not None and not 0 <= label < model.classes:
        raise BadInput(f"label: {label}; allowed: 0..{model.classes - 1}")

    def told(count):
        labels = {"label": tf.fill([count], label)} if model.classes else {}
        return labels | ({"truncation": tf.ones([count])} if model.truncates else {})

    styled = generator.styled
    if styled is None:
        variance = 1.0 if model.latent == "normal" else 1 / 3
        return Search(
            "z",
            np.zeros([1, model.z_dim], np.float32),
            (variance * model.z_dim) ** 0.5,
            None if model.latent == "normal" else 1.0,
            lambda z, noise: generator.network({"z": z} | told(1), training=False),
            (),
        )
    shape, key = [SAMPLES, model.z_dim], tf.constant([seed, 3], tf.int64)
    z = random.normal(shape, key) if model.latent == "normal" else random.uniform(shape, key) * 2 - 1
    w = styled.mapping({"z": z} | told(SAMPLES), training=False)[:, 0].numpy()
    mean = w.mean(axis=0, keepdims=True)
    layers, _ = styled.shape

    def draw(w, noise):
        inputs = {"w": tf.repeat(w[:, None], layers, axis=1)} | ({"noise": noise} if styled.noise else {})
        return styled.synthesis(inputs, training=False)

    return Search("w", mean, float(np.sqrt(np.mean(np.sum((w - mean) ** 2, axis=1)))), None, draw, styled.maps)


def project(
    where: Search,
    target: np.ndarray,
    see: perceptual.Maps | None,
    finish: Callable,
    steps: int = 500,
    seed: int = 0,
    tell: Callable[[str], None] = lambda line: None,
) -> Projected:
    """Descend from the mean to the picture nearest to `target`, uint8 [H, W, C]. Same seed, same result on one device.

    see: feature maps, None = pixels alone. finish: float32 of the network -> uint8, such as `Medium.finish`. tell: told
    a line now and then.
    """
    goal = tf.constant(target[None].astype(np.float32) / 127.5 - 1)
    seen = see(goal) if see else None
    latent = tf.Variable(where.mean)
    values = sum(height * width for height, width in where.maps)
    noise = tf.Variable(random.normal([1, values], tf.constant([seed, 4], tf.int64)))
    weights = [latent, noise] if values else [latent]
    optimizer = keras.optimizers.Adam(RATE)
    optimizer.build(weights)

    @tf.function(autograph=False)
    def step(share: tf.Tensor, key: tf.Tensor):
        spread = where.deviation * NOISE * tf.square(tf.maximum(0.0, 1 - share / QUIET))
        added = spread * random.normal(latent.shape, key)
        with tf.GradientTape() as tape:
            image = where.draw(latent + added, noise)
            squares = tf.reduce_mean(tf.square(image - goal))
            felt = perceptual.distance(see(image), seen)[0] if see else tf.zeros([])
            loss = squares + felt + KEPT * likeness(noise, where.maps)
        optimizer.apply(tape.gradient(loss, weights), weights)
        if where.bound is not None:
            latent.assign(tf.clip_by_value(latent, -where.bound, where.bound))
        if values:
            noise.assign(standardized(noise, where.maps))
        return squares, felt

    @tf.function(autograph=False)
    def picture():
        return finish(where.draw(latent, noise))[0]

    frames = [picture().numpy()]
    for number in range(steps):
        share = (number + 0.5) / steps
        optimizer.learning_rate = (
            RATE * min(1, share / RISE) * (0.5 - 0.5 * math.cos(math.pi * min(1, (1 - share) / FALL)))
        )
        squares, felt = step(tf.constant(share, tf.float32), tf.constant([seed, 5 + number], tf.int64))
        if number % max(1, steps // FRAMES) == 0 or number == steps - 1:
            frames.append(picture().numpy())
        if (number + 1) % max(1, steps // 10) == 0:
            more = f", perceptual distance {float(felt):.4g}" if see else ""
            tell(f"step {number + 1} of {steps}: mean square {float(squares):.4g}{more}")
    image = frames[-1]
    error = np.mean((image.astype(np.float64) - target) ** 2)
    made = tf.constant(image[None].astype(np.float32) / 127.5 - 1)
    return Projected(
        image=image,
        latent=latent.numpy()[0],
        noise=noise.numpy()[0] if values else None,
        frames=frames,
        psnr=float(10 * np.log10(255**2 / max(error, 1e-10))),
        distance=float(perceptual.distance(see(made), seen)[0]) if see else None,
    )


def likeness(noise: tf.Tensor, maps: tuple[tuple[int, int], ...]) -> tf.Tensor:
    """How much neighbours in noise maps are alike (appendix D): float32 scalar, small for noise.

    The squared mean products with the neighbour to the left and above, summed over maps and, above 8 pixels, over
    their halves, in which means of four are doubled to keep the variance. Maps of odd sides are not halved.
    """
    total = tf.zeros([])
    for image in cut(noise, maps):
        while True:
            for axis in (1, 2):
                total += tf.square(tf.reduce_mean(image * tf.roll(image, 1, axis)))
            height, width = image.shape[1:3]
            if min(height, width) <= 8 or height % 2 or width % 2:
                break
            image = 2 * tf.nn.avg_pool2d(image, 2, 2, "VALID")
    return total


def standardized(noise: tf.Tensor, maps: tuple[tuple[int, int], ...]) -> tf.Tensor:
    """The row with each map at mean 0 and variance 1."""
    parts = []
    for image in cut(noise, maps):
        mean, variance = tf.nn.moments(image, [1, 2], keepdims=True)
        parts.append(tf.reshape((image - mean) * tf.math.rsqrt(variance + 1e-8), [1, -1]))
    return tf.concat(parts, axis=1)


def cut(noise: tf.Tensor, maps: tuple[tuple[int, int], ...]) -> list[tf.Tensor]:
    """A row [1, values] as its maps [1, height, width, 1]."""
    if not maps:
        return []
    parts = tf.split(noise, [height * width for height, width in maps], axis=1)
    return [tf.reshape(part, [1, height, width, 1]) for part, (height, width) in zip(parts, maps, strict=True)]


def fingerprint(network: keras.Model) -> str:
    """SHA-256 of a network's weights, hex."""
    digest = hashlib.sha256()
    for weight in network.get_weights():
        digest.update(np.ascontiguousarray(weight).tobytes())
    return digest.hexdigest()


def write(found: Projected, target: np.ndarray, name: str, protocol: dict, folder: str | os.PathLike) -> list[str]:
    """result.png (target | projection), latent.npz and movie.mp4 (.gif without imageio-ffmpeg) in `folder` -> paths.

    latent.npz: the latent under its name, `noise` where there is some, `protocol` as JSON. Raises BadInput.
    """
    folder = pathlib.Path(folder)
    movie = folder / "movie.mp4"
    try:
        movies.check(movie)
    except BadInput:
        movie = movie.with_suffix(".gif")
    result, latent = folder / "result.png", folder / "latent.npz"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        pictures.save(pictures.grid(np.stack([target, found.image]), 2), result)
        kept = {name: found.latent} | ({} if found.noise is None else {"noise": found.noise})
        np.savez(latent, protocol=json.dumps(protocol), **kept)
    except OSError as error:
        raise BadInput(f"out: cannot write {error.filename or folder}: {error.strerror or error}") from error
    movies.write((movies.tile(np.stack([target, frame]), 2) for frame in found.frames), movie, FPS)
    return [str(result), str(latent), str(movie)]


def run(
    source: str,
    image: str,
    out: str,
    steps: int,
    seed: int,
    label: int | None,
    extractor: str | None,
    tell: Callable[[str], None],
) -> dict:
    """The command: project `image` on a run folder -> {"files", "psnr", "distance", ...}. Raises BadInput."""
    from ganzoo import samplers

    model = samplers.model_of(source)
    generator = Generator(model)
    where = search(model, generator, label, seed)
    target, done = read(image, model.image)
    eyes, see = maps(extractor, model.image)
    if done:
        tell(f"{image}: {done}")
    found = project(where, target, see, generator.medium.finish, steps, seed, tell)
    protocol = {
        "source": source,
        "images": int(model.images.value),
        "weights": fingerprint(generator.network),
        "image": image,
        "fitted": done,
        "steps": steps,
        "seed": seed,
        "label": label,
        "extractor": eyes,
        "psnr": found.psnr,
        "distance": found.distance,
    }
    return protocol | {"files": write(found, target, where.name, protocol, out)}
