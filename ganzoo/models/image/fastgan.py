"""FastGAN: for a hundred to a thousand images, a light generator and a D that must also remember what it saw.

Liu, Zhu, Song & Elgammal 2021, "Towards faster and stabilized GAN training for high-fidelity few-shot image synthesis",
arXiv 2101.04775, section 3: skip-layer excitation in G (3.1), a D trained as the encoder of an autoencoder (3.2).
Played with `losses.hinge`, `augment.DiffAugment` and an average of the weights.

D's autoencoder: two decoders redraw the real image that D was shown, augmentation included, from D's last map (all of
it) and from a random part of the map before, half of its height and width (that part of the image). They learn with D,
on reals only, and are not there for fakes.

Differences from the paper:
- the reconstruction is compared by the mean absolute difference of pixels, without a perceptual network, whose weights
  would have to be fetched;
- a map excites the one `reach` doublings finer, 4 in the paper: 4x4 -> 64x64, 8x8 -> 128x128 and so on. An image of 64
  pixels keeps the first of them alone, and one of 32 none unless `reach` is smaller;
- D's answer is the mean over its patches, of which the paper's hinge takes each by itself;
- G has no noise at its pixels, D no excitation between its maps;
- every kernel of both players is spectrally normalised, the decoders' are not;
- sides that halve evenly to 4 to 7, square or not, beside squares of a power of two, and the coarsest map is then as
  large as that; above 256 pixels (at 4x4) D begins with a strided convolution for each halving.
"""

import dataclasses

import keras
import tensorflow as tf

from ganzoo import augment, gan
from ganzoo.errors import BadInput
from ganzoo.layers import normalization, resampling, resnet, spectral

# Channels of a map, in widths, by how often it doubles to it from the coarsest.
CHANNELS = (16, 8, 4, 2, 2, 1, 0.5, 0.25, 0.125)
DECODED = (4, 2, 2, 1)  # the same of a decoder's maps, which are no more: the paper's decoders end at 128x128
BLOCKS = 6  # doublings up to which D's blocks begin at the image's own resolution
SLOPE = 0.1  # of D's leaky ReLU, and of the excitations'


