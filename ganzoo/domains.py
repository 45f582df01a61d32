"""A translator between all domains of a set as it is served, and what it shows of itself while it trains.

The model is of `ganzoo.models.translation.stargan2` or another with the same networks: a generator that is given an
image and a style, a mapping from noise to styles and an encoder from images to styles. For each domain, k, five
signatures; those of domain 0 without a style of their own also stand under `serving_default`, `bytes` and `float`:

- to_k: image uint8 [N, H, W, C] -> image uint8 [N, H, W, C], all in the style of seed 0
- to_k_bytes: image_bytes string [N], files of any sizes and kinds that TensorFlow decodes -> image_bytes, PNG; likewise
- to_k_float: image float32 [N, H, W, C] in [-1, 1] -> image float32 [N, H, W, C], not rounded; likewise
- to_k_seed: image and seed int64 [N] -> image uint8, each in the style of its seed
- to_k_style: image and style uint8 [N, h, w, C], images of the domain -> image uint8, each in its reference's style

N and all sides are free: an image is filled up as `ganzoo.translator` does, a reference is cut to the proportions of
training at its centre and resized. Row i depends on row i of the inputs alone.
"""

import functools
import json
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import PIL.Image
import tensorflow as tf

import ganzoo.recipe
from ganzoo import metrics, pictures, translator
from ganzoo.generator import levels, noise

KINDS = ("", "_bytes", "_float", "_seed", "_style")
SHOWN = 6  # domains of a gallery
LOOKS = 2  # styles of each
ROWS = 4  # images that are translated
MANY = 16  # images a call


