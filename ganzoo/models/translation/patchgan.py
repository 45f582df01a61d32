"""The patch discriminator of pix2pix and CycleGAN: a logit for each patch of the image.

Isola et al. 2017, "Image-to-image translation with conditional adversarial networks", arXiv 1611.07004, section 3.2.2
and appendix 6.1.2: with three strided stages each logit sees 70x70 pixels, and an image of 256x256 has 30x30 of them.
Details as in the authors' code: 4x4 kernels on maps padded by one zero on every side, no normalisation of the first
stage, weights from N(0, 0.02).
"""

import keras

from ganzoo.layers import padding

LEAST = 24  # pixels of a side that three strided stages leave a logit of


def discriminator(channels: int, size: tuple[int | None, int | None], width: int = 64, stages: int = 3) -> keras.Model:
    """{"image": [B, H, W, channels]} -> float32 logits [B, h, w], each of a patch.

    size: (H, W), None = any. stages: strided ones; each logit sees 16, 34, 70 or 142 pixels for 1, 2, 3 or 4. width:
    channels of the first, doubled at each later one up to eight times.
    """
    image = keras.Input((*size, channels), name="image")
    x = keras.layers.LeakyReLU(0.2)(conv(width, 2)(keras.layers.ZeroPadding2D(1)(image)))
    for stage in range(1, stages + 1):
        filters = width * min(2**stage, 8)
        x = conv(filters, 2 if stage < stages else 1)(keras.layers.ZeroPadding2D(1)(x))
        x = keras.layers.LeakyReLU(0.2)(padding.instance_norm(x))
    logit = conv(1, 1, dtype="float32")(keras.layers.ZeroPadding2D(1, dtype="float32")(x))
    return keras.Model({"image": image}, logit[..., 0], name="discriminator")


def conv(filters: int, stride: int, **kwargs) -> keras.layers.Layer:
    """4x4, on a map that is padded already."""
    start = keras.initializers.RandomNormal(0.0, 0.02)
    return keras.layers.Conv2D(filters, 4, strides=stride, kernel_initializer=start, **kwargs)
