"""Folders that hold two domains: which layout it is, and which files belong to which.

    trainA/ + trainB/ (+ testA/ + testB/)          unpaired, as CycleGAN's data sets; pairs where names are partners
    A/train/ + B/train/ (+ A/test/ + B/test/)      as recipes say; partners have the same name
    train/input/ + train/target/, input/ + target/ pairs by name
    train/ (+ test/), or the folder itself         pairs in one file side by side, A left and B right, as pix2pix's

Names are compared without suffix and without a final _A or _B. One folder for restoration is plain `recipe.Data`.
"""

import collections
import dataclasses
import pathlib
import re
import sys

from ganzoo.data import folder, pixels
from ganzoo.data.source import Item, Source
from ganzoo.errors import BadInput
from ganzoo.recipe import Pairs

SPLITS = ("train", "test")


@dataclasses.dataclass(frozen=True)
class Layout:
    """name: how it is told. folders: of A and of B, relative to the root; the same one where images lie side by side.

    paired: whether the layout says that files are pairs; None = it does not say.
    """

    name: str
    folders: tuple[pathlib.Path, pathlib.Path]
    paired: bool | None

    @property
    def side_by_side(self) -> bool:
        return self.folders[0] == self.folders[1]


def open(data: Pairs) -> tuple[Source, Source]:
    """The images of both domains in the folder `data.path`; says on stderr in one line what was found.

    Raises BadInput for a folder that has no such layout, or another one than `data.aligned` wants.
    """
    if data.split not in SPLITS:
        raise BadInput(f"data.split: {data.split!r} of {data.path}; allowed: {', '.join(SPLITS)}")
    root = pathlib.Path(data.path).expanduser()
    if not root.is_dir():
        what = "is a file, not a folder" if root.exists() else "is not there"
        raise BadInput(f"data.path: {data.path} {what}; a folder of two domains is needed")
    layout = find(root, data.split)
    if layout.paired and not data.aligned:
        raise BadInput(
            f"data.path: {data.path} holds pairs ({layout.name}), but this recipe takes unpaired domains; "
            "take a recipe for pairs, or state data.aligned=true"
        )
    files = [_files(root, part) for part in layout.folders]
    if data.aligned and not layout.side_by_side:
        files = _partners(data.path, layout, files)
    halves = (0, 1) if layout.side_by_side else (None, None)
    told = ", ".join(
        f"{domain} {len(found)} images, first {found[0]}" for domain, found in zip("ab", files, strict=True)
    )
    print(f"data: {data.path} is {layout.name}, {'pairs' if data.aligned else 'unpaired'}: {told}", file=sys.stderr)
    name = root.resolve().name
    a, b = (
        Source(
            name=f"{name}/{domain}" if half is None else f"{name}/{'left' if half == 0 else 'right'}",
            count=len(found),
            items=[Item(str(file), root / file, half=half) for file in found],
            fingerprint=f"{folder.fingerprint(root, found)} {half}",
        )
        for domain, found, half in zip(map(str, layout.folders), files, halves, strict=True)
    )
    return a, b


def find(root: pathlib.Path, split: str) -> Layout:
    """The layout of a folder. Raises BadInput, saying what is there, where it is none."""
    path = pathlib.Path
    candidates = [
        Layout(f"{split}A + {split}B", (path(f"{split}A"), path(f"{split}B")), False),
        Layout(f"A/{split} + B/{split}", (path("A", split), path("B", split)), None),
        Layout(f"{split}/input + {split}/target", (path(split, "input"), path(split, "target")), True),
        Layout(f"input/{split} + target/{split}", (path("input", split), path("target", split)), True),
    ]
    if split == "train":
        candidates.append(Layout("input + target", (path("input"), path("target")), True))
    for layout in candidates:
        if all((root / part).is_dir() for part in layout.folders):
            return layout
    for part in (split, *(["."] if split == "train" else [])):
        files = [each for each in sorted((root / part).glob("*")) if each.name.lower().endswith(folder.SUFFIXES)]
        if files:
            width, height = _size(files[0])
            if width == 2 * height:
                where = f"in {part}" if part != "." else "in one folder"
                return Layout(f"A|B side by side {where}", (path(part), path(part)), True)
            raise BadInput(
                f"data.path: {root} holds one folder of images, the first of them {files[0].name} of {height}x{width}; "
                f"two domains are {split}A + {split}B, A/{split} + B/{split}, input + target, or images of twice their "
                "height in width"
            )
    held = ", ".join(sorted(each.name for each in root.iterdir() if not each.name.startswith("."))[:6]) or "nothing"
    raise BadInput(
        f"data.path: {root} has no two domains of split {split!r}; looked for {split}A + {split}B, A/{split} + "
        f"B/{split}, {split}/input + {split}/target and A|B side by side in {split}, there is {held}"
    )


def _size(file: pathlib.Path) -> tuple[int, int]:
    """Width and height of an image as it is shown. Raises BadInput where it cannot be read."""
    try:
        return pixels.decode(file).size
    except pixels.UNREADABLE as error:
        raise BadInput(f"data.path: {file} cannot be read ({error})") from error


def _files(root: pathlib.Path, part: pathlib.Path) -> list[pathlib.Path]:
    found = [part / file for file in folder.find(root / part)]
    if not found:
        raise BadInput(f"data.path: no image in {root / part}; looked for {' '.join(folder.SUFFIXES)}")
    return found


def _partners(path: str, layout: Layout, files: list[list[pathlib.Path]]) -> list[list[pathlib.Path]]:
    """The files of both folders in the order of their common names. Raises BadInput for one without a partner."""
    named = []
    for part, found in zip(layout.folders, files, strict=True):
        names = [_stem(file.relative_to(part)) for file in found]
        twice = [name for name, count in collections.Counter(names).items() if count > 1]
        if twice:
            raise BadInput(f"data.path: {path}/{part} has several files named {twice[0]}, which have one partner")
        named.append(dict(zip(names, found, strict=True)))
    a, b = named
    if not a.keys() & b.keys():
        raise BadInput(
            f"data.path: {path} is {layout.name} whose files are no partners by name ({files[0][0].name}, "
            f"{files[1][0].name}); name partners alike, or take a recipe for unpaired domains"
        )
    for part, lone in ((layout.folders[0], a.keys() - b.keys()), (layout.folders[1], b.keys() - a.keys())):
        if lone:
            few = ", ".join(sorted(lone)[:3]) + (f" and {len(lone) - 3} more" if len(lone) > 3 else "")
            of = len(a) if part == layout.folders[0] else len(b)
            raise BadInput(f"data.path: {len(lone)} of {of} images in {path}/{part} have no partner: {few}")
    return [[each[name] for name in sorted(a)] for each in named]


def _stem(file: pathlib.Path) -> str:
    return re.sub(r"_[AB]$", "", file.with_suffix("").as_posix())
