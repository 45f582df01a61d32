"""The Python door to a trained generator of clips, a run folder or an exported model.

clips = ganzoo.clips.load("saved_models/mocogan_lite_moving_digits")
clips.film([0, 0], [1, 2], num_frames=32)  # uint8 [2, 32, H, W, C]: one content, two motions
"""

import json
import os
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from ganzoo import export
from ganzoo.errors import BadInput
from ganzoo.projector import MOST
from ganzoo.samplers import seeds_of

VALUES = 2**26  # pixels of a call, for memory


class Clips:
    """signature: name of a signature of `ganzoo.projector` -> its function. card: what is known of the model."""

    def __init__(self, signature: Callable[[str], Callable], card: dict[str, Any]):
        self._signature, self.card = signature, card
        self.shape: tuple[int, ...] = tuple(card["clip"])  # frames of training, H, W, C

    def film(
        self,
        content: Sequence[int],
        motion: Sequence[int],
        num_frames: int | None = None,
        signature: str = "serving_default",
    ) -> np.ndarray:
        """uint8 [N, T, H, W, C] of N seeds each of content and motion. num_frames: None = as many as in training.

        Raises BadInput for other numbers of frames than 1 .. `projector.MOST`, seeds of different lengths, and seeds
        that are not whole numbers of 64 bits.
        """
        frames = self.shape[0] if num_frames is None else num_frames
        check(frames)
        seeds = [seeds_of(content, "content"), seeds_of(motion, "motion")]
        if len(seeds[0]) != len(seeds[1]):
            raise BadInput(f"motion: {len(seeds[1])} seeds; allowed: {len(seeds[0])}, as many as of content")
        if not len(seeds[0]):
            return np.zeros([0, frames, *self.shape[1:]], np.uint8)
        rows = max(1, VALUES // (frames * int(np.prod(self.shape[1:]))))
        parts = []
        for start in range(0, len(seeds[0]), rows):
            some = (tf.constant(each[start : start + rows]) for each in seeds)
            given = dict(zip(("content_seed", "motion_seed"), some, strict=True))
            parts.append(self._signature(signature)(**given, num_frames=tf.constant(frames))["video"].numpy())
        return np.concatenate(parts)


def check(frames: int):
    """Raises BadInput."""
    if not 1 <= frames <= MOST:
        raise BadInput(f"num_frames: {frames}; allowed: 1 to {MOST}")


def films(source: str | os.PathLike) -> bool:
    """Whether a run folder or an export is of a game of clips; False where it is neither."""
    path = pathlib.Path(source)
    try:
        if (path / "recipe.json").is_file():
            shape = json.loads((path / "recipe.json").read_text(encoding="utf-8"))["image"]
            return isinstance(shape, list) and len(shape) == 4
    except (OSError, ValueError, KeyError):
        return False  # whoever reads it says what is wrong
    return export.states(path, "clip")


def load(source: str | os.PathLike) -> Clips:
    """The generator of a run folder (newest good checkpoint) or of an export (newest version). Raises BadInput."""
    path = pathlib.Path(source)
    if not films(source):
        raise BadInput(f"source: {source} makes no clips")
    if (path / "recipe.json").is_file():
        from ganzoo import train  # train exports at its end, and so imports this way round

        return of(train.restore(path))
    loaded, card = export.opened(export.find(path))
    return Clips(lambda name: loaded.signatures[name], card)


def of(model) -> Clips:
    """Those of a `video.VideoGAN` in memory, with the weights that it has now."""
    projector = model.served()
    return Clips(projector.signature, projector.facts)
