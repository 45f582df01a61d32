"""A translator as it is served: images of any size in, images out, everything between inside one graph.

A run folder is applied and a SavedModel is written from the same functions, so both give the same pixels. For each
direction, D, three signatures; those of the first direction also stand under `serving_default`, `bytes` and `float`:

- D: image uint8 [N, H, W, C] -> image uint8 [N, sH, sW, C']
- D_bytes: image_bytes string [N], files of any sizes and kinds that TensorFlow decodes -> image_bytes string [N], PNG
- D_float: image float32 [N, H, W, C] in [-1, 1] -> image float32 [N, sH, sW, C'], not rounded

An inpainting direction also takes mask uint8 [N, H, W, 1] (mask_bytes string [N] with files), above 127 in the hole;
what is not in the hole is given back as it came, bit for bit. A direction between two networks also takes alpha float32
[N] in [0, 1]: 0 is the network of fidelity, 1 the trained one, and between them weights are interpolated.

N, H and W are free: sides are filled up to what the network needs by mirrored borders, which are cut off again. Rows
are made one by one, so that row i depends on row i alone.
"""

import functools
from typing import Any

import keras
import tensorflow as tf

from ganzoo.degradations import masks
from ganzoo.generator import levels
from ganzoo.translation import TranslationGAN

KINDS = ("", "_bytes", "_float")


