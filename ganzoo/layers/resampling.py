"""Layers that change the resolution."""

import keras


def upconv(filters: int, **kwargs) -> keras.layers.Layer:
    """Transposed convolution, 4x4 kernel, stride 2, 'same': [B, H, W, C] -> [B, 2H, 2W, filters]."""
    return keras.layers.Conv2DTranspose(filters, 4, strides=2, padding="same", **kwargs)
