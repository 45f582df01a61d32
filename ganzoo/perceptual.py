"""Perceptual loss: the distance of two images' feature maps in a fixed network, chosen by name and never exchanged.

Johnson et al. 2016, "Perceptual losses for real-time style transfer and super-resolution", arXiv 1603.08155, section
3.2, with the taps and the norm that later work settled on: the convolution's output before its activation and the mean
absolute difference (Ledig et al. 2017, arXiv 1609.04802, section 2.2.1; Wang et al. 2018, arXiv 1809.00219, section
3.3). The networks:

- "none": the loss is 0;
- "random": a narrow VGG whose weights are He-initialised by a seed and stay so. Liu et al. 2021, "Generic perceptual
  loss for modeling structured output dependencies", arXiv 2103.10571: what helps is the structure of such a network
  more than what it was trained on. Layers block1_conv1, block1_conv2, block2_conv1 ... block3_conv2;
- "lite0": EfficientNet-Lite0 of the metrics, see `metrics.lite0`, which also downloads its weights the first time. The
  last convolution at each resolution, after its ReLU6, named by what it divides the sides by: 2, 4, 8, 16 and 32.
  Images keep their size here, where the metrics resize to 224;
- "vgg19": Simonyan and Zisserman 2015, arXiv 1409.1556, trained on ImageNet, from the file that Keras keeps. Layers
  block1_conv1 ... block5_conv4. Maps are divided by 12.75 (Ledig et al., section 3.2);
- a path: VGG19's weights without top in that format (.h5), or a saved Keras model (.keras) that takes such images in
  [-1, 1]; its layers by their names, all outputs [B, h, w, c].
"""

import dataclasses
import hashlib
import os
import pathlib
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import tensorflow as tf

from ganzoo.errors import BadInput

Loss = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]

VGG19 = (2, 2, 4, 4, 4)  # convolutions of each block
RANDOM = (2, 2, 2)
RANDOM_WIDTHS = (16, 32, 64)
LITE0 = ("2", "4", "8", "16", "32")
DEFAULTS = {
    "random": ("block1_conv2", "block2_conv2", "block3_conv2"),
    "lite0": ("2", "4", "8"),
    "vgg19": ("block5_conv4",),
}
FILE = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"
MD5 = "253f8cb515780f3b799900260a226db6"  # as published with keras.applications
MEAN = (123.68, 116.779, 103.939)  # of ImageNet, red first; the published network takes blue first and has it removed
SCALE = 12.75