class Served:
    """The networks of `model`, rebuilt in float32, the generator for any size."""

    def __init__(self, model):
        self._model = model
        self._directions = {f"to_{domain}": domain for domain in range(model.classes)}
        policy = keras.config.dtype_policy()
        keras.config.set_dtype_policy("float32")
        try:
            any_size = {"generator": {"size": (None, None)}}
            self.networks = {name: make(**any_size.get(name, {})) for name, make in model.makers.items()}
        finally:
            keras.config.set_dtype_policy(policy)
        self._traced = {}
        self.refresh()

    def refresh(self):
        """Take over the weights that the model's samplers have now; what was traced stays valid."""
        for name, network in self.networks.items():
            network.set_weights(self._model.sampler(name).get_weights())

    @property
    def facts(self) -> dict[str, Any]:
        """What a caller must know, as JSON values; part of the card. styled: whether seeds and references are taken."""
        channels = self._model.spec.channels
        about = {"given": channels, "made": channels, "multiple": self._model.multiple, "scale": 1}
        about |= {"styled": True, "reach": None}
        return {
            "directions": {name: about for name in self._directions},
            "parameters": sum(network.count_params() for network in self.networks.values()),
        }

    @property
    def signatures(self) -> tuple[str, ...]:
        """The names of those that are exported."""
        return ("serving_default", "bytes", "float", *(name + kind for name in self._directions for kind in KINDS))

    @property
    def variables(self) -> list[tf.Variable]:
        """What a SavedModel of the signatures must hold."""
        return [variable.value for network in self.networks.values() for variable in network.variables]

    def signature(self, name: str):
        """The concrete function of one of `signatures`, traced at its first use; tensors by name in, a dict out."""
        if name not in self._traced:
            short = {"serving_default": "to_0", "bytes": "to_0_bytes", "float": "to_0_float"}
            _, number, *kind = short.get(name, name).split("_")
            function = tf.function(self._answer(int(number), "".join(kind)), autograph=False)
            self._traced[name] = function.get_concrete_function(**self._inputs("".join(kind)))
        return self._traced[name]

    def _inputs(self, kind: str) -> dict[str, tf.TensorSpec]:
        if kind == "bytes":
            return {"image_bytes": tf.TensorSpec([None], tf.string, name="image_bytes")}
        images = [None, None, None, self._model.spec.channels]
        inputs = {"image": tf.TensorSpec(images, tf.float32 if kind == "float" else tf.uint8, name="image")}
        if kind == "seed":
            inputs["seed"] = tf.TensorSpec([None], tf.int64, name="seed")
        if kind == "style":
            inputs["style"] = tf.TensorSpec(images, tf.uint8, name="style")
        return inputs

    def _answer(self, domain: int, kind: str) -> Callable[..., dict[str, tf.Tensor]]:
        """The signature of a domain as a function of its inputs."""
        channels = self._model.spec.channels
        label = tf.constant([domain])

        def row(inputs):
            if kind == "style":
                style = self._styled(inputs["style"], label)
            else:
                style = self._drawn(inputs.get("seed", tf.constant(0, tf.int64)), label)
            if kind == "bytes":
                image = tf.io.decode_image(inputs["image_bytes"], channels, expand_animations=False)
                return tf.io.encode_png(levels(self._translated(translator.exact(image), style)))
            if kind == "float":
                return self._translated(inputs["image"], style)
            return levels(self._translated(translator.exact(inputs["image"]), style))

        def answer(**inputs):
            lengths = [tf.shape(each)[0] for each in inputs.values()]
            says = [" and ".join(inputs) + " must be of one length N, got", *lengths]
            one = tf.debugging.Assert(tf.reduce_all(tf.equal(lengths, lengths[0])), says)
            spec = tf.TensorSpec([], tf.string)
            if kind != "bytes":
                spec = tf.TensorSpec([None, None, channels], tf.float32 if kind == "float" else tf.uint8)
            with tf.control_dependencies([one]):
                inputs = {name: tf.identity(each) for name, each in inputs.items()}
            made = tf.map_fn(row, inputs, fn_output_signature=spec)
            return {"image_bytes" if kind == "bytes" else "image": made}

        return answer

    @functools.cached_property
    def _drawn(self):
        """(seed int64 [], label int32 [1]) -> a style [1, S]; traced once for all signatures, as the other two."""

        def draw(seed, label):
            z = noise(seed, self._model.nets.z_dim, "normal")[None]
            return self.networks["mapping"]({"z": z, "label": label}, training=False)

        return tf.function(draw, autograph=False)

    @functools.cached_property
    def _styled(self):
        """(an image uint8 [h, w, C], label int32 [1]) -> its style [1, S]."""
        spec = self._model.spec

        def style(image, label):
            image = translator.exact(_cut(image, spec.height / spec.width))
            image = tf.image.resize(image, [spec.height, spec.width], antialias=True)
            return self.networks["encoder"]({"image": image[None], "label": label}, training=False)

        images = tf.TensorSpec([None, None, spec.channels], tf.uint8)
        return tf.function(style, [images, tf.TensorSpec([1], tf.int32)], autograph=False)

    @functools.cached_property
    def _translated(self):
        """(image float32 [H, W, C] in [-1, 1], style [1, S]) -> float32 [H, W, C]."""
        multiple = self._model.multiple

        def translate(image, style):
            # Two pixels of the coarsest map are the least whose deviation is not 0.
            given = translator.filled(image, multiple, 2 * multiple)[None]
            made = self.networks["generator"]({"image": given, "style": style}, training=False)[0]
            return made[: tf.shape(image)[0], : tf.shape(image)[1]]

        images = tf.TensorSpec([None, None, self._model.spec.channels], tf.float32)
        return tf.function(translate, [images, tf.TensorSpec([1, self._model.nets.style_dim])], autograph=False)


def _cut(image: tf.Tensor, proportion: float) -> tf.Tensor:
    """The centre of an image [h, w, C] with that height over width, within a pixel."""
    height, width = tf.shape(image)[0], tf.shape(image)[1]
    high = tf.cast(tf.round(tf.cast(width, tf.float32) * proportion), tf.int32)
    wide = tf.cast(tf.round(tf.cast(height, tf.float32) / proportion), tf.int32)
    high, wide = tf.clip_by_value(high, 1, height), tf.clip_by_value(wide, 1, width)
    top, left = (height - high) // 2, (width - wide) // 2
    return image[top : top + high, left : left + wide]


