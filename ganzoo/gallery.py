"""What a game between images shows of itself while it trains: fixed images through every direction, and metrics."""

import functools
import json
from collections.abc import Callable

import numpy as np
import PIL.Image
import tensorflow as tf

import ganzoo.data
import ganzoo.recipe
from ganzoo import metrics, pictures
from ganzoo.errors import BadInput
from ganzoo.metrics import paired
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
        self.direction, self.about = next(iter(model.translators.items()))
        self.judged = judged(recipe, images)
        self.targets = getattr(self.judged, self.about.target)
        self.paired, self.others = paired.divide(recipe.metrics)
        sources = len(getattr(self.judged, self.about.source))
        paired.check(self.paired, sources if self.judged.aligned else 0, sources, holes=False, alpha=False)
        metrics.check(self.others, self.targets)
        self.served = Served(model)

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

    def judge(self) -> dict[str, dict]:
        """The recipe's metrics of the first direction, over its `test`, or else the training's images with those held
        out: translated images against those of the target domain, see `metrics.evaluate`, where the ceiling is the
        untrained network's; and, of pairs, each against its own."""
        self.served.refresh()
        most = max([0, *(metrics.parse(name).count for name in self.paired)])
        sources = getattr(self.judged, self.about.source)
        results = paired.evaluate(
            self.paired,
            lambda view, count: self._fakes(self.served)(0, count),
            self.targets.read(np.arange(min(most, len(self.targets)))),
            inputs=sources.read(np.arange(min(most, len(sources)))),
            reals=self.targets.name if self.judged.aligned else sources.name,
        )
        if self.others:
            described = [ganzoo.recipe.describe(self.recipe.model), self.recipe.train.seed, self.judged.hash]
            results |= metrics.evaluate(
                self.others,
                self._fakes(self.served),
                self.targets,
                untrained=lambda: self._fakes(Served(self.fresh())),
                key=json.dumps(described, sort_keys=True),
            )
        return {name: results[metrics.parse(name).name] for name in self.recipe.metrics}

    def measure(self) -> dict[str, float]:
        """Nothing is measured for the diagnosis: without a latent there is no spread to lose."""
        return {}

    def _shown(self, part: str) -> np.ndarray:
        images = getattr(self.images, part)
        return images.read(np.resize(np.arange(min(COUNT, len(images))), COUNT))

    def _fakes(self, served: Served) -> Callable[[int, int], np.ndarray]:
        sources = getattr(self.judged, self.about.source)

        def make(start: int, count: int) -> np.ndarray:
            return translate(served, self.direction, sources.read(np.arange(start, start + count) % len(sources)))

        return make


def judged(recipe: ganzoo.recipe.Recipe, images):
    """The two sets by which a recipe of two is judged. Raises BadInput for a test set of other channels or of one."""
    if recipe.test is None:
        return (images.held_out or images) if images.aligned else images.whole
    test = ganzoo.data.open(recipe.test)
    if not hasattr(test, "b"):
        raise BadInput("test: one set; allowed: Pairs, as the training has")
    channels = [(each.a.spec.channels, each.b.spec.channels) for each in (test, images)]
    if channels[0] != channels[1]:
        raise BadInput(f"test: images of {channels[0]} channels; allowed: {channels[1]}, as the training has")
    return test


def translate(
    served: Served, direction: str, images: np.ndarray, masks: np.ndarray | None = None, alpha: float = 1.0
) -> np.ndarray:
    """uint8 [N, H, W, C] -> uint8 [N, sH, sW, C'].

    masks: uint8 [N, H, W, 1] for a direction that takes them; alpha: for one that has it, see `translator`.
    """
    call, made = served.signature(direction), []
    for start in range(0, len(images), ROWS):
        part = {"image": tf.constant(images[start : start + ROWS])}
        if masks is not None:
            part["mask"] = tf.constant(masks[start : start + ROWS])
        if direction in served.fidelity:
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
