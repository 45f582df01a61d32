"""A folder of image files. Where the images lie in subfolders, the sorted names of these are the classes."""

import hashlib
import os
import pathlib

from ganzoo.data.source import Item, Source, check_split, existing
from ganzoo.errors import BadInput
from ganzoo.recipe import Data

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")


def open(data: Data) -> Source:
    """The images below `data.path`, sorted by path. Raises BadInput where there are none."""
    check_split(data)
    root = existing(data)
    if not root.is_dir():
        raise BadInput(f"data.path: {data.path} is a file, not a folder of images")
    files = find(root)
    if not files:
        raise BadInput(f"data.path: no image in {data.path}; looked for {' '.join(SUFFIXES)} in it and its subfolders")
    # A subfolder's name is the class; files beside the subfolders have none, so the two do not mix.
    folders = [file.parts[0] if len(file.parts) > 1 else None for file in files]
    classes = sorted({folder for folder in folders if folder is not None})
    if data.classes == 0:
        classes = []
    elif classes and None in folders:
        stray = files[folders.index(None)]
        raise BadInput(
            f"data.path: {data.path} has class folders ({', '.join(classes[:3])}) and {folders.count(None)} images "
            f"outside them ({stray}); put every image into a class folder or state data.classes=0"
        )
    number = {name: index for index, name in enumerate(classes)}
    return Source(
        name=data.name or root.resolve().name,
        count=len(files),
        items=[Item(str(file), root / file, number.get(folder)) for file, folder in zip(files, folders, strict=True)],
        class_names=tuple(classes),
        fingerprint=fingerprint(root, files),
    )


def find(root: pathlib.Path) -> list[pathlib.Path]:
    """Paths below `root`, relative to it, of all files that are images by their suffix, hidden ones left out.

    Raises BadInput for a folder that cannot be read.
    """
    found = []
    # Links are followed: a class folder is often one.
    for folder, subfolders, names in os.walk(root, followlinks=True, onerror=_refuse):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        inside = pathlib.Path(folder).relative_to(root)
        found += [inside / name for name in names if name.lower().endswith(SUFFIXES) and not name.startswith(".")]
    return sorted(found, key=pathlib.PurePath.as_posix)


def _refuse(error: OSError):
    raise BadInput(f"data.path: {error.filename} cannot be read ({error.strerror})") from error


def fingerprint(root: pathlib.Path, files: list[pathlib.Path]) -> str:
    """Changes when a file below `root` does."""
    digest = hashlib.sha256()
    for file in files:
        status = (root / file).stat()
        digest.update(f"{file}\n{status.st_size}\n{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
