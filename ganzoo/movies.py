"""Frames as a movie: GIF by Pillow, MP4 (H.264) by imageio-ffmpeg, an optional dependency with an ffmpeg of its own."""

import os
import pathlib
from collections.abc import Iterable

import numpy as np

from ganzoo import pictures
from ganzoo.errors import BadInput

SUFFIXES = (".gif", ".mp4")
FPS = 8.0  # of what a game of clips makes
SIDE = 256  # pixels: small frames are repeated up to it, as players blur them


def check(out: str | os.PathLike) -> None:
    """Refuse a name that `write` would refuse, before any frame is made. Raises BadInput."""
    suffix = pathlib.Path(out).suffix.lower()
    if suffix not in SUFFIXES:
        raise BadInput(f"out: {out}; allowed: a name that ends in {' or '.join(SUFFIXES)}")
    if suffix == ".mp4":
        _ffmpeg()


def write(frames: Iterable[np.ndarray], out: str | os.PathLike, fps: float) -> None:
    """Frames uint8 [H, W, C], C = 1, 3 or 4 (laid on white), all of one size, each shown for 1 / fps seconds, looping.

    Pixels are repeated until the longer side has at least `SIDE`. MP4 is 4:2:0, so that an odd side loses its last row;
    GIF knows hundredths of a second and 256 colours a frame. The file appears when it is whole. Raises BadInput where
    it cannot be written.
    """
    check(out)
    path = pathlib.Path(out)
    temporary = path.with_name(f".tmp.{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        (_gif if path.suffix.lower() == ".gif" else _mp4)(map(_large, frames), temporary, fps)
        temporary.replace(path)
    except OSError as error:
        raise BadInput(f"out: cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def tile(frames: np.ndarray, columns: int) -> np.ndarray:
    """One frame of many: uint8 [N, H, W, C] in rows of `columns` -> [rows x H, columns x W, C]."""
    return pictures.array(pictures.grid(frames, columns))


def _large(frame: np.ndarray) -> np.ndarray:
    """uint8 [H, W, 3], large enough."""
    if frame.shape[-1] == 4:
        alpha = frame[..., 3:].astype(np.float32) / 255
        frame = np.round(frame[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    factor = -(-SIDE // max(frame.shape[:2]))
    return np.repeat(frame, 3 // frame.shape[-1], axis=-1).repeat(factor, axis=0).repeat(factor, axis=1)


def _gif(frames: Iterable[np.ndarray], path: pathlib.Path, fps: float) -> None:
    first, *rest = map(pictures.picture, frames)
    with path.open("wb") as file:
        first.save(file, "gif", save_all=True, append_images=rest, duration=max(20, round(1000 / fps)), loop=0)


def _mp4(frames: Iterable[np.ndarray], path: pathlib.Path, fps: float) -> None:
    writer = None
    for frame in frames:
        height, width = (side - side % 2 for side in frame.shape[:2])
        if writer is None:
            writer = _ffmpeg().write_frames(str(path), (width, height), fps=fps, quality=8, macro_block_size=2)
            writer.send(None)
        writer.send(np.ascontiguousarray(frame[:height, :width]))
    writer.close()


def _ffmpeg():
    try:
        import imageio_ffmpeg
    except ImportError as error:
        raise BadInput("out: .mp4 needs imageio-ffmpeg (pip install 'ganzoo[movies]'); .gif does not") from error
    return imageio_ffmpeg
