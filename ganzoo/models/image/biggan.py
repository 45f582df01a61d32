"""BigGAN: SAGAN's networks, wide, told the class and a piece of z at every batch norm.

Brock, Donahue & Simonyan 2019, "Large scale GAN training for high fidelity natural image synthesis", arXiv 1809.11096,
section 3 and appendix B (details as in Brock's BigGAN-PyTorch). Played with `losses.hinge`, an average of the weights
and batch norm's moments taken anew for it ("standing statistics", section 3). Differences from the paper:
- 32x32 and smaller sizes have the networks of that code's CIFAR-10 script; 512x512 is not there;
- orthogonal regularisation is of G's own weights, before they are divided by their largest singular value;
- the truncation trick (section 3.1) gives an entry of z the law that drawing it anew until it is inside the threshold
  would give, by moving it and not by chance, see `generator.within`; batch norm's moments stay those of whole z.
The unconditional form, which the paper does not have, gives a batch norm its piece of z alone.
"""

import dataclasses
from collections.abc import Callable

import keras
import tensorflow as tf

from ganzoo import gan
from ganzoo.errors import BadInput
from ganzoo.layers import normalization, resampling, resnet, spectral
from ganzoo.models.image import sagan

EMBEDDING = "embedding"  # the layer that is not regularised

Initializer = Callable[[], keras.initializers.Initializer]


