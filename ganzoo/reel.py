"""What a game of clips shows of itself while it trains: clips of fixed seeds, in rows and moving, and metrics."""

from collections.abc import Callable, Sequence

import numpy as np
import PIL.Image

import ganzoo.recipe
from ganzoo import clips, movies, video
from ganzoo.metrics import video as measures

ROWS = 8  # clips; the last half of them share one content


class Reel:
    """Of one model in training; all of it from the weights that the model has when it is asked."""

    def __init__(self, model: video.VideoGAN, images, recipe: ganzoo.recipe.Recipe, fresh: Callable):
        """images: the `ganzoo.data.video.VideoSet` of the training. Raises BadInput for metrics that these clips cannot
        have."""
        self.model, self.images, self.recipe = model, images, recipe
        measures.check(recipe.metrics, images)
        self.projector = model.served()
        self.clips = clips.Clips(self.projector.signature, self.projector.facts)

    def shown(self) -> np.ndarray:
        """uint8 [ROWS, T, H, W, C] of fixed seeds: half of them of contents of their own, half of one with several
        motions."""
        self.projector.refresh()
        half = ROWS // 2
        return self.clips.film([*range(half), *([half] * half)], range(ROWS))

    def picture(self) -> PIL.Image.Image:
        """`shown`, a clip in each row."""
        return self.images.picture(self.shown(), 0)

    def movie(self) -> list[np.ndarray]:
        """`shown`, beside each other: frames uint8 [h, w, C]."""
        return [movies.tile(frame, ROWS // 2) for frame in self.shown().swapaxes(0, 1)]

    def originals(self) -> PIL.Image.Image:
        """As many of the reals."""
        return self.images.picture(self.images.read(np.arange(min(ROWS, len(self.images)))), 0)

    def judge(self, names: Sequence[str] | None = None) -> dict[str, dict]:
        """The metrics of `names`, None = the recipe's, see `metrics.video`."""
        self.projector.refresh()
        names = self.recipe.metrics if names is None else names
        return measures.evaluate(names, self._film, self.images)

    def measure(self) -> dict[str, float]:
        """Nothing is measured for the diagnosis."""
        return {}

    def _film(self, count: int) -> np.ndarray:
        return self.clips.film(range(count), range(count), signature="batch")
