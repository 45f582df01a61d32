"""What spoils images, so that a network may learn to restore them.

A degradation is a value with

- `degradation(image, progress, stream) -> {"input": ...}`: what the network is given of the target `image`. Both are
  float32 [B, H, W, C] in [-1, 1] with H and W static; progress is `gan.Progress`, stream names the draws. A
  degradation that hides a part of the image also gives "mask", float32 [B, H, W, 1], 1 where it did;
- `scale`: H and W of the input are those of the image divided by it;
- `channels(C)`: the input's channels for images of C.

Every image has draws of its own, and all of them are pure functions of (seed, images seen, stream): evaluation uses
the same values with a progress that stands still. All of it compiles under XLA.
"""

from ganzoo.degradations.bicubic import Bicubic, upsample
from ganzoo.degradations.blur import Blur
from ganzoo.degradations.chain import Chain
from ganzoo.degradations.jpeg import JPEG
from ganzoo.degradations.masks import Box, Brush, Either, Inpaint, Irregular, Union
from ganzoo.degradations.noise import GaussianNoise, PoissonNoise
from ganzoo.degradations.resize import Resize
from ganzoo.degradations.second_order import SecondOrder

__all__ = [
    "JPEG",
    "Bicubic",
    "Blur",
    "Box",
    "Brush",
    "Chain",
    "Either",
    "GaussianNoise",
    "Inpaint",
    "Irregular",
    "PoissonNoise",
    "Resize",
    "SecondOrder",
    "Union",
    "upsample",
]