@dataclasses.dataclass(frozen=True)
class FastGAN:
    """The networks. g_width, d_width: channels of a 128x128 map, the coarser have multiples of it; z_dim: length of z.

    reach: doublings from a map of G to the one that it excites. reconstruction: weight of D's autoencoding.
    conditional: the networks take labels, as the paper's do not: G's batch norms have a scale and an offset for each
    class, D's logit has the projection of the class on the mean of its last map.
    """

    g_width: int = 64
    d_width: int = 64
    z_dim: int = 256
    reach: int = 4
    reconstruction: float = 1.0
    conditional: bool = False

    latent = "normal"

    def build(self, spec) -> "AutoencodingGAN":
        """The model for images of `spec` (ganzoo.data.images.Spec). Labels are ignored unless `conditional`. Raises
        BadInput for a size that `stages` refuses, a reach below 1, a weight below 0, and without classes where they are
        needed."""
        return gan.played(self, spec)

    def game(self, spec) -> tuple[type, dict]:
        """As `gan.played` takes it."""
        if self.reach < 1:
            raise BadInput(f"model.reach: {self.reach} is not at least 1")
        if self.reconstruction < 0:
            raise BadInput(f"model.reconstruction: {self.reconstruction} is not at least 0")
        stages(spec)
        return AutoencodingGAN, {
            "decoders": decoders(spec, self.d_width),
            "reconstruction": self.reconstruction,
            "classes": gan.told(spec, self.conditional),
        }

    def generator(self, spec) -> keras.Model:
        """{"z": [B, z_dim] (, "label": int32 [B])} -> float32 [B, H, W, C] in [-1, 1]."""
        height, breadth, _ = resnet.grid(spec)
        z = keras.Input((self.z_dim,), name="z")
        inputs, norm = {"z": z}, _norm
        if self.conditional:
            label = inputs["label"] = keras.Input((), dtype="int32", name="label")

            def norm(x):
                return normalization.ConditionalBatchNorm(spec.classes)([x, label])

        channels = _channels(self.g_width)
        # A transposed convolution of a 1x1 map is a matrix product.
        x = spectral.SpectralDense(height * breadth * 2 * channels[0], use_bias=False)(z)
        x = _gated(keras.layers.Reshape((height, breadth, 2 * channels[0]))(x), norm)
        maps = [x]
        for stage in range(1, stages(spec) + 1):
            conv = spectral.SpectralConv2D(2 * channels[stage], 3, apply=resampling.upsample_conv, use_bias=False)
            x = _gated(conv(x), norm)
            if stage >= self.reach:
                x = excited(x, maps[stage - self.reach], (height, breadth))
            maps.append(x)
        x = spectral.SpectralConv2D(spec.channels, 3)(x)
        image = keras.layers.Activation("tanh", dtype="float32", name="image")(x)
        return keras.Model(inputs, image, name="generator")

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, H, W, C] (, "label": int32 [B])} -> {"logit": float32 [B], "before", "last": D's last two maps,
        float32 [B, 4h, 4w, F] and [B, 2h, 2w, F] for a coarsest map of G of h x w}."""
        channels = _channels(self.d_width)
        x = image = keras.Input(spec.shape, name="image")
        finest = min(stages(spec), BLOCKS)
        if finest == stages(spec):
            x = keras.layers.LeakyReLU(SLOPE)(spectral.SpectralConv2D(channels[finest], 3)(x))
        for stage in reversed(range(finest, stages(spec))):
            x = spectral.SpectralConv2D(channels[stage], 4, apply=resampling.strided)(x)
            x = keras.layers.LeakyReLU(SLOPE)(x)
        before = None
        for stage in reversed(range(1, finest)):
            before, x = x, _down(x, channels[stage])
        maps = {
            name: keras.layers.Activation("linear", dtype="float32", name=name)(each)
            for name, each in (("before", before), ("last", x))
        }
        features = _normed(spectral.SpectralConv2D(channels[0], 1, use_bias=False)(x))
        x = spectral.SpectralConv2D(1, 4, dtype="float32")(features)
        # Without the places whose 4x4 patch reaches beyond the map: 5x5 of 8x8.
        patches = keras.layers.Cropping2D(((1, 2), (1, 2)), dtype="float32")(x)
        logit = keras.layers.Reshape((), dtype="float32", name="logit")(
            keras.layers.GlobalAveragePooling2D(dtype="float32")(patches)
        )
        inputs = {"image": image}
        if self.conditional:
            label = inputs["label"] = keras.Input((), dtype="int32", name="label")
            embedding = spectral.SpectralEmbedding(spec.classes, features.shape[-1], dtype="float32")
            mean = keras.layers.GlobalAveragePooling2D(dtype="float32")(features)
            projection = keras.layers.Dot(1, dtype="float32")([mean, embedding(label)])
            logit = keras.layers.Add(dtype="float32")([logit, keras.layers.Reshape((), dtype="float32")(projection)])
        return keras.Model(inputs, {"logit": logit} | maps, name="discriminator")


class AutoencodingGAN(gan.NoiseGAN):
    """`NoiseGAN` whose D also descends `reconstruction` times what its decoders' images of a real lack.

    D: {"image"} -> {"logit": float32 [B], "before", "last": maps}. decoders: networks {"map"} -> float32 images in
    [-1, 1], of the whole image from "last" and of a part from half of the height and width of "before".
    """

    extends = False
    d_terms = ("adv", "rec")

    def __init__(self, *args, decoders: tuple[keras.Model, keras.Model], reconstruction: float, **kwargs):
        super().__init__(*args, **kwargs)
        self.whole, self.part = decoders
        self.reconstruction = reconstruction

    @property
    def d_nets(self):
        return (self.discriminator, self.whole, self.part)

    def critic(self, batch, training=True, player="d"):
        judge = super().critic(batch, training, player)
        return lambda images: judge(images)["logit"]

    def d_loss(self, batch):
        real, fake = batch["image"], tf.stop_gradient(self.fake(batch, "d"))
        judge, shown = super().critic(batch), real
        on_real, fake_logits = judge(real), judge(fake)["logit"]
        if self.augment is not None:
            shown = self.augment(real, self.progress, "d/augment/0")  # by the draw of the first tensor that D saw
        terms = {
            "adv": self.adversarial.d(on_real["logit"], fake_logits),
            "rec": self.reconstruction * self.lack(shown, on_real),
        } | self.penalties(lambda images: judge(images)["logit"], real, fake, (on_real["logit"], fake_logits))
        self.observe_accuracy(on_real["logit"], fake_logits)
        return terms

    def lack(self, images: tf.Tensor, on_images: dict[str, tf.Tensor]) -> tf.Tensor:
        """Mean absolute difference of the images and their reconstructions from D's maps, of the whole plus of a part.

        images: float32 [B, H, W, C], what D was shown. -> float32 scalar.
        """
        shares = self.progress.uniform([images.shape[0], 2], "d/part")
        cells, piece = _halves(on_images["before"], images, shares)
        return _difference(self.whole({"map": on_images["last"]}, training=True), images) + _difference(
            self.part({"map": cells}, training=True), piece
        )


def stages(spec) -> int:
    """How often G's map doubles. Raises BadInput for a size that `resnet.grid` refuses, under 16, or with more than 8
    doublings."""
    count = resnet.grid(spec)[2]
    if not 2 <= count < len(CHANNELS):
        raise BadInput(
            f"data.size: {spec.height}x{spec.width} does not suit FastGAN; allowed: a shorter side of 16 to 1792"
        )
    return count


def excited(x, coarse, grid: tuple[int, int]):
    """x [B, H, W, C] times a number in (0, 1) for each image and channel, from `coarse` [B, h, w, c] (section 3.1).

    grid: height and width to which the coarse map is averaged, and which divide its own.
    """
    channels = x.shape[-1]
    gate = keras.layers.AveragePooling2D((coarse.shape[1] // grid[0], coarse.shape[2] // grid[1]))(coarse)
    # A convolution whose kernel is as large as the map is a matrix product.
    gate = spectral.SpectralDense(channels)(keras.layers.Flatten()(gate))
    gate = keras.layers.LeakyReLU(SLOPE)(gate)
    gate = keras.layers.Activation("sigmoid")(spectral.SpectralDense(channels)(gate))
    return keras.layers.Multiply()([x, keras.layers.Reshape((1, 1, channels))(gate)])


def decoders(spec, width: int) -> tuple[keras.Model, keras.Model]:
    """The decoders of the whole and of a part: {"map": float32 [B, 2h, 2w, F]} -> float32 images in [-1, 1].

    Of up to 16 times the map's sides, and not larger than the image or its part.
    """
    last, before = _channels(width)[1:3]
    count = stages(spec)
    # With so few stages the map before is the image's first convolution.
    whole = _decoder(spec, last, width, min(count - 1, len(DECODED)), "whole")
    return whole, _decoder(spec, before, width, min(count - 2, len(DECODED)), "part")


def _decoder(spec, filters: int, width: int, doublings: int, name: str) -> keras.Model:
    height, breadth, _ = resnet.grid(spec)
    x = cells = keras.Input((2 * height, 2 * breadth, filters), name="map")
    for multiple in DECODED[:doublings]:
        channels = max(multiple * width // 2, 1)
        x = _gated(resampling.Conv2D(2 * channels, 3, apply=resampling.upsample_conv, use_bias=False)(x))
    x = resampling.Conv2D(spec.channels, 3)(x)
    return keras.Model({"map": cells}, keras.layers.Activation("tanh", dtype="float32")(x), name=name)


def _channels(width: int) -> list[int]:
    return [max(int(multiple * width), 1) for multiple in CHANNELS]


def _norm(x):
    return normalization.BatchNorm()(x)


def _gated(x, norm=_norm):
    """Batch norm and a gated linear unit: [B, h, w, 2C] -> [B, h, w, C], the first half times the second's sigmoid."""
    values, gates = keras.ops.split(norm(x), 2, axis=-1)
    return values * keras.ops.sigmoid(gates)