class Served:
    """The networks of `model`, rebuilt in float32 for any size whatever they were trained in."""

    def __init__(self, model: TranslationGAN):
        self._model = model
        policy = keras.config.dtype_policy()
        keras.config.set_dtype_policy("float32")
        try:
            self.networks = {name: each.make((None, None)) for name, each in model.translators.items()}
            self.fidelity = {name: model.translators[name].make((None, None)) for name in model.fidelity}
        finally:
            keras.config.set_dtype_policy(policy)
        self._traced = {}
        self.refresh()

    def refresh(self):
        """Take over the weights that the model's samplers have now; what was traced stays valid."""
        for direction, network in self.networks.items():
            network.set_weights(self._model.sampler(direction).get_weights())
        for direction, network in self.fidelity.items():
            network.set_weights(self._model.fidelity[direction].get_weights())

    @property
    def facts(self) -> dict[str, Any]:
        """What a caller must know, as JSON values; part of the card."""
        directions = {
            name: {
                "given": each.given,
                "made": each.made,
                "source": each.source,
                "target": each.target,
                "multiple": each.multiple,
                "scale": each.scale,
                "mask": each.fill is not None,
                "alpha": name in self.fidelity,
            }
            for name, each in self._model.translators.items()
        }
        return {
            "directions": directions,
            "parameters": sum(network.count_params() for network in self.networks.values()),
        }

    @property
    def signatures(self) -> tuple[str, ...]:
        """The names of those that are exported."""
        named = [f"{direction}{kind}" for direction in self.networks for kind in KINDS]
        return ("serving_default", "bytes", "float", *named)

    @property
    def variables(self) -> list[tf.Variable]:
        """What a SavedModel of the signatures must hold."""
        networks = [*self.networks.values(), *self.fidelity.values()]
        return [variable.value for network in networks for variable in network.variables]

    def signature(self, name: str):
        """The concrete function of one of `signatures`, traced at its first use; tensors by name in, a dict out."""
        if name not in self._traced:
            direction, kind = self._parse(name)
            about = self._model.translators[direction]
            given = {"image": tf.TensorSpec([None, None, None, about.given], tf.uint8)}
            made, make = tf.TensorSpec([None, None, about.made], tf.uint8), self._whole
            if kind == "_float":
                given["image"] = tf.TensorSpec([None, None, None, about.given], tf.float32)
                made, make = tf.TensorSpec([None, None, about.made], tf.float32), self._exact
            if about.fill is not None:
                given["mask"] = tf.TensorSpec([None, None, None, 1], tf.uint8)
            if kind == "_bytes":
                given = {f"{name}_bytes": tf.TensorSpec([None], tf.string) for name in given}
                made, make = tf.TensorSpec([], tf.string), self._file
            if direction in self.fidelity:
                given["alpha"] = tf.TensorSpec([None], tf.float32)
            output = next(iter(given))

            def rows(**inputs):
                found = tf.map_fn(lambda row: make(direction, **row), inputs, fn_output_signature=made)
                return {output: found}

            specs = {name: tf.TensorSpec(spec.shape, spec.dtype, name) for name, spec in given.items()}
            self._traced[name] = tf.function(rows, autograph=False).get_concrete_function(**specs)
        return self._traced[name]

    def _parse(self, name: str) -> tuple[str, str]:
        first = next(iter(self.networks))
        short = {"serving_default": (first, ""), "bytes": (first, "_bytes"), "float": (first, "_float")}
        if name in short:
            return short[name]
        return next((each, kind) for each in self.networks for kind in KINDS if name == each + kind)

    def _exact(self, direction: str, image: tf.Tensor, mask=None, alpha=None) -> tf.Tensor:
        """One image float32 [H, W, C] in [-1, 1](, mask uint8 [H, W, 1], alpha float32 []) -> float32 [sH, sW, C']."""
        about = self._model.translators[direction]
        sides = tf.shape(image)[:2]
        given = image
        if mask is not None:
            mask = tf.cast(_checked(mask, sides) > 127, tf.float32)
            given = masks.hidden(image[None], mask[None], about.fill)[0]
        given = filled(given, about.multiple, about.least)
        made = self._network(direction, alpha)({"image": given[None]})[0]
        made = made[: sides[0] * about.scale, : sides[1] * about.scale]
        return made if mask is None else tf.where(mask > 0, made, image)

    def _network(self, direction: str, alpha):
        """The network of a direction, at `alpha` where it has one of fidelity."""
        network = self.networks[direction]
        if alpha is None:
            return functools.partial(network, training=False)
        between = {}
        for final, kept in zip(network.variables, self.fidelity[direction].variables, strict=True):
            # Both ends exact.
            between[id(final)] = alpha * final + (1 - alpha) * kept
        parts = [
            [between[id(variable)] for variable in each]
            for each in (network.trainable_variables, network.non_trainable_variables)
        ]
        return lambda inputs: network.stateless_call(*parts, inputs, training=False)[0]

    def _whole(self, direction: str, image: tf.Tensor, mask=None, alpha=None) -> tf.Tensor:
        """One image uint8 [H, W, C](, mask uint8 [H, W, 1], alpha float32 []) -> uint8 [sH, sW, C']."""
        made = levels(self._exact(direction, exact(image), mask, alpha))
        return made if mask is None else tf.where(mask > 127, made, image)

    def _file(self, direction: str, image_bytes: tf.Tensor, mask_bytes=None, alpha=None) -> tf.Tensor:
        """One encoded image, string [](, its mask, string [], alpha float32 []) -> a PNG, string []."""
        image = tf.io.decode_image(image_bytes, self._model.translators[direction].given, expand_animations=False)
        mask = None if mask_bytes is None else tf.io.decode_image(mask_bytes, 1, expand_animations=False)
        return tf.io.encode_png(self._whole(direction, image, mask, alpha))


def _checked(mask: tf.Tensor, sides: tf.Tensor) -> tf.Tensor:
    equal = tf.debugging.assert_equal(tf.shape(mask)[:2], sides, "the mask has another size than its image")
    with tf.control_dependencies([equal] if equal is not None else []):
        return tf.identity(mask)


def exact(image: tf.Tensor) -> tf.Tensor:
    """uint8 -> float32 in [-1, 1], as in training."""
    return tf.cast(2 * tf.cast(image, tf.int32) - 255, tf.float32) * (1 / 255)


def filled(image: tf.Tensor, multiple: int, least: int) -> tf.Tensor:
    """An image [H, W, C] whose sides are mirrored at their ends up to a multiple, and at least `least`."""
    for axis in range(2):
        have = tf.shape(image)[axis]
        wanted = tf.maximum(-(-have // multiple) * multiple, least)
        image = tf.gather(image, _mirrored(wanted, have), axis=axis)
    return image


def _mirrored(wanted: tf.Tensor, have: tf.Tensor) -> tf.Tensor:
    """int32 [wanted]: places in a row of `have`, then back from its end, and on like that."""
    places = tf.range(wanted) % (2 * have)
    return tf.minimum(places, 2 * have - 1 - places)
