"""An .npz file of arrays: images [N, H, W] or [N, H, W, C] and, where there are any, labels [N]."""

import zipfile

import numpy as np

from ganzoo.data.source import Source, check_split, existing
from ganzoo.errors import BadInput
from ganzoo.recipe import Data

IMAGES, LABELS = ("image", "images", "x"), ("label", "labels", "y")


def open(data: Data) -> Source:
    """The arrays of `data.path`. Raises BadInput for a file that is none, or whose arrays do not fit together."""
    check_split(data)
    path = existing(data)
    try:
        with np.load(path) as arrays:
            found = {key: arrays[key] for key in arrays if key in IMAGES + LABELS}
            keys = list(arrays)
    # np.load takes what is no zip archive for a pickle or a bare array, which is no context manager.
    except (OSError, ValueError, EOFError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise BadInput(f"data.path: {path} is not a readable .npz file ({error})") from error
    images = _one(path, found, IMAGES)
    if images is None:
        raise BadInput(f"data.path: {path} has the arrays {', '.join(keys)}; one of {', '.join(IMAGES)} is needed")
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[3] not in (1, 3, 4) or images.dtype not in (np.uint8, np.uint16):
        raise BadInput(
            f"data.path: {path} has images {images.dtype} {list(images.shape)}; allowed: uint8 or uint16, [N, H, W] or "
            "[N, H, W, C] with C = 1, 3 or 4"
        )
    if not len(images):
        raise BadInput(f"data.path: {path} has no images")
    labels = _labels(path, found, len(images))
    names = () if labels is None else None
    return Source(data.name or path.stem, len(images), images, labels, names)


def _one(path, found: dict, names: tuple[str, ...]) -> np.ndarray | None:
    here = [name for name in names if name in found]
    if len(here) > 1:
        raise BadInput(f"data.path: {path} has {' and '.join(here)}; only one of {', '.join(names)} may be there")
    return found[here[0]] if here else None


def _labels(path, found: dict, count: int) -> np.ndarray | None:
    labels = _one(path, found, LABELS)
    if labels is None:
        return None
    if labels.shape == (count, 1):
        labels = labels[:, 0]
    if labels.shape != (count,) or labels.dtype.kind not in "iu":
        raise BadInput(f"data.path: {path} has labels {labels.dtype} {list(labels.shape)}; allowed: integers [{count}]")
    return labels
