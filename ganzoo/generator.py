"""The generator as it is served: seeds or noise in, uint8 images out, everything between inside one graph.

A run folder is sampled and a SavedModel is written from the same functions, so both give the same pixels. Three
signatures (H, W, C, z_dim and the number of classes are the model's; a `label` int32 [N] is one more input iff the
model is conditional, a `truncation` float32 [N] iff it truncates: styles, or by `within` z itself, given or drawn):

- serving_default: z float32 [N, z_dim] -> image uint8 [N, H, W, C]
- generate: seed int64 [N] -> image
- png: seed int64 [N] -> image_bytes string [N]

A model that draws from styles (`gan.Styled`) has two more, and a third where noise enters its layers:

- mapping: z float32 [N, z_dim] (and `label`, `truncation`) -> w float32 [N, layers, w_dim]
- synthesis: w float32 [N, layers, w_dim] -> image, with the constant noise of the other signatures
- noisy_synthesis: w, noise float32 [N, values] -> image; `noise_of` makes the noise of a seed, zeros are none

Where the model makes points (one number for their shape, D) they are float32 [N, D] under the name `point`, as the
network gives them, and there is no `png`.

N is free. Row i depends on row i of the inputs alone, bit for bit on one CPU, because rows are made one by one: in a
batch, its size and the row's place decide in which order a sum is taken (TF 2.21: batches of 3 and 64 of a 64x64 DCGAN
differ in 15 of 786,432 pixels; without oneDNN a row's place among four changes a perceptron's last bits). The price
against a plain batch of 64 on two busy cores: 0.25 for 0.08 ms an image (28x28 DCGAN of width 32), 5.3 for 1.7 ms
(64x64, width 64).
"""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from ganzoo import random, standing
from ganzoo.gan import NoiseGAN

UNCUT = 10.0  # a threshold of |z| from which on `within` leaves z as it is
STANDING_ROWS = 64  # of a batch from which batch norm's moments are taken anew


@dataclasses.dataclass(frozen=True)
class Medium:
    """What a model makes. finish: float32 of the network -> the values of a sample, of type `dtype`."""

    name: str  # of the output
    dtype: tf.DType
    finish: Callable[[tf.Tensor], tf.Tensor]
    signatures: tuple[str, ...]  # that are exported


def levels(pixels: tf.Tensor) -> tf.Tensor:
    """Float32 in [-1, 1] -> uint8, rounded; beyond, the nearest."""
    return tf.cast(tf.clip_by_value(tf.round((pixels + 1) * 127.5), 0, 255), tf.uint8)


IMAGE = Medium("image", tf.uint8, levels, ("serving_default", "generate", "png"))
POINT = Medium("point", tf.float32, tf.identity, ("serving_default", "generate"))
MEDIA = {3: IMAGE, 1: POINT}  # by the rank of a sample


