"""Pictures that move about a dark square and bounce off its edges: clips whose true motion is known.

Srivastava et al. 2015, "Unsupervised learning of video representations using LSTMs", arXiv 1502.04681, section 4.1,
with one picture at a time. Each is half as wide as the square; it moves by `SPEED` of its free room a frame, in a
direction drawn at random, and each picture of the set moves once.
"""

import numpy as np
import PIL.Image

import ganzoo.data
from ganzoo.data.video import VideoSet
from ganzoo.errors import BadInput
from ganzoo.recipe import Data, Video

SPEED = 0.16
LONGER = 2  # a clip is so many times as long as what is seen of it
SETS = ("mnist", "fashion_mnist")


def open_set(data: Video) -> VideoSet:
    """A clip of each image of the package set `name`, or of the bundled one where there is one."""
    if data.name not in SETS:
        raise BadInput(f"data.name: {data.name!r} does not move; allowed: {', '.join(SETS)}")
    if data.channels != 1:
        raise BadInput(f"data.channels: {data.channels}; allowed: 1, for {data.name} is grey")
    if data.path:
        raise BadInput(f"data.path: {data.path!r}, but source 'moving' has none; add data.source=folder")
    bundled = data.name == "fashion_mnist" and data.split == "train"
    source = Data(source="bundled" if bundled else "package", name=data.name, split=data.split, limit=_most(data))
    images = ganzoo.data.open(source)
    frames = LONGER * ((data.frames - 1) * data.stride + 1)
    clips, tracks = move(images.images, data.size, frames, data.seed)
    return VideoSet(
        name=f"moving {data.name}",
        images=clips,
        licence=images.licence,
        citation=images.citation,
        frames=data.frames,
        stride=data.stride,
        tracks=tracks,
    )


def _most(data: Video) -> int | None:
    return None if data.limit is None else data.limit + data.held_out


def move(images: np.ndarray, size: int, frames: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """uint8 [N, h, w, 1] -> clips uint8 [N, frames, size, size, 1], and centres float32 [N, frames, 2] in pixels."""
    side, random = size // 2, np.random.default_rng(seed)
    count, room = len(images), size - side
    small = np.stack([_resized(image[..., 0], side) for image in images])
    start, angle = random.random((count, 1, 2)), random.random((count, 1)) * 2 * np.pi
    step = SPEED * np.stack([np.sin(angle), np.cos(angle)], axis=-1)
    # There and back again: a line that is folded at both ends of the room.
    along = (start + step * np.arange(frames)[:, None]) % 2
    corners = np.rint(room * (1 - np.abs(1 - along))).astype(int)
    clips = np.zeros([count, frames, size, size, 1], np.uint8)
    for clip, picture, places in zip(clips, small, corners, strict=True):
        for frame, (top, left) in zip(clip, places, strict=True):
            frame[top : top + side, left : left + side, 0] = picture
    return clips, (corners + (side - 1) / 2).astype(np.float32)


def _resized(image: np.ndarray, side: int) -> np.ndarray:
    return np.asarray(PIL.Image.fromarray(image).resize((side, side), PIL.Image.Resampling.BOX))
