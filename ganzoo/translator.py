"""A translator as it is served: images of any size in, images out, everything between inside one graph.

A run folder is applied and a SavedModel is written from the same functions, so both give the same pixels. For each
direction, D, three signatures; those of the first direction also stand under `serving_default`, `bytes` and `float`:

- D: image uint8 [N, H, W, C] -> image uint8 [N, sH, sW, C']
- D_bytes: image_bytes string [N], files of any sizes and kinds that TensorFlow decodes -> image_bytes string [N], PNG
- D_float: image float32 [N, H, W, C] in [-1, 1] -> image float32 [N, sH, sW, C'], not rounded

An inpainting direction also takes mask uint8 [N, H, W, 1] (mask_bytes string [N] with files), above 127 in the hole;
what is not in the hole is given back as it came, bit for bit. A direction between two networks also takes alpha float32
[N] in [0, 1]: 0 is the network of fidelity, 1 the trained one, and between them weights are interpolated.

and two more where instance norm keeps the parts of a large image from fitting together, see `ganzoo.tiling`:

- D_statistics: image as of D_float -> statistics float32 [N, S], what instance norm finds in the image
- D_tile: as D_float, normalised by statistics float32 [N, S] in place of its own

N, H and W are free: sides are filled up to what the network needs by mirrored borders, which are cut off again. Rows
are made one by one, so that row i depends on row i alone.
"""

import functools
from typing import Any

import keras
import tensorflow as tf

from ganzoo import tiling
from ganzoo.degradations import masks
from ganzoo.generator import levels
from ganzoo.layers import instance
from ganzoo.translation import TranslationGAN

KINDS = ("", "_bytes", "_float")
TILED = ("_statistics", "_tile")


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
                "reach": each.reach,
                "statistics": sum(instance.sizes(self.networks[name])),
                "memory": self._memory(name),
            }
            for name, each in self._model.translators.items()
        }
        return {
            "directions": directions,
            "parameters": sum(network.count_params() for network in self.networks.values()),
        }

    def _memory(self, direction: str) -> int:
        """Bytes that are held at once for each pixel of the input, found on a square of about 256: the network's maps,
        and two copies of what it makes, for the rows of a batch are copied together."""
        about = self._model.translators[direction]
        side = max(about.least, 256 // about.multiple * about.multiple)
        given = about.given + (about.fill is not None)
        maps = tiling.held(self.networks[direction], {"image": (1, side, side, given)})
        return maps // side**2 + 2 * 4 * about.made * about.scale**2

    @property
    def signatures(self) -> tuple[str, ...]:
        """The names of those that are exported."""
        named = [f"{direction}{kind}" for direction in self.networks for kind in self._kinds(direction)]
        return ("serving_default", "bytes", "float", *named)

    def _kinds(self, direction: str) -> tuple[str, ...]:
        about = self._model.translators[direction]
        parts = about.reach is not None and about.fill is None and instance.layers(self.networks[direction])
        return KINDS + (TILED if parts else ())

    @property
    def variables(self) -> list[tf.Variable]:
        """What a SavedModel of the signatures must hold."""
        networks = [*self.networks.values(), *self.fidelity.values()]
        return [variable.value for network in networks for variable in network.variables]

    def signature(self, name: str):
        """The concrete function of one of `signatures`, traced at its first use; tensors by name in, a dict out."""
        if name not in self._traced:
            direction, kind = self._parse(name)
            given, (output, made), make = self._rows(direction)[kind]

            def rows(**inputs):
                return {output: tf.map_fn(lambda row: make(direction, **row), inputs, fn_output_signature=made)}

            specs = {each: tf.TensorSpec([None, *spec.shape], spec.dtype, each) for each, spec in given.items()}
            self._traced[name] = tf.function(rows, autograph=False).get_concrete_function(**specs)
        return self._traced[name]

    def _rows(self, direction: str) -> dict[str, tuple]:
        """kind -> (inputs of a row, (name, output of a row), maker of a row)."""
        about = self._model.translators[direction]
        levels_in, levels_out = (tf.TensorSpec([None, None, each], tf.uint8) for each in (about.given, about.made))
        exact_in, exact_out = (tf.TensorSpec([None, None, each], tf.float32) for each in (about.given, about.made))
        file = tf.TensorSpec([], tf.string)
        numbers = tf.TensorSpec([sum(instance.sizes(self.networks[direction]))], tf.float32)
        mask, files, alpha = {}, {}, {}
        if about.fill is not None:
            mask, files = {"mask": tf.TensorSpec([None, None, 1], tf.uint8)}, {"mask_bytes": file}
        if direction in self.fidelity:
            alpha = {"alpha": tf.TensorSpec([], tf.float32)}
        return {
            "": ({"image": levels_in} | mask | alpha, ("image", levels_out), self._whole),
            "_bytes": ({"image_bytes": file} | files | alpha, ("image_bytes", file), self._file),
            "_float": ({"image": exact_in} | mask | alpha, ("image", exact_out), self._exact),
            "_statistics": ({"image": exact_in} | alpha, ("statistics", numbers), self._statistics),
            "_tile": ({"image": exact_in, "statistics": numbers} | alpha, ("image", exact_out), self._exact),
        }

    def _parse(self, name: str) -> tuple[str, str]:
        first = next(iter(self.networks))
        short = {"serving_default": (first, ""), "bytes": (first, "_bytes"), "float": (first, "_float")}
        if name in short:
            return short[name]
        return next((each, kind) for each in self.networks for kind in KINDS + TILED if name == each + kind)

    def _statistics(self, direction: str, image: tf.Tensor, alpha=None) -> tf.Tensor:
        """One image float32 [H, W, C] in [-1, 1](, alpha float32 []) -> float32 [S]."""
        about = self._model.translators[direction]
        given = {"image": filled(image, about.multiple, about.least)[None]}
        return instance.statistics(self.networks[direction], given, self._network(direction, alpha))[0]

    def _exact(self, direction: str, image: tf.Tensor, mask=None, alpha=None, statistics=None) -> tf.Tensor:
        """One image float32 [H, W, C] in [-1, 1](, mask uint8 [H, W, 1], alpha float32 [], statistics float32 [S]) ->
        float32 [sH, sW, C']."""
        about = self._model.translators[direction]
        sides = tf.shape(image)[:2]
        given = image
        if mask is not None:
            mask = tf.cast(_checked(mask, sides) > 127, tf.float32)
            given = masks.hidden(image[None], mask[None], about.fill)[0]
        given = {"image": filled(given, about.multiple, about.least)[None]}
        call = self._network(direction, alpha)
        if statistics is None:
            made = call(given)[0]
        else:
            made = instance.frozen(self.networks[direction], given, statistics[None], call)[0]
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
