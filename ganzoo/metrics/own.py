"""Extractors from files of the user's own: `--extractor keras:PATH` or `inception:PATH`, "own" in metrics' names.

keras:PATH      a saved model of Keras (.keras). It is given the images as they are stored, 0..255, in the dtype of its
                input, so whatever scaling it wants must be layers of it. Its output is the features [B, D]; of two
                outputs the second is class logits [B, K], without softmax.
inception:PATH  weights of `keras.applications.InceptionV3` (.h5, with or without the classes): images repeated to RGB,
                resized to 299x299 (bilinear, antialiased) and scaled to -1..1; 2048 features, the global average.
                These are not the weights of 2015 that published FID values come from: no value is a fid.

A result tells the SHA-256 of the file in `weights`.
"""

import hashlib
import pathlib

import keras
import numpy as np
import tensorflow as tf

from ganzoo.errors import BadInput
from ganzoo.metrics import lite0
from ganzoo.metrics.extractor import Extractor

SIDE = 299  # pixels of Inception's input
FEATURES = 2048
CLASSES = 1000  # of ImageNet


def extractor(text: str) -> Extractor:
    """The extractor of "keras:PATH" or "inception:PATH". Raises BadInput for other texts and unreadable files."""
    kind, _, name = text.partition(":")
    if kind not in KINDS or not name:
        raise BadInput(f"--extractor: {text!r}; allowed: {' or '.join(f'{kind}:PATH' for kind in KINDS)}")
    path = pathlib.Path(name)
    if not path.is_file():
        raise BadInput(f"--extractor: {path} is not a file")
    return KINDS[kind](path)


def _fingerprint(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _keras(path: pathlib.Path) -> Extractor:
    try:
        model = keras.models.load_model(path, compile=False)
    except (OSError, ValueError, TypeError, KeyError) as error:  # what a damaged file raises depends on the damage
        raise BadInput(f"--extractor: {path} is no model of Keras: {str(error).splitlines()[0]}") from error
    if len(model.inputs) != 1 or len(model.inputs[0].shape) != 4 or model.inputs[0].shape[-1] is None:
        shapes = [tuple(each.shape) for each in model.inputs]
        raise BadInput(f"--extractor: {path} takes {shapes}; allowed: one input (None, height, width, channels)")
    shapes = [tuple(each.shape) for each in model.outputs]
    if len(shapes) > 2 or any(len(shape) != 2 or shape[1] is None for shape in shapes):
        raise BadInput(f"--extractor: {path} gives {shapes}; allowed: features (None, D), and logits (None, K)")
    _, height, width, channels = model.inputs[0].shape
    if (height is None) != (width is None):
        raise BadInput(f"--extractor: {path} takes images of {height}x{width}; allowed: both sides fixed, or neither")
    dtype = model.inputs[0].dtype

    @tf.function(input_signature=[tf.TensorSpec([None, height, width, channels], tf.uint8)])
    def see(images):
        outputs = model(tf.cast(images, dtype), training=False)
        outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
        # Without class logits nothing asks for them: `classes` is 0.
        return tf.cast(outputs[0], tf.float32), tf.cast(outputs[-1], tf.float32)

    return Extractor(
        name="own",
        dim=shapes[0][1],
        fingerprint=_fingerprint(path),
        network=see,
        size=None if height is None else (height, width),
        channels=(channels,),
        classes=shapes[1][1] if len(shapes) == 2 else 0,
        chunk=lite0.CHUNK,
    )


def _inception(path: pathlib.Path) -> Extractor:
    import h5py

    try:
        with h5py.File(path) as file:
            shapes = []
            file.visititems(lambda _, item: shapes.append(getattr(item, "shape", None)))
        top = (FEATURES, CLASSES) in shapes  # the layer of the classes, whatever a version of Keras calls it
        model = keras.applications.InceptionV3(weights=None, include_top=top, input_shape=(SIDE, SIDE, 3))
        model.load_weights(path)
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(f"--extractor: {path} holds no weights of InceptionV3: {str(error).splitlines()[0]}") from error
    maps = model.get_layer("mixed10").output
    features = keras.layers.GlobalAveragePooling2D(dtype="float32")(maps)
    head = model.get_layer("predictions") if top else None
    network = keras.Model(model.input, features)

    @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3], tf.float32)])
    def see(images):
        images = tf.image.resize(images, [SIDE, SIDE], antialias=True) / 127.5 - 1
        features = network(images, training=False)
        return features, features if head is None else tf.matmul(features, head.kernel) + head.bias

    return Extractor(
        name="own",
        dim=FEATURES,
        fingerprint=_fingerprint(path),
        network=lambda images: see(lite0.rgb(np.asarray(images))),
        size=None,
        channels=(1, 3, 4),
        classes=CLASSES if top else 0,
        chunk=lite0.CHUNK,
    )


KINDS = {"keras": _keras, "inception": _inception}
