"""What a game between images shows of itself while it trains: fixed images through every direction, and metrics."""

import functools
import json
from collections.abc import Callable

import numpy as np
import PIL.Image
import tensorflow as tf

import ganzoo.recipe
from ganzoo import metrics, pictures
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
        self.targets = getattr(images.whole, self.about.target)
        metrics.check(recipe.metrics, self.targets)
        self.served = Served(model)

    def picture(self) -> PIL.Image.Image:
        """A row for each direction's inputs and one below for what it makes of them; of pairs also the targets."""
        self.served.refresh()
        rows = []
        for direction, about in self.model.translators.items():
            given = self._shown(about.source)
            rows += [given, translate(self.served, direction, given)]
            rows += [self._shown(about.target)] if self.images.aligned else []
        return pictures.grid(np.concatenate(_alike(rows)), COUNT)

    def originals(self) -> PIL.Image.Image:
        """The images of both domains that are shown."""
        return pictures.grid(np.concatenate(_alike([self._shown("a"), self._shown("b")])), COUNT)

    def judge(self) -> dict[str, dict]:
        """The recipe's metrics of the first direction: its images of the source domain against the target domain's, see
        `metrics.evaluate`. The ceiling is the untrained network's."""
        self.served.refresh()
        return metrics.evaluate(
            self.recipe.metrics,
            self._fakes(self.served),
            self.targets,
            untrained=lambda: self._fakes(Served(self.fresh())),
            key=json.dumps(
                [ganzoo.recipe.describe(self.recipe.model), self.recipe.train.seed, self.images.hash], sort_keys=True
            ),
        )

    def measure(self) -> dict[str, float]:
        """Nothing is measured for the diagnosis: without a latent there is no spread to lose."""
        return {}

    def _shown(self, part: str) -> np.ndarray:
        images = getattr(self.images, part)
        return images.read(np.resize(np.arange(min(COUNT, len(images))), COUNT))

    def _fakes(self, served: Served) -> Callable[[int, int], np.ndarray]:
        sources = getattr(self.images.whole, self.about.source)

        def make(start: int, count: int) -> np.ndarray:
            return translate(served, self.direction, sources.read(np.arange(start, start + count) % len(sources)))

        return make


def translate(served: Served, direction: str, images: np.ndarray) -> np.ndarray:
    """uint8 [N, H, W, C] -> uint8 [N, sH, sW, C']."""
    call = served.signature(direction)
    parts = [images[start : start + ROWS] for start in range(0, len(images), ROWS)]
    return np.concatenate([call(image=tf.constant(part))["image"].numpy() for part in parts])


def _alike(rows: list[np.ndarray]) -> list[np.ndarray]:
    """Rows of one size and number of channels: the largest size, repeated pixels, grey as colour."""
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
