"""Games of images in, images out: what translation and restoration share.

A game has one network or more from images to images, each with a direction as its name ("a2b"), and is trained on
images of one size; the same weights then serve any size, see `ganzoo.translator`.
"""

import dataclasses
from collections.abc import Callable, Mapping

import keras

from ganzoo.errors import BadInput
from ganzoo.gan import GAN

Size = tuple[int | None, int | None]


@dataclasses.dataclass(frozen=True)
class Translator:
    """A network from images to images and what a caller must know of it.

    make: size (H, W), None = any -> a network {"image": float32 [B, H, W, given]} -> float32 [B, H * scale, W * scale,
    made], both in [-1, 1]. given, made: channels. source, target: the parts of a batch that it goes from and to.
    multiple: of which H and W must be one, and at least `least`. scale: sides of the output over the input's. fill: of
    an inpainting network, which is also given a mask as its last channel and whose image counts in the hole only: what
    the hole is filled with first, see `degradations.masks.hidden`; None = there is no mask. reach: how many pixels of
    its input on each side a pixel made can depend on, None = on all of the image. Instance norm, which does look at all
    of it, is left out of account: large images go through with given statistics, see `layers.instance`.
    """

    make: Callable[[Size], keras.Model]
    given: int
    made: int
    source: str = "a"
    target: str = "b"
    multiple: int = 1
    least: int = 1
    scale: int = 1
    fill: float | str | None = None
    reach: int | None = None


class TranslationGAN(GAN):
    """Base of the games between images. A subclass sets `d_nets` and writes `d_loss` and `g_loss`.

    translators: by direction; the first is what is served where none is named. sizes: (H, W) of each one's input in
    training. fidelity: by direction, a network of the same make that is nearer to the images and less vivid, between
    which and the trained one users choose (`alpha`); where there is one.
    """

    def __init__(self, translators: Mapping[str, Translator], sizes: Mapping[str, tuple[int, int]], **kwargs):
        super().__init__(**kwargs)
        self.translators, self.sizes = dict(translators), dict(sizes)
        self.networks = {direction: self._made(direction) for direction in translators}
        self.averaged: dict[str, keras.Model] = {}
        self.fidelity: dict[str, keras.Model] = {}

    def _made(self, direction: str) -> keras.Model:
        return self.translators[direction].make(self.sizes[direction])

    @property
    def g_nets(self):
        return tuple(self.networks.values())

    def make_averages(self):
        pairs = []
        for direction, network in self.networks.items():
            average = self._made(direction)
            average.set_weights(network.get_weights())
            self.averaged[direction] = average
            pairs.append((average, network))
        return tuple(pairs)

    def sampler(self, direction: str) -> keras.Model:
        """The network that serves a direction: its average where one is kept."""
        return self.averaged.get(direction, self.networks[direction])

    def exhibit(self, images, recipe, fresh):
        from ganzoo import gallery  # which translates, and so imports this way round

        return gallery.Gallery(self, images, recipe, fresh)

    def served(self):
        from ganzoo import translator

        return translator.Served(self)


def check_sizes(spec, multiple: int, least: int) -> tuple[int, int]:
    """(H, W) of both domains of a `data.pairs.PairSpec`. Raises BadInput unless they are of one size, with sides that
    are multiples of `multiple` and at least `least` pixels, and for data of a single domain."""
    if not hasattr(spec, "b"):
        raise BadInput("data: this model translates between two domains; allowed: a recipe whose data is Pairs")
    a, b = spec.a, spec.b
    if (a.height, a.width) != (b.height, b.width):
        raise BadInput(f"data.b.size: {b.height}x{b.width}, but a is {a.height}x{a.width}; allowed: one size for both")
    if a.height % multiple or a.width % multiple:
        raise BadInput(f"data.a.size: {a.height}x{a.width}; allowed: sides that are multiples of {multiple}")
    if min(a.height, a.width) < least:
        raise BadInput(f"data.a.size: {a.height}x{a.width}; allowed: sides of at least {least}")
    return a.height, a.width


def check_pairs(spec, multiple: int, least: int) -> tuple[int, int]:
    """`check_sizes` for a game that learns from pairs. Raises BadInput also where `b` is drawn independently of `a`."""
    size = check_sizes(spec, multiple, least)
    if not spec.aligned:
        raise BadInput("data.aligned: false, but this model learns from pairs; allowed: true")
    return size
