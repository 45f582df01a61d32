"""Context Encoder: the centre of an image, guessed from all around it through a narrow middle.

Pathak et al. 2016, "Context encoders: feature learning by inpainting", arXiv 1604.07379, section 3 and figure 9, as in
the authors' code: squared differences of weight 0.999 and D's opinion of weight 0.001, ten times the weight for a band
of the centre that is known (section 3.2), D shown the centre alone, batch norm. For images of other sizes than those of
training the network is taken as convolutions: the centre is the middle half of both sides. A hole beyond it stays
filled as it was given.
"""

import dataclasses

import keras
import tensorflow as tf

from ganzoo.gan import Batch, Terms
from ganzoo.layers import normalization
from ganzoo.models.restoration import inpainting

RECONSTRUCTION = 0.999
BAND = 10.0  # weight of what is known of the centre


class ContextGAN(inpainting.InpaintingGAN):
    """`inpainting.InpaintingGAN` of the centre."""

    def shown(self, image: tf.Tensor, spoilt: Batch) -> Batch:
        return {"image": _centre(image)}

    @property
    def added_terms(self):
        return ("l2",)

    def added(self, made: tf.Tensor, target: tf.Tensor, spoilt: Batch) -> Terms:
        made, target, mask = map(_centre, (made, target, spoilt["mask"]))
        weights = tf.where(mask > 0, 1.0, BAND)
        return {"l2": RECONSTRUCTION * tf.reduce_mean(weights * tf.square(made - target))}


@dataclasses.dataclass(frozen=True)
class ContextEncoder(inpainting.Inpainter):
    """`inpainting.Inpainter` with the values of the paper; pixel, known and coarse are not used."""

    pixel: float = 0.0
    adversary: float = 0.001

    def game(self, **given) -> ContextGAN:
        return ContextGAN(target=self.target, **given)

    def seen(self, channels: int) -> int:
        return channels


@dataclasses.dataclass(frozen=True)
class Encoder:
    """width: channels of the finest maps, up to eight times as many later; middle: of the narrowest, which has the
    whole of an image of 128x128."""

    width: int = 64
    middle: int = 4_000

    multiple, least, reach = 32, 128, None

    def make(self, size, given: int, made: int, scale: int = 1) -> keras.Model:
        """{"image": [B, H, W, given]}, the last channel the mask -> float32 [B, H, W, made]: the middle half of both
        sides is made, around it stands what is given. size: (H, W), None = any."""
        image = keras.Input((*size, given), name="image")
        x = image
        for stage, factor in enumerate((1, 1, 2, 4, 8)):
            x = _conv(factor * self.width, strides=2, padding="same")(x)
            x = keras.layers.LeakyReLU(0.2)(normalization.BatchNorm()(x) if stage else x)
        x = keras.layers.LeakyReLU(0.2)(normalization.BatchNorm()(_conv(self.middle)(x)))
        x = keras.layers.ReLU()(normalization.BatchNorm()(_up(8 * self.width, strides=1, padding="valid")(x)))
        for factor in (4, 2, 1):
            x = keras.layers.ReLU()(normalization.BatchNorm()(_up(factor * self.width)(x)))
        x = keras.layers.Activation("tanh", dtype="float32")(_up(made)(x))
        return keras.Model({"image": image}, Placed(dtype="float32")([x, image]), name="generator")


@dataclasses.dataclass(frozen=True)
class CentreD:
    """The paper's D of the centre. width: channels of the first of its four stages."""

    width: int = 64

    multiple = 32

    def make(self, channels: int, size: tuple[int, int]) -> keras.Model:
        """size: of the image. {"image": [B, H / 2, W / 2, channels]} -> float32 logits [B]."""
        image = x = keras.Input((size[0] // 2, size[1] // 2, channels), name="image")
        for stage in range(4):
            x = _conv(self.width * 2**stage, strides=2, padding="same")(x)
            x = keras.layers.LeakyReLU(0.2)(normalization.BatchNorm()(x) if stage else x)
        logit = keras.layers.Conv2D(1, tuple(x.shape[1:3]), kernel_initializer=_normal(), dtype="float32")(x)
        return keras.Model({"image": image}, logit[:, 0, 0, 0], name="discriminator")


class Placed(keras.layers.Layer):
    """[centre [B, H / 2, W / 2, C], image [B, H, W, C + 1]] -> the image with that centre, without its last channel."""

    def call(self, inputs):
        centre, image = inputs
        shape, around = tf.shape(image), image[..., : centre.shape[-1]]
        down, right = shape[1] // 4, shape[2] // 4
        pads = [[0, 0], [down, down], [right, right], [0, 0]]
        inside = tf.pad(tf.ones_like(centre[..., :1]), pads)
        return tf.pad(centre, pads) + tf.cast(around, centre.dtype) * (1 - inside)

    def compute_output_shape(self, input_shape):
        centre, image = input_shape
        return (*image[:3], centre[-1])


def _centre(image: tf.Tensor) -> tf.Tensor:
    height, width = image.shape[1:3]
    return image[:, height // 4 : height - height // 4, width // 4 : width - width // 4]


def _normal() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=0.02)


def _conv(filters: int, **kwargs) -> keras.layers.Layer:
    return keras.layers.Conv2D(filters, 4, kernel_initializer=_normal(), **kwargs)


def _up(filters: int, strides: int = 2, padding: str = "same") -> keras.layers.Layer:
    return keras.layers.Conv2DTranspose(filters, 4, strides=strides, padding=padding, kernel_initializer=_normal())