class Gallery:
    """Of one model in training; all of it from the weights that the model has when it is asked."""

    def __init__(self, model, images, recipe: ganzoo.recipe.Recipe, fresh: Callable):
        """images: the `ganzoo.data.images.ImageSet` of the training. fresh: makes the same model untrained, for the
        ceilings of metrics. Raises BadInput for metrics that the images of some domain cannot have."""
        self.model, self.images, self.recipe, self.fresh = model, images, recipe, fresh
        self.parts = {}
        for domain, name in enumerate(images.class_names if recipe.metrics else ()):
            part = images.whole.take(images.whole.labels == domain)
            self.parts[domain] = part = _named(part, f"{images.name}, {name}")
            metrics.check(recipe.metrics, part)
        self.domains = [domain for domain in range(model.classes) if np.any(images.labels == domain)][:SHOWN]
        self.served = Served(model)

    def picture(self) -> PIL.Image.Image:
        """A row for each of some images, which stand at its left: made into every domain in drawn styles, and below
        in those of the images at the top."""
        self.served.refresh()
        sources = np.stack([self._of(self.domains[row % len(self.domains)], 1)[0] for row in range(ROWS)])
        looks = {domain: self._of(domain, LOOKS + ROWS)[ROWS:] for domain in self.domains}
        blank = np.full_like(sources[:1], 255)
        drawn, guided = [sources[:, None]], [sources[:, None]]
        for domain, references in looks.items():
            for look in range(LOOKS):
                seeds, style = np.full(ROWS, look), np.repeat(references[look : look + 1], ROWS, axis=0)
                drawn.append(translate(self.served, f"to_{domain}_seed", image=sources, seed=seeds)[:, None])
                guided.append(translate(self.served, f"to_{domain}_style", image=sources, style=style)[:, None])
        blocks = [np.concatenate(block, axis=1).reshape(-1, *sources.shape[1:]) for block in (drawn, guided)]
        return pictures.grid(np.concatenate([blocks[0], blank, *looks.values(), blocks[1]]), 1 + LOOKS * len(looks))

    def originals(self) -> PIL.Image.Image:
        """Some images of each domain, a row each."""
        return pictures.grid(np.concatenate([self._of(domain, 8) for domain in self.domains]), 8)

    def judge(self) -> dict[str, dict]:
        """The recipe's metrics: images of all other domains made into one, in styles of as many seeds, against the
        images of that domain, see `metrics.evaluate`; all numbers are means over the domains, and `domains` has the
        value of each. The ceiling is the untrained network's."""
        self.served.refresh()
        untrained = functools.cache(lambda: Served(self.fresh()))
        key = [ganzoo.recipe.describe(self.recipe.model), self.recipe.train.seed, self.images.hash]
        found = {
            domain: metrics.evaluate(
                self.recipe.metrics,
                self._fakes(self.served, domain),
                part,
                untrained=lambda domain=domain: self._fakes(untrained(), domain),
                key=json.dumps([*key, domain], sort_keys=True),
            )
            for domain, part in self.parts.items()
        }
        return {
            name: _mean(self.images.whole.name, {f"to_{domain}": each[name] for domain, each in found.items()})
            for name in self.recipe.metrics
        }

    def measure(self) -> dict[str, float]:
        """Nothing is measured for the diagnosis."""
        return {}

    def _of(self, domain: int, count: int) -> np.ndarray:
        return self.images.read(np.resize(np.flatnonzero(self.images.labels == domain), count))

    def _fakes(self, served: Served, domain: int) -> Callable[[int, int], np.ndarray]:
        whole = self.images.whole
        # Sets are often sorted by class.
        places = np.random.default_rng(domain).permutation(np.flatnonzero(whole.labels != domain))

        def make(start: int, count: int) -> np.ndarray:
            seeds = np.arange(start, start + count)
            return translate(served, f"to_{domain}_seed", image=whole.read(places[seeds % len(places)]), seed=seeds)

        return make


def translate(served: Served, signature: str, **inputs: np.ndarray) -> np.ndarray:
    """uint8 [N, H, W, C] of a signature's inputs, some at a time."""
    call, made = served.signature(signature), []
    for start in range(0, len(inputs["image"]), MANY):
        part = {name: tf.constant(each[start : start + MANY]) for name, each in inputs.items()}
        made.append(call(**part)["image"].numpy())
    return np.concatenate(made)


def _named(part, name: str):
    part.name, part.held_out, part.undivided = name, None, None
    return part


def _mean(name: str, results: dict[str, dict]) -> dict:
    """One result of those of the domains."""
    every = list(results.values())
    first = every[0]
    mean = {
        key: None if any(each[key] is None for each in every) else float(np.mean([each[key] for each in every]))
        for key in ("value", "floor", "ceiling")
    }
    least = {key: min(each[key] for each in every) for key in ("reals_count", "floor_count")}
    kept = {key: first[key] for key in ("count", "extractor", "weights")}
    warnings = list(dict.fromkeys(line for each in every for line in each["warnings"]))
    values = {domain: each["value"] for domain, each in results.items()}
    return mean | kept | least | {"reals": name, "domains": values, "warnings": warnings}
