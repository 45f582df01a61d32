"""Clips: sets of frames in order, of which a game sees some that follow each other, from a start drawn anew each time.

A folder of clips holds animated pictures (GIF, WebP, PNG), films that ffmpeg decodes, and folders of frames whose names
say their order; each of them is one clip. Frames are cut from the centre and resized to a square.
"""

import dataclasses
import pathlib
import re
import sys
from collections.abc import Iterator, Sequence

import numpy as np
import PIL.Image
import PIL.ImageSequence
import tensorflow as tf

from ganzoo import pictures
from ganzoo.data import order, package, pixels
from ganzoo.data.images import ImageSet
from ganzoo.errors import BadInput
from ganzoo.recipe import Video

ANIMATED = (".gif", ".webp", ".png", ".apng")
FILMS = (".mp4", ".avi", ".webm", ".mov", ".mkv", ".m4v", ".mpg")
START = 7  # the stream of draws from which clips begin


@dataclasses.dataclass(frozen=True)
class VideoSpec:
    """What a batch is made of: float32 [B, frames, height, width, channels] in [-1, 1]."""

    frames: int
    height: int
    width: int
    channels: int

    classes = 0

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return (self.frames, self.height, self.width, self.channels)

    def element(self) -> dict[str, tf.TensorSpec]:
        """One row of a batch."""
        return {"video": tf.TensorSpec(self.shape, tf.float32)}


@dataclasses.dataclass(eq=False)
class VideoSet(ImageSet):
    """Clips in memory. images: uint8 [N, F, H, W, C]; frames of them are seen, every `stride`-th. tracks: where what
    moves is, float32 [N, F, 2] (row and column of its centre in pixels), None = not known."""

    frames: int = 0
    stride: int = 1
    tracks: np.ndarray | None = None

    KIND = "clips"
    SKIPPED = "shorter than data.frames"

    @property
    def spec(self) -> VideoSpec:
        return VideoSpec(self.frames, *self.images.shape[2:])

    @property
    def span(self) -> int:
        """Frames of a clip from the first that is seen to the last."""
        return (self.frames - 1) * self.stride + 1

    def take(self, places: np.ndarray) -> "VideoSet":
        found = super().take(places)
        return dataclasses.replace(found, tracks=None if self.tracks is None else self.tracks[places])

    def read(self, indices: np.ndarray) -> np.ndarray:
        """The beginnings of the clips at these places: int [B] -> uint8 [B, frames, H, W, C]."""
        return self.images[np.asarray(indices), : self.span : self.stride]

    @tf.autograph.experimental.do_not_convert
    def _batch(self, positions, seed, gather) -> dict[str, tf.Tensor]:
        clips = gather(order.index(positions, len(self), seed))
        first = order.number(positions, self.images.shape[1] - self.span + 1, seed, START)
        places = first[:, None] + self.stride * tf.range(self.frames, dtype=tf.int64)
        return {"video": self.to_float(tf.gather(clips, places, axis=1, batch_dims=1))}

    def picture(self, samples: np.ndarray, columns: int) -> PIL.Image.Image:
        """uint8 [N, T, H, W, C], a clip in each row."""
        return pictures.grid(samples.reshape(-1, *samples.shape[2:]), samples.shape[1])


def open_set(data: Video) -> VideoSet:
    """The clips of `data`. Raises BadInput where there are none that are long enough."""
    for name, least in (("size", 8), ("frames", 2), ("stride", 1), ("held_out", 0)):
        if getattr(data, name) < least:
            raise BadInput(f"data.{name}: {getattr(data, name)}; allowed: {least} or more")
    if data.limit is not None and data.limit < 1:
        raise BadInput(f"data.limit: {data.limit}; allowed: 1 or more")
    if data.source == "moving":
        from ganzoo.data import moving

        found = moving.open_set(data)
    elif data.source == "package":
        found = _package(data)
    elif data.source == "folder":
        found = _folder(data)
    elif data.source == "tfds":
        found = _tfds(data)
    else:
        raise BadInput(f"data.source: {data.source!r}; allowed: moving, package, folder, tfds")
    if data.limit:
        sources = np.arange(len(found)) if found.sources is None else found.sources
        found = found.take(np.isin(sources, np.unique(sources)[: data.limit + data.held_out]))
    return found.split(data.held_out, data.limit) if data.held_out else found


def _folder(data: Video) -> VideoSet:
    if not data.path:
        raise BadInput("data.path: source 'folder' needs one, e.g. data.path=clips")
    folder = pathlib.Path(data.path).expanduser()
    if not folder.is_dir():
        raise BadInput(f"data.path: no folder {data.path}")
    clips = []
    for path in sorted(folder.iterdir(), key=_by_number):
        clip = _clip(path, data)
        if clip is not None:
            clips.append(clip)
    return _alike(clips, data, f"data.path: {data.path}", name=folder.name)


