"""Pre-activation residual blocks of the ResNet GANs (WGAN-GP, SNGAN, the projection cGAN, SAGAN and BigGAN).

Gulrajani et al. 2017 (arXiv 1704.00028), appendix F, and Miyato et al. 2018 (arXiv 1802.05957), appendix B.4, use the
same blocks: two 3x3 convolutions with Glorot's variance doubled, and a 1x1 convolution on the shortcut where the
resolution or the width changes. The 1x1 convolution is computed at the coarser resolution, where it is the same map.
The argument `conv` of a block is `resampling.Conv2D`, its spectral form, or a function of the same arguments.
"""

from collections.abc import Callable

import keras

from ganzoo.errors import BadInput
from ganzoo.layers import resampling

Conv = Callable[..., keras.layers.Layer]


def up(x, filters: int, norm: Callable, conv: Conv = resampling.Conv2D):
    """[B, H, W, C] -> [B, 2H, 2W, filters]. norm: a function that normalises a map."""
    shortcut = keras.layers.UpSampling2D()(conv(filters, 1)(x))
    x = keras.layers.ReLU()(norm(x))
    x = conv(filters, 3, _doubled(), resampling.upsample_conv)(x)
    x = keras.layers.ReLU()(norm(x))
    return keras.layers.Add()([conv(filters, 3, _doubled())(x), shortcut])


def down(x, filters: int, conv: Conv):
    """[B, 2H, 2W, C] -> [B, H, W, filters]."""
    shortcut = conv(filters, 1)(keras.layers.AveragePooling2D(2)(x))
    x = conv(filters, 3, _doubled())(keras.layers.ReLU()(x))
    x = conv(filters, 3, _doubled(), resampling.conv_pool)(keras.layers.ReLU()(x))
    return keras.layers.Add()([x, shortcut])


def first_down(image, filters: int, conv: Conv):
    """`down` for the image itself, which is not activated before the first convolution."""
    shortcut = conv(filters, 1)(keras.layers.AveragePooling2D(2)(image))
    x = conv(filters, 3, _doubled())(image)
    x = conv(filters, 3, _doubled(), resampling.conv_pool)(keras.layers.ReLU()(x))
    return keras.layers.Add()([x, shortcut])


def same(x, conv: Conv):
    """A block of D that keeps resolution and width."""
    filters = x.shape[-1]
    residual = conv(filters, 3, _doubled())(keras.layers.ReLU()(x))
    residual = conv(filters, 3, _doubled())(keras.layers.ReLU()(residual))
    return keras.layers.Add()([residual, x])


def grid(spec) -> tuple[int, int, int]:
    """(height, width) of the coarsest map and the number of times it doubles, for a shorter side of 4 to 7 there.

    Raises BadInput for a size that no such grid reaches.
    """
    height, width, stages = spec.height, spec.width, 0
    while min(height, width) >= 8 and height % 2 == 0 and width % 2 == 0:
        height, width, stages = height // 2, width // 2, stages + 1
    if stages == 0 or not 4 <= min(height, width) <= 7:
        raise BadInput(
            f"data.size: {spec.height}x{spec.width} does not suit these networks; allowed: sides that halve evenly "
            "until the shorter is 4 to 7, e.g. 28, 32, 48, 64, 128 or 64x96"
        )
    return height, width, stages


def _doubled() -> keras.initializers.Initializer:
    return keras.initializers.VarianceScaling(2.0, mode="fan_avg", distribution="uniform")
