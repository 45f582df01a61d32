"""Several degradations, one after the other."""

import dataclasses
import math

import tensorflow as tf

from ganzoo.degradations import levels
from ganzoo.errors import BadInput


@dataclasses.dataclass(frozen=True)
class Chain:
    """Each of `parts` spoils what the one before it made; one that hides a part of the image comes last.

    probabilities: of each part, drawn for each image, () = always. Raises BadInput for as many as there are no parts,
    and for a part that is left out now and then but changes size or channels.
    """

    parts: tuple = ()
    probabilities: tuple[float, ...] = ()

    def __post_init__(self):
        if self.probabilities and len(self.probabilities) != len(self.parts):
            raise BadInput(
                f"degradation Chain.probabilities: {len(self.probabilities)}; allowed: none, or {len(self.parts)}, one "
                "for each part"
            )
        for part, probability in zip(self.parts, self.probabilities, strict=False):
            if probability < 1 and (part.scale, part.channels(3)) != (1, 3):
                raise BadInput(
                    f"degradation Chain.probabilities: {probability} for {part}; allowed: 1, for it changes the shape"
                )

    @property
    def scale(self) -> int:
        return math.prod(part.scale for part in self.parts)

    def channels(self, channels: int) -> int:
        for part in self.parts:
            channels = part.channels(channels)
        return channels

    def __call__(self, image: tf.Tensor, progress, stream: str) -> dict[str, tf.Tensor]:
        batch = {"input": image}
        for index, part in enumerate(self.parts):
            before, name = batch["input"], f"{stream}/{index}"
            batch |= part(before, progress, name)
            if self.probabilities and self.probabilities[index] < 1:
                chosen = progress.uniform([image.shape[0]], f"{name}/chosen") < self.probabilities[index]
                batch["input"] = tf.where(levels.each(chosen), batch["input"], before)
        return batch