@dataclasses.dataclass(frozen=True)
class Perceptual:
    """The choice of a loss; `build` makes it.

    extractor: a name or a path, see the module. layers: what is compared, () = the extractor's own choice. weights: of
    each layer, () = 1 each. weight: of the whole. distance: mean absolute or mean squared difference of maps. seed: of
    the random network. Raises BadInput for as many weights as there are no layers.
    """

    extractor: str = "random"
    layers: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    weight: float = 1.0
    distance: Literal["l1", "l2"] = "l1"
    seed: int = 0

    def __post_init__(self):
        layers = self.layers or DEFAULTS.get(self.extractor, ())
        if self.weights and len(self.weights) != len(layers):
            raise BadInput(f"perceptual.weights: {len(self.weights)} of them for the layers {', '.join(layers)}")
        if self.distance not in ("l1", "l2"):
            raise BadInput(f"perceptual.distance: {self.distance!r}; allowed: l1, l2")

    def build(self, shape: tuple[int, int, int], grams: bool = False) -> Loss:
        """The loss for images [H, W, C]: (image, target), float32 [B, H, W, C] in [-1, 1] -> float32 scalar, weighted.

        grams: of the maps' Gram matrices, see `gram`, which know nothing of places. Its gradient reaches the image and
        not the target; its network is not part of any model's weights. Under a strategy, call it in its scope. Raises
        BadInput where a file is missing, damaged or not of that network, for an unknown layer, and for images that are
        too small for a layer.
        """
        if self.extractor == "none":
            return lambda image, target: tf.zeros([])
        maps, names = self._maps(shape)
        scales = self.weights or (1.0,) * len(names)
        norm = tf.abs if self.distance == "l1" else tf.square

        def loss(image, target):
            images, targets = (tf.cast(each, tf.float32) for each in (image, tf.stop_gradient(target)))
            found, wanted = maps(images), maps(targets)
            if grams:
                found, wanted = ([gram(each) for each in those] for those in (found, wanted))
            pairs = zip(scales, found, wanted, strict=True)
            return self.weight * tf.add_n([scale * tf.reduce_mean(norm(x - y)) for scale, x, y in pairs])

        return loss

    def _maps(self, shape: tuple[int, int, int]) -> tuple[Callable[[tf.Tensor], Sequence[tf.Tensor]], tuple[str, ...]]:
        if self.extractor == "lite0":
            return _lite0(shape, self._named(LITE0))
        if self.extractor.endswith(".keras"):
            return _saved(self.extractor, self.layers, shape)
        if self.extractor == "random":
            names, weights = self._named(_names(RANDOM)), _random(shape[2], self.seed)
            return _stack(weights, names, RANDOM, shape), names
        if self.extractor != "vgg19" and not self.extractor.endswith(".h5"):
            raise BadInput(
                f"perceptual.extractor: {self.extractor!r}; allowed: none, {', '.join(DEFAULTS)}, or the path of a .h5 "
                "or .keras file"
            )
        names = self._named(_names(VGG19), "vgg19")
        see = _stack(_read(_published() if self.extractor == "vgg19" else self.extractor), names, VGG19, shape)

        def maps(images):
            return [each / SCALE for each in see((_rgb(images) * 127.5 + 127.5 - MEAN)[..., ::-1])]

        return maps, names

    def _named(self, known: Sequence[str], extractor: str = "") -> tuple[str, ...]:
        for name in self.layers:
            if name not in known:
                raise BadInput(f"perceptual.layers: {name!r} is not in {self.extractor}; allowed: {', '.join(known)}")
        return self.layers or DEFAULTS[extractor or self.extractor]


def gram(maps: tf.Tensor) -> tf.Tensor:
    """float32 [B, H, W, C] -> [B, C, C]: the mean product of each two channels over places, divided by C (Gatys et al.
    2015, arXiv 1508.06576, eq. 3, by Johnson et al.'s scale, section 3.2)."""
    rows, height, width, channels = maps.shape
    flat = tf.reshape(maps, [-1 if rows is None else rows, height * width, channels])
    return tf.matmul(flat, flat, transpose_a=True) / (height * width * channels)


def _names(blocks: Sequence[int]) -> list[str]:
    return [f"block{block}_conv{conv}" for block, count in enumerate(blocks, 1) for conv in range(1, count + 1)]


def _stack(weights: dict, names: Sequence[str], blocks: Sequence[int], shape: tuple[int, int, int]) -> Callable:
    """VGG's convolutions as far as the last of `names`, 2x2 maxima between blocks -> their outputs before the ReLU."""
    order = _names(blocks)
    order = order[: max(map(order.index, names)) + 1]
    least = 2 ** (int(order[-1][5]) - 1)
    if min(shape[:2]) < least:
        raise BadInput(
            f"perceptual.layers: {order[-1]} takes images of {least} pixels or more, not {shape[0]}x{shape[1]}"
        )
    variables = {name: [tf.Variable(part, trainable=False) for part in weights[name]] for name in order}

    def see(x):
        found = {}
        for name in order:
            if name.endswith("_conv1") and name != order[0]:
                x = tf.nn.max_pool2d(x, 2, 2, "VALID")
            kernel, bias = variables[name]
            x = found[name] = tf.nn.conv2d(x, kernel, 1, "SAME") + bias
            x = tf.nn.relu(x)
        return [found[name] for name in names]

    return see


