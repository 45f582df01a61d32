"""Fast Fourier convolutions: half of a map looks at all of the image at once.

Chi et al. 2020, "Fast Fourier convolution", NeurIPS 33, as Suvorov et al. 2021, arXiv 2109.07161, section 2.1, have it:
channels in a local and a global part, every part convolved from both; from global to global in the frequencies of the
whole map, by 1x1 convolutions of real and imaginary parts. The transform is float32 in every precision. Differences: no
norm (see `models.restoration.lama`), and no second unit on quarters of the map.
"""

import keras
import tensorflow as tf

from ganzoo.layers import padding


class Spectrum(keras.layers.Layer):
    """[B, H, W, C] -> float32 [B, H, W // 2 + 1, 2 C]: real and imaginary parts of the orthonormal real transform over
    H and W."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs, dtype="float32")

    def call(self, x):
        maps = tf.transpose(x, [0, 3, 1, 2])
        found = tf.signal.rfft2d(maps) / tf.cast(_root(maps), tf.complex64)
        return tf.transpose(tf.concat([tf.math.real(found), tf.math.imag(found)], 1), [0, 2, 3, 1])

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return (batch, height, width and width // 2 + 1, 2 * channels)


class FromSpectrum(keras.layers.Layer):
    """The inverse of `Spectrum`: [spectrum, x] -> float32 [B, H, W, C] of x's H and W, which its own do not tell."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs, dtype="float32")

    def call(self, inputs):
        spectrum, like = inputs
        real, imaginary = tf.split(tf.transpose(spectrum, [0, 3, 1, 2]), 2, axis=1)
        maps = tf.signal.irfft2d(tf.complex(real, imaginary), tf.shape(like)[1:3])
        maps.set_shape([*real.shape[:2], *like.shape[1:3]])
        return tf.transpose(maps * _root(maps), [0, 2, 3, 1])

    def compute_output_shape(self, input_shape):
        spectrum, like = input_shape
        return (*like[:3], spectrum[-1] // 2)


def unit(x, conv):
    """[B, H, W, C] -> float32 of the same shape, every value of which depends on all of x. conv: filters, size ->
    layer."""
    spectrum = keras.layers.ReLU(dtype="float32")(conv(2 * x.shape[-1], 1, dtype="float32")(Spectrum()(x)))
    return FromSpectrum()([spectrum, x])


def convolved(parts, widths: tuple[int, int], conv):
    """(local, global) [B, H, W, *] -> the same of `widths` channels, either of which may be 0 in and out (None).

    conv: filters, size -> layer without padding, which is by mirrored borders here.
    """
    near, far = parts
    wide, global_width = widths
    padded = {id(part): padding.ReflectionPad(1)(part) for part in parts if part is not None}

    def local(width):
        return [conv(width, 3)(padded[id(part)]) for part in parts if part is not None]

    made_near = _sum(local(wide)) if wide else None
    if not global_width:
        return made_near, None
    made_far = [conv(global_width, 3)(padded[id(near)])] if near is not None else []
    if far is not None:
        inner = keras.layers.ReLU()(conv(max(1, global_width // 2), 1)(far))
        inner = keras.layers.Add(dtype="float32")([inner, unit(inner, conv)])
        made_far.append(conv(global_width, 1)(inner))
    return made_near, _sum(made_far)


def _sum(parts):
    return parts[0] if len(parts) == 1 else keras.layers.Add()(parts)


def _root(maps: tf.Tensor) -> tf.Tensor:
    """float32 []: the root of H W of maps [B, C, H, W]."""
    return tf.sqrt(tf.cast(tf.shape(maps)[2] * tf.shape(maps)[3], tf.float32))