def _normed(x):
    return keras.layers.LeakyReLU(SLOPE)(normalization.BatchNorm()(x))


def _down(x, filters: int):
    """D's residual block: [B, 2H, 2W, C] -> [B, H, W, filters], the mean of both branches."""
    shortcut = keras.layers.AveragePooling2D(2)(x)
    shortcut = _normed(spectral.SpectralConv2D(filters, 1, use_bias=False)(shortcut))
    x = _normed(spectral.SpectralConv2D(filters, 4, apply=resampling.strided, use_bias=False)(x))
    x = _normed(spectral.SpectralConv2D(filters, 3, use_bias=False)(x))
    return keras.layers.Average()([x, shortcut])


def _halves(cells: tf.Tensor, images: tf.Tensor, shares: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """The same half of each side of maps [B, h, w, F] and of the images [B, H, W, C] that they are of.

    shares: float32 [B, 2] in [0, 1), where it begins, among the cells at which it may.
    """
    starts = [
        tf.cast(tf.floor(shares[:, axis] * (cells.shape[1 + axis] // 2 + 1)), tf.int32)[:, None] for axis in (0, 1)
    ]
    parts = []
    for maps in (cells, images):
        places = []
        for axis, start in enumerate(starts):
            size = maps.shape[1 + axis]
            places.append(start * (size // cells.shape[1 + axis]) + tf.range(size // 2))
        parts.append(augment.gathered(maps, *places))
    return tuple(parts)


def _difference(made: tf.Tensor, images: tf.Tensor) -> tf.Tensor:
    """Mean absolute difference, the images averaged over blocks down to the size of what was made of them."""
    block = images.shape[1] // made.shape[1]
    rows, height, width, channels = made.shape
    blocks = tf.reshape(images, [rows, height, block, width, block, channels])
    return tf.reduce_mean(tf.abs(made - tf.reduce_mean(blocks, axis=[2, 4])))
