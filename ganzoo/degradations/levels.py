"""Grey levels: images in [-1, 1] as the 8-bit files that hold them would give them back."""

import tensorflow as tf

from ganzoo.errors import BadInput


def rounded(image: tf.Tensor) -> tf.Tensor:
    """float32, any range -> the nearest of the 256 levels in [-1, 1], a half upwards. Its gradient is 0."""
    return counted(image) / 127.5 - 1


def counted(image: tf.Tensor) -> tf.Tensor:
    """float32, any range -> the nearest level as a float32 0..255, a half upwards."""
    return tf.floor(tf.clip_by_value(image * 127.5 + 127.5, 0.0, 255.0) + 0.5)


def each(values: tf.Tensor) -> tf.Tensor:
    """[B] -> [B, 1, 1, 1]."""
    return values[:, None, None, None]


def between(draw: tf.Tensor, low: float, high: float) -> tf.Tensor:
    """U[0, 1) -> U[low, high)."""
    return low + draw * (high - low)


def luma(image: tf.Tensor) -> tf.Tensor:
    """[B, H, W, C] -> [B, H, W, 1]: BT.601's luma in the image's own range; grey as it is."""
    if image.shape[-1] == 1:
        return image
    return tf.reduce_sum(image * [0.299, 0.587, 0.114], axis=-1, keepdims=True)


def check_colours(name: str, image: tf.Tensor) -> None:
    """Refuse, by BadInput, images that are neither grey nor RGB."""
    if image.shape[-1] not in (1, 3):
        raise BadInput(f"degradation {name}: images of {image.shape[-1]} channels; allowed: 1 (grey) or 3 (RGB)")


def check_range(name: str, low: float, high: float, least: float, most: float = float("inf")) -> None:
    """Refuse, by BadInput, a range that is empty or reaches beyond least..most."""
    if not least <= low <= high <= most:
        raise BadInput(f"degradation {name}: from {low} to {high}; allowed: {least} <= low <= high <= {most}")
