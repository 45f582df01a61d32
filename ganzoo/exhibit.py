"""What a game of noise shows of itself while it trains: a picture, metrics, and the measures of a diagnosis."""

import json
from collections.abc import Callable

import numpy as np
import PIL.Image

import ganzoo.recipe
from ganzoo import metrics, probe, samplers
from ganzoo.gan import NoiseGAN
from ganzoo.generator import Generator

ROWS = 8  # of a sample grid; a column is a class where there are at most ten


class Exhibit:
    """Of one model in training; all of it from the weights that the model has when it is asked."""

    def __init__(self, model: NoiseGAN, images, recipe: ganzoo.recipe.Recipe, fresh: Callable[[], NoiseGAN]):
        """images: the `ganzoo.data.images.ImageSet` of the training. fresh: makes the same model untrained, for the
        ceilings of metrics. Raises BadInput for metrics that these images cannot have."""
        self.model, self.images, self.recipe, self.fresh = model, images, recipe, fresh
        extractors = metrics.check(recipe.metrics, images.whole, steps=True)
        knowing = next((each for each in extractors.values() if each.class_names or each.modes), None)
        rows = ganzoo.recipe.rows(recipe)
        # Without a probe the diagnosis has the losses and the log alone.
        self.measure = probe.Probe(model, images, rows, knowing).measure if model.probed else dict
        self.generator = Generator(model)
        self.sampler = samplers.Sampler(self.generator.signature, self.generator.facts)
        self.columns = images.spec.classes if 2 <= images.spec.classes <= 10 else 8
        self.seeds = np.arange(ROWS * self.columns)

    def picture(self) -> PIL.Image.Image:
        """The samples of fixed seeds, not truncated."""
        self.generator.refresh()
        labels = self.seeds % self.columns if self.model.classes else None
        return self.images.picture(self.sampler.generate(self.seeds, labels, self.sampler.untruncated), self.columns)

    def originals(self) -> PIL.Image.Image:
        """As many of the reals."""
        reals = self.images.read(np.arange(min(len(self.seeds), len(self.images))))
        return self.images.picture(reals, self.columns)

    def judge(self) -> dict[str, dict]:
        """The recipe's metrics, see `metrics.evaluate`."""
        self.generator.refresh()
        return metrics.evaluate(
            self.recipe.metrics,
            fakes(self.sampler),
            self.images.whole,
            untrained=lambda: fakes(samplers.of(self.fresh())),
            key=network_key(self.recipe),
            steps=samplers.steps(self.sampler),
        )


def network_key(recipe: ganzoo.recipe.Recipe) -> str:
    """The name of an untrained generator: all that its weights depend on."""
    return json.dumps([ganzoo.recipe.describe(recipe.model), recipe.train.seed], sort_keys=True)


def fakes(sampler: samplers.Sampler, signature: str = "batch") -> Callable[[int, int], np.ndarray]:
    """(first seed, count) -> uint8 images, not truncated; a conditional generator makes each class equally often.

    Noise in the layers is the constant one, where the papers' protocol of StyleGAN has random noise for each image.
    """

    def make(start: int, count: int) -> np.ndarray:
        seeds = np.arange(start, start + count)
        labels = seeds % sampler.classes if sampler.classes else None
        return sampler.generate(seeds, labels, sampler.untruncated, signature)

    return make
