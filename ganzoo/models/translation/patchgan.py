"""The patch discriminator of pix2pix and CycleGAN: a logit for each patch of the image, at one scale or at several.

Isola et al. 2017, "Image-to-image translation with conditional adversarial networks", arXiv 1611.07004, section 3.2.2
and appendix 6.1.2: with three strided stages each logit sees 70x70 pixels, and an image of 256x256 has 30x30 of them.
Details as in the authors' code: 4x4 kernels on maps padded by one zero on every side, no normalisation of the first
stage, weights from N(0, 0.02). `pyramid` is that of Wang et al. 2018, "High-resolution image synthesis and semantic
manipulation with conditional GANs", arXiv 1711.11585, section 3.2: one such network for the image and another for each
of its reductions, whose maps are also given for feature matching. Differences there: images are halved by the mean of
2x2 pixels, where the authors' code takes 3x3 at every second pixel, and maps are padded by one zero, there by two.
"""

from collections.abc import Callable

import keras

from ganzoo.layers import padding

LEAST = 24  # pixels of a side that three strided stages leave a logit of


def least(stages: int, scales: int = 1) -> int:
    """Pixels of a side that leave a logit at the coarsest scale."""
    return 3 * 2 ** (stages + scales - 1)


def discriminator(channels: int, size: tuple[int | None, int | None], width: int = 64, stages: int = 3) -> keras.Model:
    """{"image": [B, H, W, channels]} -> float32 logits [B, h, w], each of a patch.

    size: (H, W), None = any. stages: strided ones; each logit sees 16, 34, 70 or 142 pixels for 1, 2, 3 or 4. width:
    channels of the first, doubled at each later one up to eight times.
    """
    image = keras.Input((*size, channels), name="image")
    logits, _ = _patches(image, width, stages, padding.instance_norm, conv)
    return keras.Model({"image": image}, logits, name="discriminator")


def pyramid(
    channels: int,
    size: tuple[int | None, int | None],
    width: int = 64,
    stages: int = 3,
    scales: int = 1,
    norm: Callable = padding.instance_norm,
    inner: Callable[..., keras.layers.Layer] | None = None,
) -> keras.Model:
    """{"image": [B, H, W, channels]} -> {"logits": one for each scale, the finest first, "maps": as many lists}.

    logits: float32 [B, h, w]. maps: those of a network's stages from the image on, [B, h, w, C]. scales: networks, each
    for an image of half the sides of the one before. norm: a function that normalises a map. inner: what makes the
    convolutions before a norm, a function as `conv`, which it is by default. The rest is as in `discriminator`.
    """
    image = keras.Input((*size, channels), name="image")
    seen, logits, maps = image, [], []
    for scale in range(scales):
        if scale:
            seen = keras.layers.AveragePooling2D(2, dtype="float32")(seen)
        found = _patches(seen, width, stages, norm, inner or conv)
        logits.append(found[0])
        maps.append(found[1])
    return keras.Model({"image": image}, {"logits": logits, "maps": maps}, name="discriminator")


def _patches(x, width: int, stages: int, norm: Callable, inner: Callable[..., keras.layers.Layer]):
    """An image -> float32 logits [B, h, w], and the maps of its stages."""
    maps = [keras.layers.LeakyReLU(0.2)(conv(width, 2)(keras.layers.ZeroPadding2D(1)(x)))]
    for stage in range(1, stages + 1):
        filters = width * min(2**stage, 8)
        x = inner(filters, 2 if stage < stages else 1)(keras.layers.ZeroPadding2D(1)(maps[-1]))
        maps.append(keras.layers.LeakyReLU(0.2)(norm(x)))
    logit = conv(1, 1, dtype="float32")(keras.layers.ZeroPadding2D(1, dtype="float32")(maps[-1]))
    return logit[..., 0], maps


def conv(filters: int, stride: int, **kwargs) -> keras.layers.Layer:
    """4x4, on a map that is padded already."""
    start = keras.initializers.RandomNormal(0.0, 0.02)
    return keras.layers.Conv2D(filters, 4, strides=stride, kernel_initializer=start, **kwargs)
