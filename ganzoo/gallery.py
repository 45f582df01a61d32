"""What a game between images shows of itself while it trains: fixed images through every direction, and metrics."""

import dataclasses
import functools
import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import PIL.Image
import tensorflow as tf

import ganzoo.data
import ganzoo.recipe
from ganzoo import metrics, page, pictures
from ganzoo.errors import BadInput
from ganzoo.metrics import fidelity, paired
from ganzoo.translation import TranslationGAN
from ganzoo.translator import Served

COUNT = 8  # images that are shown of each domain
ROWS = 16  # images a call


class Gallery:
    """Of one model in training; all of it from the weights that the model has when it is asked."""

    def __init__(
        self, model: TranslationGAN, images, recipe: ganzoo.recipe.Recipe, fresh: Callable[[], TranslationGAN]
    ):
        """images: the `ganzoo.data.pairs.PairSet` of the training. fresh: makes the same model untrained, for the
        ceilings of metrics. Raises BadInput for metrics that these images cannot have."""
        self.model, self.images, self.recipe, self.fresh = model, images, recipe, fresh
        self.judged = judged(recipe.test, images)
        self.served = Served(model)
        self.route().check(recipe.metrics)

    def picture(self) -> PIL.Image.Image:
        """A row for each direction's inputs and one below for what it makes of them; of pairs also the targets."""
        self.served.refresh()
        rows = []
        for direction, about in self.model.translators.items():
            given = self._shown(about.source)
            rows += [given, translate(self.served, direction, given)]
            rows += [self._shown(about.target)] if self.images.aligned else []
        return pictures.grid(np.concatenate(alike(rows)), COUNT)

    def originals(self) -> PIL.Image.Image:
        """The images of both domains that are shown."""
        return pictures.grid(np.concatenate(alike([self._shown("a"), self._shown("b")])), COUNT)

    def judge(self, names: Sequence[str] | None = None, direction: str | None = None) -> dict[str, dict]:
        """The metrics of `names`, None = the recipe's, of a direction, None = the first, over the recipe's `test`, or
        else the training's images with those held out: see `Route`. Ceilings are those of the untrained network."""
        self.served.refresh()
        route = self.route(direction)
        described = [ganzoo.recipe.describe(self.recipe.model), self.recipe.train.seed, self.judged.hash]
        if route.direction != next(iter(self.model.translators)):
            described.append(route.direction)
        return route.judge(
            self.recipe.metrics if names is None else names,
            untrained=lambda: self.route(direction, Served(self.fresh())).made,
            key=json.dumps(described, sort_keys=True),
        )

    def route(self, direction: str | None = None, served: Served | None = None) -> "Route":
        """A direction, None = the first, over the images by which it is judged."""
        places = {name: (about.source, about.target) for name, about in self.model.translators.items()}
        return route(served or self.served, places, direction, self.judged)

    def sheet(self, count: int, direction: str | None = None) -> page.Sheet:
        """See `Route.sheet`."""
        self.served.refresh()
        return self.route(direction).sheet(count)

    def plane(self, count: int) -> None:
        """None: there is no classical method to compare with."""

    def measure(self) -> dict[str, float]:
        """Nothing is measured for the diagnosis: without a latent there is no spread to lose."""
        return {}

    def _shown(self, part: str) -> np.ndarray:
        images = getattr(self.images, part)
        return images.read(np.resize(np.arange(min(COUNT, len(images))), COUNT))