def _package(data: Video) -> VideoSet:
    if data.name not in package.CLIPS:
        raise BadInput(f"data.name: no package of clips {data.name!r}; allowed: {', '.join(package.CLIPS)}")
    if data.path:
        raise BadInput(f"data.path: {data.path!r}, but source 'package' has none; add data.source=folder")
    found = package.CLIPS[data.name]
    if data.split not in found.splits:
        raise BadInput(f"data.split: {data.split!r} of {data.name}; allowed: {', '.join(found.splits)}")
    # To stderr: what a command prints on stdout may be one JSON document.
    found.prepare(report=lambda line: print(line, file=sys.stderr))
    clips = [
        np.stack([_fitted(PIL.Image.fromarray(frame), data) for frame in clip])
        for clip in found.read(found.folder, data.split)
    ]
    return _alike(
        clips, data, f"data.frames: {data.name}", name=data.name, licence=found.licence, citation=found.citation
    )


def _tfds(data: Video) -> VideoSet:
    from ganzoo.data import tfds

    span, clips = (data.frames - 1) * data.stride + 1, []
    for frames in tfds.clips(data):
        clips.append(np.stack([_fitted(_picture(frame), data) for frame in frames]))
        # What is limited need not be decoded to the end.
        if data.limit and sum(len(clip) >= span for clip in clips) >= data.limit + data.held_out:
            break
    return _alike(clips, data, f"data.name: {data.name}", name=data.name, licence="see the citation")


def _picture(frame: np.ndarray) -> PIL.Image.Image:
    """uint8 [H, W, 1 or 3]."""
    return PIL.Image.fromarray(frame[..., 0] if frame.shape[-1] == 1 else frame)


def _alike(clips: Sequence[np.ndarray], data: Video, told: str, **fields) -> VideoSet:
    """A set of parts of equal length, that of the shortest clip that is long enough: of longer ones the parts one after
    the other, and the last, which may have frames of the one before."""
    span = (data.frames - 1) * data.stride + 1
    kept = [clip for clip in clips if len(clip) >= span]
    short = len(clips) - len(kept)
    if not kept:
        said = f"{short} clips, all shorter than the {span} frames of data.frames" if short else "no clip"
        raise BadInput(f"{told} has {said}")
    length = min(map(len, kept))
    parts = [
        (number, clip[first : first + length])
        for number, clip in enumerate(kept)
        for first in sorted({*range(0, len(clip) - length + 1, length), len(clip) - length})
    ]
    sources, images = (np.stack(each) for each in zip(*parts, strict=True))
    return VideoSet(images=images, sources=sources, skipped=short, frames=data.frames, stride=data.stride, **fields)


def _by_number(path: pathlib.Path) -> list:
    """Names in the order of the numbers in them."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", path.name)]


def _clip(path: pathlib.Path, data: Video) -> np.ndarray | None:
    """The frames of one clip, each cut and resized before the next is decoded: uint8 [F, size, size, channels]; None
    where it is none. Raises BadInput for one that cannot be decoded."""
    try:
        frames = _frames(path)
        if frames is None:
            return None
        fitted = [_fitted(frame, data) for frame in frames]
        if not fitted:
            raise ValueError("no frame in it")
        return np.stack(fitted)
    except pixels.UNREADABLE as error:
        raise BadInput(f"data.path: {path} cannot be decoded: {_line(error)}") from error


def _frames(path: pathlib.Path) -> Iterator[PIL.Image.Image] | None:
    """The frames as they come, None where the path is no clip. Raises one of `pixels.UNREADABLE` on the way."""
    suffix = path.suffix.lower()
    if path.is_dir():
        files = sorted((each for each in path.iterdir() if each.suffix.lower() in _PICTURES), key=_by_number)
        return map(pixels.decode, files) if files else None
    if suffix in ANIMATED:
        return _animation(path)
    return _film(path) if suffix in FILMS else None


_PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff")


def _animation(path: pathlib.Path) -> Iterator[PIL.Image.Image]:
    with PIL.Image.open(path) as image:
        for frame in PIL.ImageSequence.Iterator(image):
            yield frame.convert("RGBA")


def _film(path: pathlib.Path) -> Iterator[PIL.Image.Image]:
    try:
        import imageio_ffmpeg
    except ImportError as error:
        raise BadInput(f"data.path: {path} needs imageio-ffmpeg (pip install 'ganzoo[movies]')") from error
    reader = imageio_ffmpeg.read_frames(str(path), pix_fmt="rgb24")
    try:
        size = next(reader)["size"]
    # It looks for a film and its size in what ffmpeg says, and trips where one of them is missing: in a recording.
    except (LookupError, AttributeError, StopIteration) as error:
        raise ValueError("no film in it") from error
    try:
        for frame in reader:
            yield PIL.Image.frombytes("RGB", size, frame)
    except RuntimeError as error:
        raise ValueError(_line(error)) from error


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _fitted(frame: PIL.Image.Image, data: Video) -> np.ndarray:
    """uint8 [size, size, channels], transparent parts on white."""
    if frame.mode == "RGBA":
        white = PIL.Image.new("RGBA", frame.size, "white")
        frame = PIL.Image.alpha_composite(white, frame)
    frame = frame.convert("L" if data.channels == 1 else "RGB")
    side = min(frame.size)
    left, top = ((have - side) // 2 for have in frame.size)
    frame = frame.resize((data.size, data.size), PIL.Image.Resampling.BOX, (left, top, left + side, top + side))
    return np.asarray(frame).reshape(data.size, data.size, data.channels)
