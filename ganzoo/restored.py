"""What a game of restoration shows of itself while it trains: spoilt images, what it makes of them, and metrics."""

import json
from collections.abc import Callable

import numpy as np
import PIL.Image

import ganzoo.data
import ganzoo.recipe
from ganzoo import gallery, metrics, pictures, restoration
from ganzoo.errors import BadInput
from ganzoo.metrics import paired
from ganzoo.restoration import DIRECTION, RestorationGAN
from ganzoo.translator import Served

COUNT = 8  # images that are shown


class Restored:
    """Of one model in training; all of it from the weights that the model has when it is asked.

    Images are those of the recipe's `test`, spoilt once by the recipe's degradation; without a test set, those held
    out, or else the first of the training.
    """

    def __init__(
        self, model: RestorationGAN, images, recipe: ganzoo.recipe.Recipe, fresh: Callable[[], RestorationGAN]
    ):
        """images: the `ganzoo.data.images.ImageSet` of the training. fresh: makes the same model untrained, for the
        ceilings of metrics. Raises BadInput for metrics that these images cannot have."""
        self.model, self.recipe, self.fresh = model, recipe, fresh
        self.reals = judged(recipe, images)
        self.paired, self.others = paired.divide(recipe.metrics)
        counts = [metrics.parse(name).count for name in recipe.metrics]
        wanted = min(max([COUNT, *counts]), len(self.reals))
        self.spoilt = restoration.spoil(model.degradation, self.reals.read(np.arange(wanted)))
        paired.check(self.paired, wanted, wanted, self.spoilt.masks is not None, bool(model.fidelity))
        metrics.check(self.others, self.reals)
        self.served = Served(model)

    def picture(self) -> PIL.Image.Image:
        """A row of spoilt images, one of what the network makes of them, one of the images as they were."""
        self.served.refresh()
        given, targets = self.spoilt.given[:COUNT], self.spoilt.targets[:COUNT]
        rows = gallery.alike([given, restore(self.served, self.spoilt, COUNT), targets])
        return pictures.grid(np.concatenate(rows), min(COUNT, len(targets)))

    def originals(self) -> PIL.Image.Image:
        """The images as they were."""
        return pictures.grid(self.spoilt.targets[:COUNT], min(COUNT, len(self.spoilt.targets)))

    def judge(self) -> dict[str, dict]:
        """The recipe's metrics. Those of pairs at PSNR and SSIM leave `scale` pixels out at each border; the ceiling of
        the others is the untrained network's."""
        self.served.refresh()
        results = self.pairs(self.served)
        if self.others:
            described = [ganzoo.recipe.describe(self.recipe.model), self.recipe.train.seed, self.reals.hash]
            results |= metrics.evaluate(
                self.others,
                self._fakes(self.served),
                self.reals,
                untrained=lambda: self._fakes(Served(self.fresh())),
                key=json.dumps(described, sort_keys=True),
            )
        return {name: results[metrics.parse(name).name] for name in self.recipe.metrics}

    def pairs(self, served: Served) -> dict[str, dict]:
        """The metrics of pairs alone."""
        scale = self.model.degradation.scale

        def view(name: str, count: int) -> np.ndarray:
            return restore(served, self.spoilt, count, paired.ALPHAS.get(name, 1.0))

        crop = scale if scale > 1 else 0
        spoilt = self.spoilt
        return paired.evaluate(
            self.paired, view, spoilt.targets, spoilt.masks, spoilt.given, crop=crop, reals=self.reals.name
        )

    def measure(self) -> dict[str, float]:
        """Nothing is measured for the diagnosis: without a latent there is no spread to lose."""
        return {}

    def _fakes(self, served: Served) -> Callable[[int, int], np.ndarray]:
        made = restore(served, self.spoilt, len(self.spoilt.targets))
        return lambda start, count: made[np.arange(start, start + count) % len(made)]


def judged(recipe: ganzoo.recipe.Recipe, images):
    """The images by which a recipe of one set is judged. Raises BadInput for a test set of other channels."""
    if recipe.test is None:
        return images.held_out or images
    test = ganzoo.data.open(recipe.test)
    if hasattr(test, "b") or test.spec.channels != images.spec.channels:
        raise BadInput(f"test: {test.name}; allowed: one set of {images.spec.channels} channels, as the training has")
    return test


def restore(served: Served, spoilt: restoration.Spoilt, count: int, alpha: float = 1.0) -> np.ndarray:
    """uint8 [count, H, W, C]: what the network makes of the first so many. alpha: see `translator`, 1 = the final
    network, and all that a model without a network of fidelity has."""
    masks = None if spoilt.masks is None else spoilt.masks[:count]
    return gallery.translate(served, DIRECTION, spoilt.given[:count], masks, alpha)