@dataclasses.dataclass(frozen=True)
class BigGAN:
    """width: channels of the finest map ("ch"), the coarser have multiples of it; attention, conditional: as of
    `sagan.SAGAN`.

    hierarchical: z is cut into equal pieces, one for G's first layer and one for each block. embedding: length of the
    one vector that all batch norms learn for a class; 0 = each has scales and offsets of its own for a class.
    initializer: makes that of every kernel. orthogonal: weight of the regularisation of G, 0 = none. standing: batches
    from which batch norm's moments are taken anew for sampling, 0 = as they moved in training.
    """

    width: int = 96
    z_dim: int = 120
    attention: int = 64
    conditional: bool = True
    hierarchical: bool = True
    embedding: int = 128
    initializer: Initializer = keras.initializers.Orthogonal
    orthogonal: float = 0.0
    standing: int = 16

    latent = "normal"

    def build(self, spec) -> gan.NoiseGAN:
        """The model for images of `spec` (ganzoo.data.images.Spec). Raises BadInput as `check` and `attention.side` do,
        without the classes that a conditional one needs, and for a number below 0."""
        return gan.played(self, spec)

    def game(self, spec) -> tuple[type, dict]:
        """As `gan.played` takes it."""
        self.check(spec)
        return game_of(self, spec)

    def check(self, spec) -> None:
        """Raises BadInput for a size that `sagan.stages` refuses, a z that does not divide, and pieces of z without a
        vector of the class beside them."""
        pieces = sagan.stages(spec) + 1
        if self.hierarchical and self.conditional and not self.embedding:
            raise BadInput("model.embedding: 0; allowed: at least 1, or model.hierarchical=false")
        if self.hierarchical and self.z_dim % pieces:
            near = max(self.z_dim // pieces, 1) * pieces
            raise BadInput(
                f"model.z_dim: {self.z_dim} is not {pieces} equal pieces at {spec.height}x{spec.width}; allowed: "
                f"multiples of {pieces} such as {near}, or model.hierarchical=false"
            )

    def generator(self, spec) -> keras.Model:
        """{"z": [B, z_dim] (, "label": int32 [B])} -> float32 [B, H, W, C] in [-1, 1]."""
        inputs, vector = told(self, spec)
        pieces = [inputs["z"]]
        if self.hierarchical:
            pieces = keras.ops.split(inputs["z"], sagan.stages(spec) + 1, axis=-1)

        def norm_of(block):
            parts = ([vector] if vector is not None else []) + ([pieces[block + 1]] if self.hierarchical else [])
            condition = keras.ops.concatenate(parts, axis=-1) if len(parts) > 1 else parts[0] if parts else None
            return norm_by(self, spec, condition, inputs.get("label"))

        conv = conv_of(self)
        x = sagan.start_of(pieces[0], spec, self.width, lambda units: spectral.SpectralDense(units, self.initializer()))
        x = sagan.grown(x, spec, self.width, norm_of, conv, self.attention)
        return keras.Model(inputs, sagan.image_of(x, spec, conv), name="generator")

    def discriminator(self, spec) -> keras.Model:
        """{"image": [B, H, W, C] (, "label": int32 [B])} -> float32 logits [B]."""
        image = keras.Input(spec.shape, name="image")
        x = sagan.shrunk(image, spec, self.width, conv_of(self), self.attention)
        return sagan.judging(image, x, spec.classes if self.conditional else 0, self.initializer)


class OrthogonalGAN(gan.NoiseGAN):
    """`NoiseGAN` whose G also descends `orthogonal` * `off_diagonal` of its kernels but the class embedding's."""

    def __init__(self, *args, orthogonal: float, **kwargs):
        super().__init__(*args, **kwargs)
        self.orthogonal = orthogonal

    @property
    def g_terms(self):
        return (*super().g_terms, "orthogonal")

    def g_loss(self, batch):
        spared = {weight.path for layer in self.generator.layers if layer.name == EMBEDDING for weight in layer.weights}
        kernels = [
            weight.value
            for weight in self.generator.trainable_variables
            if weight.name == "kernel" and weight.path not in spared
        ]
        return super().g_loss(batch) | {"orthogonal": self.orthogonal * off_diagonal(kernels)}


def off_diagonal(kernels: list[tf.Tensor]) -> tf.Tensor:
    """Sum over kernels of |W'W o (1 - I)|^2 (section 3.1, eq. 3), W the kernel as [inputs, outputs]. -> float32."""
    total = tf.zeros([])
    for kernel in kernels:
        matrix = tf.cast(tf.reshape(kernel, [-1, kernel.shape[-1]]), tf.float32)
        products = tf.matmul(matrix, matrix, transpose_a=True)
        total += tf.reduce_sum(tf.square(tf.linalg.set_diag(products, tf.zeros([matrix.shape[-1]]))))
    return total


def game_of(nets, spec) -> tuple[type, dict]:
    """The game of `nets`, a `BigGAN` or what has its fields, as `gan.played` takes it."""
    if nets.orthogonal < 0:
        raise BadInput(f"model.orthogonal: {nets.orthogonal} is not at least 0")
    if nets.standing < 0:
        raise BadInput(f"model.standing: {nets.standing} is not at least 0")
    choices = {"classes": gan.told(spec, nets.conditional), "standing": nets.standing, "cut_z": True}
    if nets.orthogonal:
        return OrthogonalGAN, choices | {"orthogonal": nets.orthogonal}
    return gan.NoiseGAN, choices


def told(nets, spec):
    """G's inputs, and the vector of the class [B, embedding], None without one."""
    inputs = {"z": keras.Input((nets.z_dim,), name="z")}
    if not nets.conditional:
        return inputs, None
    label = inputs["label"] = keras.Input((), dtype="int32", name="label")
    if not nets.embedding:
        return inputs, None
    table = keras.layers.Dense(nets.embedding, use_bias=False, kernel_initializer=nets.initializer(), name=EMBEDDING)
    # A product with one-hot rows, whose gradient is dense, which every optimizer takes alike.
    return inputs, table(keras.ops.one_hot(label, spec.classes))


def norm_by(nets, spec, condition, label) -> Callable:
    """A function that normalises a map: by linear functions of `condition` [B, any], where that is None by scales and
    offsets of the class."""

    def norm(x):
        if condition is None:
            if label is None:
                return normalization.BatchNorm()(x)
            return normalization.ConditionalBatchNorm(spec.classes)([x, label])
        gain, offset = (
            spectral.SpectralDense(x.shape[-1], nets.initializer(), use_bias=False)(condition) for _ in range(2)
        )
        return normalization.ModulatedBatchNorm()([x, gain, offset])

    return norm


def conv_of(nets) -> resnet.Conv:
    """Spectral convolutions whose kernels start as `nets.initializer` says, whatever a block proposes."""

    def conv(filters, kernel_size, kernel_initializer=None, apply=resampling.conv, use_bias=True):
        return spectral.SpectralConv2D(filters, kernel_size, nets.initializer(), apply, use_bias)

    return conv
