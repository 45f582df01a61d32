"""A translator as it is served: images of any size in, images out, everything between inside one graph.

A run folder is applied and a SavedModel is written from the same functions, so both give the same pixels. For each
direction, D, three signatures; those of the first direction also stand under `serving_default`, `bytes` and `float`:

- D: image uint8 [N, H, W, C] -> image uint8 [N, sH, sW, C']
- D_bytes: image_bytes string [N], files of any sizes and kinds that TensorFlow decodes -> image_bytes string [N], PNG
- D_float: image float32 [N, H, W, C] in [-1, 1] -> image float32 [N, sH, sW, C'], not rounded

N, H and W are free: sides are filled up to what the network needs by mirrored borders, which are cut off again. Rows
are made one by one, so that row i depends on row i alone.
"""

from typing import Any

import keras
import tensorflow as tf

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
        finally:
            keras.config.set_dtype_policy(policy)
        self._traced = {}
        self.refresh()

    def refresh(self):
        """Take over the weights that the model's samplers have now; what was traced stays valid."""
        for direction, network in self.networks.items():
            network.set_weights(self._model.sampler(direction).get_weights())

    @property
    def facts(self) -> dict[str, Any]:
        """What a caller must know, as JSON values; part of the card."""
        directions = {
            name: {"given": each.given, "made": each.made, "multiple": each.multiple, "scale": each.scale}
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
        return [variable.value for network in self.networks.values() for variable in network.variables]

    def signature(self, name: str):
        """The concrete function of one of `signatures`, traced at its first use; tensors by name in, a dict out."""
        if name not in self._traced:
            direction, kind = self._parse(name)
            given = self._model.translators[direction].given
            spec, make = {
                "": (tf.TensorSpec([None, None, None, given], tf.uint8, name="image"), self._whole),
                "_bytes": (tf.TensorSpec([None], tf.string, name="image_bytes"), self._file),
                "_float": (tf.TensorSpec([None, None, None, given], tf.float32, name="image"), self._exact),
            }[kind]
            output = "image_bytes" if kind == "_bytes" else "image"

            def rows(inputs):
                row_spec = tf.TensorSpec([], tf.string)
                if kind != "_bytes":
                    row_spec = tf.TensorSpec([None, None, self._model.translators[direction].made], spec.dtype)
                return tf.map_fn(lambda row: make(direction, row), inputs, fn_output_signature=row_spec)

            function = tf.function(lambda **inputs: {output: rows(inputs[spec.name])}, autograph=False)
            self._traced[name] = function.get_concrete_function(**{spec.name: spec})
        return self._traced[name]

    def _parse(self, name: str) -> tuple[str, str]:
        first = next(iter(self.networks))
        short = {"serving_default": (first, ""), "bytes": (first, "_bytes"), "float": (first, "_float")}
        if name in short:
            return short[name]
        return next((each, kind) for each in self.networks for kind in KINDS if name == each + kind)

    def _exact(self, direction: str, image: tf.Tensor) -> tf.Tensor:
        """One image float32 [H, W, C] in [-1, 1] -> float32 [sH, sW, C']."""
        about = self._model.translators[direction]
        sides = tf.shape(image)[:2]
        filled = image
        for axis in range(2):
            wanted = tf.maximum(-(-sides[axis] // about.multiple) * about.multiple, about.least)
            filled = tf.gather(filled, _mirrored(wanted, sides[axis]), axis=axis)
        made = self.networks[direction]({"image": filled[None]}, training=False)[0]
        return made[: sides[0] * about.scale, : sides[1] * about.scale]

    def _whole(self, direction: str, image: tf.Tensor) -> tf.Tensor:
        """One image uint8 [H, W, C] -> uint8 [sH, sW, C']."""
        exact = tf.cast(2 * tf.cast(image, tf.int32) - 255, tf.float32) * (1 / 255)
        return levels(self._exact(direction, exact))

    def _file(self, direction: str, content: tf.Tensor) -> tf.Tensor:
        """One encoded image, string [] -> a PNG, string []."""
        image = tf.io.decode_image(content, self._model.translators[direction].given, expand_animations=False)
        return tf.io.encode_png(self._whole(direction, image))


def _mirrored(wanted: tf.Tensor, have: tf.Tensor) -> tf.Tensor:
    """int32 [wanted]: places in a row of `have`, then back from its end, and on like that."""
    places = tf.range(wanted) % (2 * have)
    return tf.minimum(places, 2 * have - 1 - places)