def _random(channels: int, seed: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """He et al. 2015, arXiv 1502.01852: normal of variance 2 / fan-in, no biases. By numpy: equal on every device."""
    draw, made = np.random.default_rng(seed), {}
    for name in _names(RANDOM):
        width = RANDOM_WIDTHS[int(name[5]) - 1]
        kernel = draw.normal(0, np.sqrt(2 / (9 * channels)), [3, 3, channels, width])
        made[name] = kernel.astype(np.float32), np.zeros(width, np.float32)
        channels = width
    return made


def _published() -> pathlib.Path:
    """VGG19's file where Keras keeps it, checked. Raises BadInput if it is missing or damaged."""
    path = pathlib.Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "models" / FILE
    if not path.exists():
        raise BadInput(
            f"perceptual.extractor: vgg19 needs {path} (80 MB), which is not there; it is fetched by "
            'python -c "import keras; keras.applications.VGG19(include_top=False)"'
        )
    if hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest() != MD5:
        raise BadInput(f"perceptual.extractor: {path} is not the published file; delete it to have it fetched again")
    return path


def _read(path: str | pathlib.Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Kernel and bias of each of VGG19's layers; any widths."""
    import h5py

    if not pathlib.Path(path).exists():
        raise BadInput(f"perceptual.extractor: {path} is not there; allowed: VGG19's weights without top, as {FILE}")
    made = {}
    with h5py.File(path) as file:
        for name in _names(VGG19):
            parts = _datasets(file[name]) if name in file else []
            ranks = {part.ndim: part.astype(np.float32) for part in parts}
            if len(parts) != 2 or set(ranks) != {1, 4}:
                raise BadInput(f"perceptual.extractor: {path} has no kernel and bias of {name}: not VGG19's weights")
            made[name] = ranks[4], ranks[1]
    return made


def _datasets(group) -> list[np.ndarray]:
    """All arrays within a group of an h5 file."""
    found = []
    group.visititems(lambda _, part: found.append(part[()]) if hasattr(part, "shape") else None)
    return found


def _lite0(shape: tuple[int, int, int], names: tuple[str, ...]):
    from ganzoo.metrics import lite0, perceptual

    least = max(map(int, names))
    if min(shape[:2]) < least:
        raise BadInput(f"perceptual.layers: {least} takes images of {least} pixels or more, not {shape[0]}x{shape[1]}")
    model = lite0.network(lite0.WEIGHTS.tensors(), shape[:2])
    last = perceptual.last_convolutions(model, model.input)
    last.trainable = False

    def maps(images):
        found = last(_rgb(images) * 127.5 + 127.5, training=False)
        return [found[LITE0.index(name)] for name in names]

    return maps, names


def _saved(path: str, names: tuple[str, ...], shape: tuple[int, int, int]):
    import keras

    if not pathlib.Path(path).exists():
        raise BadInput(f"perceptual.extractor: {path} is not there; allowed: a saved Keras model of images in [-1, 1]")
    model = keras.saving.load_model(path, compile=False)
    known = [layer.name for layer in model.layers]
    if not names or not set(names) <= set(known):
        raise BadInput(f"perceptual.layers: {', '.join(names) or 'none'} of {path}; allowed: {', '.join(known)}")
    if any(side not in (None, given) for side, given in zip(model.input.shape[1:], shape, strict=True)):
        raise BadInput(f"perceptual.extractor: {path} takes images {list(model.input.shape[1:])}, not {list(shape)}")
    part = keras.Model(model.input, [model.get_layer(name).output for name in names])
    part.trainable = False
    return lambda images: [tf.cast(each, tf.float32) for each in tf.nest.flatten(part(images, training=False))], names


def _rgb(images: tf.Tensor) -> tf.Tensor:
    from ganzoo.metrics import lite0

    return lite0.colours(images)
