"""pix2pix: from one domain to another, learned from pairs, by a U-Net against a D that sees both images of a pair.

Isola et al. 2017, "Image-to-image translation with conditional adversarial networks", arXiv 1611.07004: losses of
section 3.1, networks of section 3.2 and appendix 6.1, training of section 3.3 and appendix 6.2. Played with
`losses.non_saturating` on the logits of patches, and G's mean absolute difference from the partner with weight `l1`.
D's loss is half the sum for reals and fakes, as in section 3.3. Details as in the authors' code: the first and the
last stage down are not normalised (the map after the last may be a single pixel), weights from N(0, 0.02), batch
norm's scales from N(1, 0.02). With norm="batch" the convolutions before a norm have no bias, and nor has G's first nor
its last one down: G's only bias is that of its output, D's are those of its first and its last convolution; that is
the authors' PyTorch code, whose parameters are counted. With norm="instance" every convolution has one.

Training and serving. The paper's only noise is dropout, and it leaves dropout and the statistics of the batch switched
on when it makes the pictures that it shows. Here a served network draws nothing and each row depends on itself alone:
dropout is off, and norm="batch" takes the moving moments of training, whatever the batch. With norm="instance", the
default, training and serving agree; at the paper's batch of 1 its batch norm in that mode is instance norm with a
learned scale and offset. Other differences:
- G is run anew in its own step, dropout included, where the authors' code shows D and G the same fake;
- `up="resize"` doubles a map by repeating pixels before a 3x3 convolution, where the transposed one can leave a
  checkerboard.
"""

import dataclasses
import functools
from typing import Literal

import keras

from ganzoo import translation
from ganzoo.errors import BadInput
from ganzoo.layers import dropout, normalization, padding, resampling
from ganzoo.models.translation import paired, patchgan

DROPPED = 3  # stages up, from the coarsest on, that drop values


@dataclasses.dataclass(frozen=True)
class Pix2Pix:
    """width, d_width: channels of the finest maps of G and D, eight times as many at most; downs: halvings from the
    image to the coarsest map, of which the sides are multiples of 2 ** downs; dropout: share of values that is zeroed
    in the first stages up; stages: strided ones of D, each logit sees 70 pixels for 3; adversary, l1: weights of terms,
    adversary 0 = a U-Net without D; direction: from which domain to which."""

    width: int = 64
    d_width: int = 64
    downs: int = 8
    norm: Literal["instance", "batch"] = "instance"
    dropout: float = 0.5
    up: Literal["transposed", "resize"] = "transposed"
    stages: int = 3
    adversary: float = 1.0
    l1: float = 100.0
    direction: paired.Direction = "a2b"

    def build(self, spec) -> paired.PairedGAN:
        """The game for pairs of `spec` (ganzoo.data.pairs.PairSpec). Raises BadInput for data that are no pairs, sides
        that are no multiple of 2 ** downs or leave D no patch, and values that `check` refuses."""
        self.check()
        multiple = 2**self.downs
        translation.check_pairs(spec, multiple, patchgan.least(self.stages) if self.adversary else multiple)
        return paired.PairedGAN(
            self.direction,
            spec,
            functools.partial(generator, self),
            functools.partial(discriminator, self),
            paired.Weights(self.adversary, self.l1, d=0.5),
            multiple,
            least=multiple,
        )

    def check(self):
        """Raises BadInput for fewer than two halvings, and a share of dropped values that is not in [0, 1)."""
        if self.downs < 2:
            raise BadInput(f"model.downs: {self.downs}; allowed: 2 or more")
        if not 0 <= self.dropout < 1:
            raise BadInput(f"model.dropout: {self.dropout}; allowed: from 0 to below 1")


def generator(nets: Pix2Pix, size: tuple[int | None, int | None], given: int, made: int) -> keras.Model:
    """{"image": [B, H, W, given]} -> float32 [B, H, W, made] in [-1, 1]. size: (H, W), multiples of 2 ** downs, None =
    any."""
    widths = [nets.width * min(2**stage, 8) for stage in range(nets.downs)]
    biased = nets.norm == "instance"
    x = image = keras.Input((*size, given), name="image")
    skips = []
    for stage, width in enumerate(widths):
        x = patchgan.conv(width, 2, use_bias=biased)(keras.layers.ZeroPadding2D(1)(x))
        if 0 < stage < nets.downs - 1:
            x = _norm(nets)(x)
        x = keras.layers.LeakyReLU(0.2)(x)
        skips.append(x)
    for stage, (width, skip) in enumerate(zip(reversed(widths[:-1]), reversed(skips[:-1]), strict=True)):
        x = _norm(nets)(_double(nets, width, use_bias=biased)(keras.layers.ReLU()(x)))
        if stage < DROPPED and nets.dropout:
            x = dropout.Dropout(nets.dropout)(x)
        x = keras.layers.Concatenate()([skip, x])
    x = _double(nets, made)(keras.layers.ReLU()(x))
    return keras.Model({"image": image}, keras.layers.Activation("tanh", dtype="float32")(x), name="generator")


def discriminator(nets: Pix2Pix, channels: int, size: tuple[int, int]) -> keras.Model:
    """{"image": [B, H, W, channels], both images of a pair} -> what `patchgan.pyramid` gives for one scale."""
    inner = patchgan.conv if nets.norm == "instance" else functools.partial(patchgan.conv, use_bias=False)
    return patchgan.pyramid(channels, size, nets.d_width, nets.stages, norm=_norm(nets), inner=inner)


def _norm(nets: Pix2Pix):
    """A function that normalises a map."""
    if nets.norm == "instance":
        return padding.instance_norm
    return lambda x: normalization.BatchNorm(gamma=keras.initializers.RandomNormal(1.0, 0.02))(x)


def _double(nets: Pix2Pix, filters: int, use_bias: bool = True):
    """A function that doubles the sides of a map."""
    start = keras.initializers.RandomNormal(0.0, 0.02)
    if nets.up == "transposed":
        return resampling.upconv(filters, use_bias=use_bias, kernel_initializer=start)
    conv = keras.layers.Conv2D(filters, 3, use_bias=use_bias, kernel_initializer=start)
    return lambda x: conv(padding.ReflectionPad(1)(keras.layers.UpSampling2D()(x)))
