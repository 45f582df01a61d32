"""Microsoft's Fluent emoji that move: 477 clips of 64x64 on white, from an npm package of 256x256 WebP files.

Every third frame is kept, eight a second: 9 to 32 of a clip, most have 24. What does not move is left out.
"""

import pathlib
from collections.abc import Callable

import numpy as np

from ganzoo.data import archives, sets

SIDE, EVERY = 64, 3


def build(folder: pathlib.Path, report: Callable[[str], None]):
    """Decode all files once, into frames.npy and lengths.npy; minutes on one core."""
    import PIL.Image
    import PIL.ImageSequence

    frames, lengths = [], []
    report("decoding the clips of fluent_emoji")
    for path in sorted((folder / "package" / "assets").glob("*.webp")):
        with PIL.Image.open(path) as image:
            if getattr(image, "n_frames", 1) < 2:
                continue
            clip = [
                _on_white(frame) for place, frame in enumerate(PIL.ImageSequence.Iterator(image)) if place % EVERY == 0
            ]
        frames += clip
        lengths.append(len(clip))
    np.save(folder / "frames.npy", np.stack(frames))
    np.save(folder / "lengths.npy", np.array(lengths))
    for path in (folder / "package" / "assets").glob("*.webp"):
        path.unlink()


def _on_white(frame) -> np.ndarray:
    """uint8 [SIDE, SIDE, 3]"""
    import PIL.Image

    small = frame.convert("RGBA").resize((SIDE, SIDE), PIL.Image.Resampling.BOX)
    white = PIL.Image.new("RGBA", small.size, "white")
    return np.asarray(PIL.Image.alpha_composite(white, small).convert("RGB"))


def read(folder: pathlib.Path, split: str) -> list[np.ndarray]:
    """The clips, uint8 [T, SIDE, SIDE, 3] each."""
    frames, lengths = np.load(folder / "frames.npy", mmap_mode="r"), np.load(folder / "lengths.npy")
    ends = np.cumsum(lengths)
    return [frames[end - length : end] for end, length in zip(ends, lengths, strict=True)]


SET = sets.PackageSet(
    name="fluent_emoji",
    archive=archives.Archive(
        kind="npm",
        package="@lobehub/fluent-emoji-anim-1",
        version="1.0.0",
        file="lobehub-fluent-emoji-anim-1-1.0.0.tgz",
        sha256="4c03ac178c1eabf2e2a16dd498f3cc2b92dc30ec3466ae38fdc497d4774c99ea",
    ),
    members=r"package/assets/.*\.webp",
    read=read,
    splits={"train": 477},
    size=(SIDE, SIDE),
    channels=3,
    class_names=(),
    licence="MIT",
    citation="Microsoft. Fluent Emoji. https://github.com/microsoft/fluentui-emoji-animated",
    build=build,
)
