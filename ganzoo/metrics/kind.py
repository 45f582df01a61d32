"""What every kind of metric (`protocol.KINDS`) states of itself.

A kind is a class whose objects collect one set of images, batch by batch, and then compare:

- NEEDS: names of what `update` is given of a batch: of `Extractor.views`, "labels" (int [B]) or "steps" (float32
  [B, 2, H, W, C], see `path_length.steps`);
- OF: what of the extractor its constructor is given;
- REFERENCES: how many real sets `to` is given: 0 = none, it judges samples by themselves, and real images in their
  place are the floor; 1 = real images; 2 = real images and as many others, held out; None = none, and real images
  cannot stand in for samples, so that there is no floor and no ceiling;
- LEAST: images that it takes; HIGHER: whether higher is better.
"""


class Kind:
    """One metric's collection of one set; `to` gives {"value": ..., and what else it knows}."""

    NEEDS: tuple[str, ...]
    OF = "dim"
    REFERENCES: int | None
    LEAST: int
    HIGHER: bool

    @classmethod
    def check(cls, shape: tuple[int, ...]) -> None:
        """Refuse images [H, W, C], or points [D], that it cannot compare, with BadInput."""