class Generator:
    """The network that makes the pictures of `model`, rebuilt in float32 whatever it was trained in."""

    def __init__(self, model: NoiseGAN):
        self._model = model
        self.medium = MEDIA[len(model.image)]
        policy = keras.config.dtype_policy()
        keras.config.set_dtype_policy("float32")
        try:
            self.network = model.make_generator()
            self.styled = model.styled(self.network)
        finally:
            keras.config.set_dtype_policy(policy)
        self._traced = {}
        self.refresh()

    def refresh(self):
        """Take over the weights that the model's sampler has now; what was traced stays valid."""
        self.network.set_weights(self._model.sampler.get_weights())
        standing.statistics(self.network, (self._standing(index) for index in range(self._model.standing)))

    def _standing(self, index: int) -> dict[str, tf.Tensor]:
        """A batch of the network's inputs by its number, each class equally often."""
        shape, key = [STANDING_ROWS, self._model.z_dim], tf.constant([index, 1], tf.int64)  # of no row: theirs end in 0
        z = random.normal(shape, key) if self._model.latent == "normal" else random.uniform(shape, key) * 2 - 1
        rows = tf.range(index * STANDING_ROWS, (index + 1) * STANDING_ROWS)
        return {"z": z} | ({"label": rows % self._model.classes} if self._model.classes else {})

    @property
    def facts(self) -> dict[str, Any]:
        """What a caller must know, as JSON values; part of the card."""
        return {
            "image": list(self._model.image),
            "z_dim": self._model.z_dim,
            "latent": self._model.latent,
            "classes": self._model.classes,
            "truncates": self._model.truncates or self._model.cut_z,
            "cut_z": self._model.cut_z,  # the truncation is a threshold of |z|
            "styles": list(self.styled.shape) if self.styled else None,  # layers, w_dim
            "noise": self.styled.values if self.styled else 0,
            "parameters": self.network.count_params(),
        }

    @property
    def signatures(self) -> tuple[str, ...]:
        """The names of those that are exported."""
        names = self.medium.signatures
        if self.styled:
            names += ("mapping", "synthesis", "noisy_synthesis") if self.styled.noise else ("mapping", "synthesis")
        return names

    def signature(self, name: str):
        """The concrete function of one of `signatures`, traced at its first use; tensors by name in, a dict out.

        Two are not exported, which metrics use. "batch" is "generate" with all rows in one batch: several times faster,
        and here and there a level off. "pixels" is "serving_default" in one batch as the network gives it: float32, not
        rounded.
        """
        if name not in self._traced:
            make = {
                "serving_default": self._from_noise,
                "generate": self._from_seed,
                "png": self._png,
                "batch": self._batch,
                "pixels": self._pixels,
                "mapping": self._mapping,
                "synthesis": self._synthesis,
                "noisy_synthesis": self._synthesis,
            }[name]
            function = tf.function(lambda **inputs: make(inputs), autograph=False)
            self._traced[name] = function.get_concrete_function(**self._inputs(name))
        return self._traced[name]

    def _inputs(self, name: str) -> dict[str, tf.TensorSpec]:
        """What a signature takes."""

        def specs(**shapes):
            return {key: tf.TensorSpec([None, *shape], dtype, name=key) for key, (dtype, *shape) in shapes.items()}

        if name == "synthesis":
            return specs(w=(tf.float32, *self.styled.shape))
        if name == "noisy_synthesis":
            return specs(w=(tf.float32, *self.styled.shape), noise=(tf.float32, self.styled.values))
        of_noise = name in ("serving_default", "pixels", "mapping")
        inputs = specs(z=(tf.float32, self._model.z_dim)) if of_noise else specs(seed=(tf.int64,))
        inputs |= specs(label=(tf.int32,)) if self._model.classes else {}
        return inputs | (specs(truncation=(tf.float32,)) if self.facts["truncates"] else {})

    @property
    def variables(self) -> list[tf.Variable]:
        """What a SavedModel of the signatures must hold."""
        return [variable.value for variable in self.network.variables]

    def _from_noise(self, inputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return {self.medium.name: self._rows(self._sample, inputs)}

    def _from_seed(self, inputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        def row(inputs):
            condition = {name: value for name, value in inputs.items() if name != "seed"}
            return self._sample({"z": self._noise(inputs["seed"])} | condition)

        return {self.medium.name: self._rows(row, inputs)}

    def _batch(self, inputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        z = tf.map_fn(self._noise, inputs["seed"], fn_output_signature=tf.TensorSpec([self._model.z_dim], tf.float32))
        condition = {name: value for name, value in inputs.items() if name != "seed"}
        return {self.medium.name: self.medium.finish(self._made({"z": z} | condition))}

    def _pixels(self, inputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return {self.medium.name: self._made(inputs)}

    def _made(self, inputs: dict[str, tf.Tensor]) -> tf.Tensor:
        """What the network makes of a batch that begins with z."""
        if self._model.cut_z:
            rest = {name: value for name, value in inputs.items() if name != "truncation"}
            inputs = rest | {"z": within(inputs["z"], inputs["truncation"][:, None])}
        return self.network(inputs, training=False)

    def _mapping(self, inputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        def row(inputs):
            return self.styled.mapping({name: value[None] for name, value in inputs.items()}, training=False)[0]

        return {"w": self._rows(row, inputs, tf.TensorSpec(self.styled.shape, tf.float32))}

    def _synthesis(self, inputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return {self.medium.name: self._rows(self._drawn, inputs)}

    def _png(self, inputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        images = self.signature("generate")(**inputs)["image"]
        return {"image_bytes": tf.map_fn(tf.io.encode_png, images, fn_output_signature=tf.TensorSpec([], tf.string))}

    def _noise(self, seed: tf.Tensor) -> tf.Tensor:
        return noise(seed, self._model.z_dim, self._model.latent)

    def _rows(self, make, inputs: dict[str, tf.Tensor], spec: tf.TensorSpec | None = None) -> tf.Tensor:
        """make: one row of the inputs -> one of `spec`, of a sample's where that is None."""
        spec = spec or tf.TensorSpec(self._model.image, self.medium.dtype)
        checked = _checked(inputs, self._model.classes, self._model.cut_z)
        return tf.map_fn(make, checked, fn_output_signature=spec)

    @functools.cached_property
    def _sample(self):
        """One row of the network's inputs -> one sample; traced once for all signatures."""

        def sample(row):
            alone = {name: value[None] for name, value in row.items()}
            return self.medium.finish(self._made(alone)[0])

        return tf.function(sample, autograph=False)

    @functools.cached_property
    def _drawn(self):
        """One row of the synthesis' inputs, constant noise where none is given -> one sample."""

        def draw(row):
            alone = {name: value[None] for name, value in row.items()}
            if self.styled.noise and "noise" not in alone:
                alone["noise"] = self.styled.noise(alone["w"])
            return self.medium.finish(self.styled.synthesis(alone, training=False)[0])

        return tf.function(draw, autograph=False)


def noise_of(seed: tf.Tensor, values: int) -> tf.Tensor:
    """A row of noise for the layers of a synthesis: int64 [] -> float32 N(0, 1) [values]."""
    return random.normal([values], tf.stack([seed, 2 * tf.ones_like(seed)]))


def noise(seed: tf.Tensor, z_dim: int, law: str) -> tf.Tensor:
    """z of one seed: int64 [] -> float32 [z_dim]. law: "normal", N(0, 1), or "uniform", U[-1, 1)."""
    key = tf.stack([seed, tf.zeros_like(seed)])
    if law == "normal":
        return tf.random.stateless_normal([z_dim], key, alg="philox")
    return tf.random.stateless_uniform([z_dim], key, minval=-1.0, maxval=1.0, alg="philox")


def within(z: tf.Tensor, threshold: tf.Tensor) -> tf.Tensor:
    """z float32 of N(0, 1) -> of N(0, 1) on condition that |z| < threshold, float32, broadcast; `UNCUT` = as it is.

    The law of the truncation trick (Brock et al. 2019, arXiv 1809.11096, section 3.1), which draws an entry anew until
    it is inside. Here each entry goes to the same quantile of the cut law, so that one z gives one picture for each
    threshold and nearly the same for near ones. threshold: at least 0.
    """
    exact, limit = (tf.cast(value, tf.float64) / 2**0.5 for value in (z, threshold))
    inside = tf.math.erfinv(tf.math.erf(exact) * tf.math.erf(limit)) * 2**0.5
    return tf.where(threshold >= UNCUT, z, tf.cast(inside, tf.float32))


def _checked(inputs: dict[str, tf.Tensor], classes: int, cut_z: bool) -> dict[str, tf.Tensor]:
    """The inputs behind assertions that hold where nobody else looks.

    A server feeds any shape, lengths 3 and 1 would broadcast, and some layers embed label -1 as if it were one.
    """
    checks, lengths = [], {}
    for name, value in inputs.items():
        # The placeholder hides the declared shape, from which the check would be optimised away.
        shape = tf.shape(tf.compat.v1.placeholder_with_default(value, None))
        rest = value.shape[1:]
        says = f"{name} must be of shape [{', '.join(['N', *map(str, rest)])}], got"
        checks.append(tf.debugging.Assert(tf.equal(tf.size(shape), len(value.shape)), [says, shape]))
        with tf.control_dependencies(checks):
            agree = tf.reduce_all(tf.equal(shape[1:], tf.constant(list(rest), tf.int32)))
            checks.append(tf.debugging.Assert(agree, [says, shape]))
            lengths[name] = shape[0]
    names = " and ".join(lengths)
    same = tf.reduce_all([tf.equal(length, lengths[next(iter(lengths))]) for length in lengths.values()])
    checks.append(tf.debugging.Assert(same, [f"{names} must be of one length N, got", *lengths.values()]))
    if "label" in inputs:
        label = inputs["label"]
        inside = tf.reduce_all((label >= 0) & (label < classes))
        checks.append(tf.debugging.Assert(inside, [f"label must be in 0..{classes - 1}, got", label], summarize=16))
    if cut_z:
        limit = inputs["truncation"]
        says = "truncation must be at least 0, got"
        checks.append(tf.debugging.Assert(tf.reduce_all(limit >= 0), [says, limit], summarize=16))
    with tf.control_dependencies(checks):
        return {name: tf.identity(value) for name, value in inputs.items()}
