"""pix2pixHD (lite): pairs at high resolution, by a deep residual G against discriminators at several scales.

Wang et al. 2018, "High-resolution image synthesis and semantic manipulation with conditional GANs", arXiv 1711.11585:
the global generator of section 3.2 (the residual G of `cyclegan` with more halvings), one D for the image and one for
its half, matching of D's maps (eq. 4), least squares. Played with `losses.least_squares`, which has half of both
losses: D's is what the authors descend, G's is doubled here; over scales both are summed (eq. 3). Maps are weighted as
in the authors' code: 10 x 4 / (stages + 1) times the mean over scales of the sum over D's maps, its logits apart. Left
out, hence lite:
- the local enhancer and its schedule (section 3.2): the global generator is trained at the image's own size;
- instance maps, their boundaries and the encoder of features (sections 3.3 and 3.4): what is told is the image of the
  other domain, as for the authors' `--no_instance --label_nc 0`;
- the comparison by VGG19 unless `perceptual` names it: model.perceptual.extractor=vgg19. The paper's weights are those
  of `VGG`, here on maps before their activation and divided by a constant, see `ganzoo.perceptual`.
Other differences: D halves and pads images as `patchgan.pyramid` says; D's fakes are of the present G, without a pool;
`up="resize"` as in `cyclegan`.
"""

import dataclasses
import functools
from typing import Literal

from ganzoo import translation
from ganzoo.errors import BadInput
from ganzoo.models.translation import cyclegan, paired, patchgan
from ganzoo.perceptual import Perceptual

# Switched off; model.perceptual.extractor=vgg19 has it.
VGG = Perceptual(
    "none",
    layers=("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1"),
    weights=(1 / 32, 1 / 16, 1 / 8, 1 / 4, 1.0),
    weight=10.0,
)


@dataclasses.dataclass(frozen=True)
class Pix2PixHD:
    """width, d_width: channels of the finest maps of G and D; downs: halvings of G, each of which doubles its channels;
    blocks: residual ones at the coarsest; scales: of D; stages: strided ones of each D; adversary, features,
    perceptual: weights of terms, see `paired.Weights`; direction: from which domain to which."""

    width: int = 64
    d_width: int = 64
    downs: int = 4
    blocks: int = 9
    up: Literal["transposed", "resize"] = "transposed"
    scales: int = 2
    stages: int = 3
    adversary: float = 1.0
    features: float = 10.0
    perceptual: Perceptual = VGG
    direction: paired.Direction = "a2b"

    def build(self, spec) -> paired.PairedGAN:
        """The game for pairs of `spec` (ganzoo.data.pairs.PairSpec). Raises BadInput for data that are no pairs, sides
        that are no multiple of 2 ** downs or too small, and fewer than one halving, block or scale."""
        for name in ("downs", "blocks", "scales", "stages"):
            if getattr(self, name) < 1:
                raise BadInput(f"model.{name}: {getattr(self, name)}; allowed: 1 or more")
        # Two pixels at the coarsest are the least that mirrored borders can be made of.
        multiple, least = 2**self.downs, 2 * 2**self.downs
        translation.check_pairs(spec, multiple, max(least, patchgan.least(self.stages, self.scales)))
        return paired.PairedGAN(
            self.direction,
            spec,
            functools.partial(cyclegan.generator, self),
            functools.partial(patchgan.pyramid, width=self.d_width, stages=self.stages, scales=self.scales),
            paired.Weights(
                self.adversary, features=self.features, perceptual=self.perceptual, g=2.0, maps=4 / (self.stages + 1)
            ),
            multiple,
            least,
            cyclegan.ResNet(downs=self.downs, blocks=self.blocks).reach,
        )
