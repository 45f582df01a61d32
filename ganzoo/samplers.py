"""The Python door to a trained generator: `ganzoo.load(SOURCE)`, a run folder or an exported model.

    sampler = ganzoo.load("saved_models/dcgan_fashion_mnist")
    images = sampler.generate(range(64))  # uint8 [64, 28, 28, 1]; image i is a function of its seed alone

What callers give is checked here, so that a mistake is one line and not a graph's stack.
"""

import functools
import json
import os
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from ganzoo.errors import BadInput
from ganzoo.export import CARD, find
from ganzoo.generator import UNCUT, Generator, noise, noise_of
from ganzoo.metrics import path_length

ROWS = 250  # images a call: bounds the memory of a request of any size
VALUES = 2**25  # of noise for the layers, made at once: 128 MB
NOISES = ("const", "random", "none")  # of the layers: the same for all pictures, of each picture's seed, zero


class Sampler:
    """A generator that makes uint8 images from seeds or from noise.

    signature: name of a serving signature -> its function, see `ganzoo.generator`. card: what is known of the model;
    of a run only the facts that its networks state.
    """

    def __init__(self, signature: Callable[[str], Callable], card: dict[str, Any]):
        self._signature = signature
        self.card = card
        self.image: tuple[int, ...] = tuple(card["image"])  # H, W, C; of a point its dimension D
        self.z_dim: int = card["z_dim"]
        self.classes: int = card["classes"]  # 0 = unconditional
        # The truncation that changes nothing, where the model takes one; cards before there was any say nothing.
        self.untruncated: float | None = None
        if card.get("truncates"):
            self.untruncated = UNCUT if card.get("cut_z") else 1.0
        self.layers: int = (card.get("styles") or [0])[0]  # that take a style each; 0 = the model draws from none
        self.noise: int = card.get("noise", 0)  # numbers of noise for a picture's layers

    def generate(
        self,
        seed: Sequence[int],
        label=None,
        truncation=None,
        signature: str = "generate",
        noise: str | None = None,
        truncation_layers: Sequence[int] | None = None,
    ) -> np.ndarray:
        """uint8 [N, H, W, C] (of points float32 [N, D]) from N seeds (int64); a seed gives the same in any company.

        label: int or int32 [N], given iff the model is conditional. truncation: float or float32 [N], given iff the
        model declares it. signature: "batch" of a run is faster and not exact, see `ganzoo.generator`. noise: one of
        `NOISES` for a model with noise in its layers, "const" without. truncation_layers: whose styles are truncated,
        None = all, of a model that draws from styles. Raises BadInput.
        """
        seeds, options = seeds_of(seed), {"label": label, "truncation": truncation}
        if noise is not None and not self.noise:
            raise BadInput(f"noise: {noise!r} given, and this model has no noise in its layers{self._old}")
        if noise not in (None, *NOISES):
            raise BadInput(f"noise: {noise!r}; allowed: {', '.join(NOISES)}")
        still = noise in (None, "const")
        if still and truncation_layers is None:
            return self._call(signature, "seed", seeds, options)
        w = self.styles(seeds, label, truncation)
        if truncation_layers is not None:
            w = self._truncated(seeds, label, truncation, truncation_layers)
        if still:
            return self.from_styles(w)
        parts, step = [], max(1, min(ROWS, VALUES // self.noise))
        for start in range(0, max(len(seeds), 1), step):
            some = seeds[start : start + step]
            rows = np.zeros([len(some), self.noise], np.float32) if noise == "none" else noises(some, self.noise)
            parts.append(self.from_styles(w[start : start + step], rows))
        return np.concatenate(parts)

    def _truncated(self, seeds: np.ndarray, label, truncation, layers: Sequence[int]) -> np.ndarray:
        """w of the seeds, truncated at those layers alone; also where the model by itself leaves them as they are."""
        if wrong := [layer for layer in layers if not 0 <= layer < self.layers]:
            raise BadInput(f"truncation_layers: {wrong[0]}; this model has the layers 0-{self.layers - 1}")
        mean = self.styles(seeds, label, truncation=0.0)[:, :1]
        w = self.styles(seeds, label, self.untruncated)
        share = np.reshape(np.asarray(truncation, np.float32), (-1, 1, 1))
        w[:, list(layers)] = mean + share * (w[:, list(layers)] - mean)
        return w

    def styles(self, seed: Sequence[int], label=None, truncation=None) -> np.ndarray:
        """w float32 [N, layers, w_dim] of N seeds, from which `from_styles` draws what `generate` makes of them.

        Of a model that draws from styles only: BadInput else, and as `generate`.
        """
        self.check_styled()
        return self._call("mapping", "z", self.latents(seed), {"label": label, "truncation": truncation})

    def from_styles(self, w: np.ndarray, noise: np.ndarray | None = None) -> np.ndarray:
        """uint8 [N, H, W, C] from w float32 [N, layers, w_dim] and noise float32 [N, `self.noise`], None = constant.

        Raises BadInput as `styles`, and for other shapes.
        """
        self.check_styled()
        shape, w = self.card["styles"], np.asarray(w, np.float32)
        if w.ndim != 3 or list(w.shape[1:]) != shape:
            raise BadInput(f"w: shape {list(w.shape)}; allowed: {['N', *shape]}")
        if noise is None:
            return self._call("synthesis", "w", w, {})
        if np.shape(noise) != (len(w), self.noise):
            raise BadInput(f"noise: shape {list(np.shape(noise))}; allowed: {[len(w), self.noise]}")
        return self._call("noisy_synthesis", "w", w, {"noise": np.asarray(noise, np.float32)})

    def check_styled(self):
        """Refuse a model that draws from no styles. Raises BadInput."""
        if not self.layers:
            raise BadInput(
                f"source: this model has no styles to choose; allowed: StyleGAN, StyleGAN2 and StyleGAN3{self._old}"
            )

    @property
    def _old(self) -> str:
        """What to say of an export that may have styles and noise, and whose card is from before cards told."""
        return "" if "styles" in self.card else ", or its export is older than these and must be made again"

    def latents(self, seed: Sequence[int]) -> np.ndarray:
        """z float32 [N, z_dim] of N seeds: `from_noise` makes of them what `generate` makes of the seeds."""
        return latents(seeds_of(seed), self.z_dim, self.card["latent"])

    def from_noise(self, z: np.ndarray, label=None, truncation=None) -> np.ndarray:
        """uint8 [N, H, W, C] from z float32 [N, z_dim], which should follow the law that `card["latent"]` names."""
        return self._call("serving_default", "z", self._noise(z), {"label": label, "truncation": truncation})

    def pixels(self, z: np.ndarray, label=None, truncation=None) -> np.ndarray:
        """float32 [N, H, W, C] in -1..1, not rounded, from z as `from_noise` takes it. Of a run only: BadInput else."""
        return self._call("pixels", "z", self._noise(z), {"label": label, "truncation": truncation})

    def _noise(self, z: np.ndarray) -> np.ndarray:
        z = np.asarray(z, np.float32)
        if z.ndim != 2 or z.shape[1] != self.z_dim:
            raise BadInput(f"z: shape {list(z.shape)}; allowed: [N, {self.z_dim}]")
        return z

    def _call(self, name: str, first: str, rows: np.ndarray, options: dict[str, Any]) -> np.ndarray:
        function = self._signature(name)
        inputs = {first: rows}
        declared = function.structured_input_signature[1]
        for option, value in options.items():
            if option in declared:
                inputs[option] = self._option(option, value, len(rows), declared[option].dtype, first)
            elif value is not None:
                raise BadInput(f"{option}: {value!r} given, and this model takes no {option}")
        parts = []
        for start in range(0, max(len(rows), 1), ROWS):
            part = {key: tf.constant(value[start : start + ROWS]) for key, value in inputs.items()}
            (samples,) = function(**part).values()
            parts.append(samples.numpy())
        return np.concatenate(parts)

    def _option(self, option: str, value: Any, count: int, dtype: tf.DType, first: str) -> np.ndarray:
        if option == "noise":
            return value
        allowed = f"0..{self.classes - 1}" if option == "label" else "a number"
        if value is None:
            raise BadInput(f"{option}: this model needs one for each image or one for all; allowed: {allowed}")
        given = np.asarray(value)
        if given.dtype.kind not in ("iu" if dtype.is_integer else "iuf"):
            raise BadInput(f"{option}: {value!r}; allowed: {allowed}")
        if given.ndim > 1 or (given.ndim == 1 and len(given) != count):
            raise BadInput(f"{option}: shape {list(given.shape)}; allowed: one for all, or [{count}] as {first} has")
        if option == "label" and given.size and not 0 <= given.min() <= given.max() < self.classes:
            wrong = given[(given < 0) | (given >= self.classes)].flat[0]
            raise BadInput(f"label: {wrong}; allowed: {allowed}")
        if option == "truncation" and not np.all(np.isfinite(given)):
            raise BadInput(f"truncation: {value!r}; allowed: finite numbers")
        if option == "truncation" and self.card.get("cut_z") and not np.all(given >= 0):
            raise BadInput(f"truncation: {value!r}; allowed: at least 0, the largest |z|")
        return np.broadcast_to(given, [count]).astype(dtype.as_numpy_dtype)


def load(source: str | os.PathLike) -> Sampler:
    """The generator of a run folder (newest good checkpoint), an exported version, or a folder of versions (newest).

    Raises BadInput where `source` is none of these or cannot be read.
    """
    path = pathlib.Path(source)
    if (path / "recipe.json").is_file():
        from ganzoo import train  # train exports at its end, and so imports this way round

        return of(_of_noise(train.restore(path), path))
    version = find(path)
    if version is None:
        raise BadInput(f"source: {path} is no run folder (recipe.json) and no exported model (saved_model.pb)")
    card = _card(version)
    try:
        loaded = tf.saved_model.load(str(version))
        missing = {"serving_default", "generate"} - set(loaded.signatures)
    except (OSError, ValueError, KeyError, tf.errors.OpError) as error:
        raise BadInput(f"source: cannot load {version}: {str(error).splitlines()[0]}") from error
    if missing:
        raise BadInput(f"source: {version} has no signature {' or '.join(sorted(missing))}; it is no export of ganzoo")

    def signature(name):
        if name not in loaded.signatures:
            raise BadInput(f"signature: {name!r} is not exported; {version} has {', '.join(loaded.signatures)}")
        return loaded.signatures[name]  # whose variables live as long as `loaded` does

    return Sampler(signature, card)


def model_of(source: str | os.PathLike):
    """The `NoiseGAN` of a run folder, for what needs gradients or weights. Raises BadInput for an export and else."""
    path = pathlib.Path(source)
    if (path / "recipe.json").is_file():
        from ganzoo import train

        return _of_noise(train.restore(path), path)
    if find(path) is not None:
        raise BadInput(
            f"source: {path} is an exported model, which gives no gradients and no weights; allowed: a run folder"
        )
    raise BadInput(f"source: {path} is no run folder (recipe.json)")


def _of_noise(model, path: pathlib.Path):
    """The model where it makes images from noise. Raises BadInput else."""
    from ganzoo.gan import NoiseGAN

    if not isinstance(model, NoiseGAN):
        raise BadInput(f"source: {path} translates images; `ganzoo apply` takes it")
    return model


def of(model) -> Sampler:
    """The sampler of a `NoiseGAN` in memory, with the weights that it has now."""
    generator = Generator(model)
    return Sampler(generator.signature, generator.facts)


def latents(seeds: np.ndarray, z_dim: int, law: str) -> np.ndarray:
    """z float32 [N, z_dim] of seeds int64 [N], as `generator.noise` has it in the graph."""
    rows = tf.map_fn(
        lambda seed: noise(seed, z_dim, law), tf.constant(seeds), fn_output_signature=tf.TensorSpec([z_dim], tf.float32)
    )
    return rows.numpy()


def noises(seeds: np.ndarray, values: int) -> np.ndarray:
    """Noise of the layers float32 [N, values] of seeds int64 [N], as `generator.noise_of` has it."""
    rows = tf.map_fn(
        lambda seed: noise_of(seed, values), tf.constant(seeds), fn_output_signature=tf.TensorSpec([values], tf.float32)
    )
    return rows.numpy()


def steps(sampler: Sampler) -> Callable[[int, int], np.ndarray]:
    """(first, count) -> both ends of small steps of the generator of a run, see `metrics.path_length.steps`."""
    pixels = functools.partial(sampler.pixels, truncation=sampler.untruncated)
    return path_length.steps(pixels, sampler.z_dim, sampler.card["latent"], sampler.classes)


def _card(version: pathlib.Path) -> dict[str, Any]:
    path = version / CARD
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        missing = {"image", "z_dim", "classes"} - card.keys()
    except (OSError, ValueError, AttributeError) as error:
        raise BadInput(f"source: cannot read {path}, which every export of ganzoo has: {error}") from error
    if "directions" in card:
        raise BadInput(f"source: {version} translates images; `ganzoo apply` takes it")
    if missing:
        raise BadInput(f"source: {path} lacks {', '.join(sorted(missing))}")
    return card


def seeds_of(seed: Sequence[int], name: str = "seed") -> np.ndarray:
    """int64 [N] of what a caller gives as `name`. Raises BadInput for what is no list of such numbers."""
    seeds = np.asarray(seed)
    if seeds.size == 0:
        seeds = seeds.astype(np.int64)
    if seeds.ndim != 1 or seeds.dtype.kind != "i":
        raise BadInput(f"{name}: {seed!r}; allowed: a list of whole numbers in -2**63..2**63-1")
    return seeds.astype(np.int64)