@dataclasses.dataclass(frozen=True)
class Route:
    """One direction and the images that it is judged by, each a `data.images.ImageSet`.

    change: what makes images of that direction, uint8 [N, H, W, C] -> uint8 [N, sH, sW, C']. aligned: image i of the
    targets belongs to image i of the sources. back: what makes sources of targets again, None = nothing does.
    """

    direction: str
    sources: Any
    targets: Any
    aligned: bool
    change: Callable[[np.ndarray], np.ndarray]
    back: Callable[[np.ndarray], np.ndarray] | None = None

    def made(self, start: int, count: int) -> np.ndarray:
        """uint8 [count, H, W, C]: what is made of so many sources, from the first again after the last."""
        places = np.arange(start, start + count) % len(self.sources)
        return self.change(self.sources.read(places))

    def check(self, names: Sequence[str]) -> None:
        """Refuse, with BadInput, metrics that these images cannot have."""
        mine, others = paired.divide(names)
        sources = len(self.sources)
        paired.check(mine, sources if self.aligned else 0, sources, holes=False, alpha=False)
        metrics.check(others, self.targets)

    def judge(self, names: Sequence[str], **ceiling) -> dict[str, dict]:
        """Translated images against those of the target domain, see `metrics.evaluate`, whose `untrained` and `key`
        may be given; and image by image against its input or, of pairs, its target. Raises BadInput as `check`."""
        self.check(names)
        mine, others = paired.divide(names)
        most = max([0, *(metrics.parse(name).count for name in mine)])
        results = paired.evaluate(
            mine,
            lambda view, count: self.made(0, count),
            self.targets.read(np.arange(min(most, len(self.targets)))),
            inputs=self.sources.read(np.arange(min(most, len(self.sources)))),
            reals=self.targets.name if self.aligned else self.sources.name,
        )
        if others:
            results |= metrics.evaluate(others, self.made, self.targets, **ceiling)
        return {name: results[metrics.parse(name).name] for name in names}

    def sheet(self, count: int) -> page.Sheet:
        """Of the first `count` sources, or as many as there are: input and output, of pairs the target, and where there
        is a way back what it makes of the output."""
        count = min(count, len(self.sources))
        given, made = self.sources.read(np.arange(count)), self.made(0, count)
        columns, values = {"input": given, "output": made}, {}
        if self.aligned:
            columns["target"] = self.targets.read(np.arange(count))
            values |= page.fidelities(made, columns["target"])
        if self.back:
            columns["reconstruction"] = self.back(made)
            values["PSNR of reconstruction (dB)"] = fidelity.psnr(columns["reconstruction"], given).tolist()
        pairs = " PSNR and SSIM are of the outputs with their targets." if self.aligned else ""
        shown = f"The first {count} of {len(self.sources):,} images of {self.sources.name}, {self.direction}.{pairs}"
        return page.Sheet(columns, values, shown)


def route(served, places: dict[str, tuple[str, str]], direction: str | None, images) -> Route:
    """A direction, None = the first. served: a `translator.Served`, or whatever else has its `signature`. places: the
    parts of a batch, from which to which, by direction; images: a `data.pairs.PairSet`."""
    direction = direction or next(iter(places))
    source, target = places[direction]
    back = next((name for name, each in places.items() if each == (target, source)), None)
    there, again = (name and functools.partial(translate, served, name) for name in (direction, back))
    return Route(direction, getattr(images, source), getattr(images, target), images.aligned, there, again)


def judged(test: ganzoo.recipe.Data | ganzoo.recipe.Pairs | None, images):
    """The two sets by which a recipe of two is judged, whose `test` that is and whose training has `images`. Raises
    BadInput for a test set of other channels or of one."""
    if test is None:
        return (images.held_out or images) if images.aligned else images.whole
    test = ganzoo.data.open(test)
    if not hasattr(test, "b"):
        raise BadInput("test: one set; allowed: Pairs, as the training has")
    channels = [(each.a.spec.channels, each.b.spec.channels) for each in (test, images)]
    if channels[0] != channels[1]:
        raise BadInput(f"test: images of {channels[0]} channels; allowed: {channels[1]}, as the training has")
    return test


def translate(
    served, direction: str, images: np.ndarray, masks: np.ndarray | None = None, alpha: float = 1.0
) -> np.ndarray:
    """uint8 [N, H, W, C] -> uint8 [N, sH, sW, C']. served: what has the `signature` of a `translator.Served`.

    masks: uint8 [N, H, W, 1] for a direction that takes them; alpha: for one that has it, see `translator`.
    """
    call, made = served.signature(direction), []
    for start in range(0, len(images), ROWS):
        part = {"image": tf.constant(images[start : start + ROWS])}
        if masks is not None:
            part["mask"] = tf.constant(masks[start : start + ROWS])
        if "alpha" in call.structured_input_signature[1]:
            part["alpha"] = tf.fill([len(part["image"])], alpha)
        made.append(call(**part)["image"].numpy())
    return np.concatenate(made)


def alike(rows: list[np.ndarray]) -> list[np.ndarray]:
    """Rows of pictures, uint8 [N, H, W, C], of one size and number of channels: repeated pixels, grey as colour."""
    height, width = (max(row.shape[axis] for row in rows) for axis in (1, 2))
    channels = max(row.shape[3] for row in rows)
    return list(map(functools.partial(_fitted, shape=(height, width, channels)), rows))


def _fitted(images: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    height, width, channels = shape
    images = images.repeat(height // images.shape[1], axis=1).repeat(width // images.shape[2], axis=2)
    if channels == images.shape[3]:
        return images
    colour = np.broadcast_to(images[..., :1], (*images.shape[:3], 3)) if images.shape[3] == 1 else images
    opaque = np.full((*images.shape[:3], 1), 255, np.uint8)
    return colour if channels == 3 else np.concatenate([colour, opaque], axis=3)
