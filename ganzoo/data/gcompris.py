"""Photos and paintings in Debian's gcompris-qt-data, whose activities are Qt resource files.

Licences are by file; the activities' own lists of them are kept beside the images, in `licences`.
"""

import functools
import io
import pathlib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ganzoo.data import archives, rcc, sets
from ganzoo.errors import BadInput

if TYPE_CHECKING:
    import PIL.Image

    from ganzoo.data.source import Source

RESOURCES = pathlib.PurePath("usr", "share", "gcompris-qt", "rcc")
CITATION = "The GCompris project, https://gcompris.net, version 3.1."


def gcompris_set(
    name: str,
    activities: tuple[str, ...],
    pick: Callable[[str, dict[str, bytes]], dict[str, bytes]],
    choose: Callable[[str, str], bool],
    splits: dict[str, int],
    licence: str,
) -> sets.PackageSet:
    """A set of the images that `pick` makes of the files of activities.

    pick: function (activity, {path: content}) -> {file name: content}. choose: function (file name, split) -> bool.
    """
    return sets.PackageSet(
        name=name,
        archive=archives.Archive(
            kind="deb",
            package="gcompris-qt-data",
            version="3.1-2",
            file="gcompris-qt-data_3.1-2_all.deb",
            sha256="e9cf06ab2105529068df73085784e835d2ff03f870d2a8091f09125d40abac9f",
        ),
        members=rf"{RESOURCES.as_posix()}/({'|'.join(activities)})\.rcc|usr/share/doc/gcompris-qt-data/copyright",
        read=functools.partial(_read, name, choose, licence),
        build=functools.partial(_build, activities, pick),
        splits=splits,
        size=None,
        channels=3,
        class_names=(),
        licence=licence,
        citation=CITATION,
    )


def stitch(board: str, files: dict[str, bytes]) -> "PIL.Image.Image":
    """The painting of a jigsaw: every piece lies about the place that the board gives it, a share of its size.

    board: a QML file. files: of the activity, by path. Pixels between the pieces (0.3 % at most) become the mean of
    their neighbours. Raises BadInput for a board that is none.
    """
    import PIL.Image

    sizes = [re.search(rf'"{name}"\s*:\s*"?(\d+)', board) for name in ("width", "height")]
    blocks = re.findall(r"\{([^{}]*\.webp[^{}]*)\}", board)
    if not all(sizes) or not blocks:
        raise BadInput("gcompris: a board of the activity paintings has no size or no pieces")
    width, height = (int(found[1]) for found in sizes)
    canvas = PIL.Image.new("RGBA", (width, height))
    for block in blocks:
        fields = dict(re.findall(r'"(\w+)"\s*:\s*"?([^",\n]+)', block))
        piece = _image(next(content for path, content in files.items() if path.endswith("/" + fields["pixmapfile"])))
        corner = (float(fields["x"]) * width - piece.width / 2, float(fields["y"]) * height - piece.height / 2)
        canvas.alpha_composite(piece, tuple(max(0, round(each)) for each in corner))
    return PIL.Image.fromarray(_filled(np.asarray(canvas.crop(canvas.getchannel("A").getbbox()))))


def _image(content: bytes) -> "PIL.Image.Image":
    import PIL.Image

    with PIL.Image.open(io.BytesIO(content)) as image:
        return image.convert("RGBA")


def _filled(image: np.ndarray) -> np.ndarray:
    """uint8 [H, W, 3] of [H, W, 4]: what is not opaque, from its rim inwards, becomes the mean of its neighbours."""
    known = image[..., 3] == 255
    colours = image[..., :3].astype(np.float32) * known[..., None]
    while not known.all():
        around, count = np.zeros_like(colours), np.zeros(known.shape, np.float32)
        for rows, columns in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            moved = _moved(np.dstack([colours, known]), rows, columns)
            around, count = around + moved[..., :3], count + moved[..., 3]
        rim = ~known & (count > 0)
        colours[rim] = around[rim] / count[rim][:, None]
        known |= rim
    return np.round(colours).astype(np.uint8)


def _moved(values: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """values [H, W, C] moved by a pixel, zeros behind."""
    padded = np.pad(values, ((1, 1), (1, 1), (0, 0)))
    return padded[1 + rows : 1 + rows + values.shape[0], 1 + columns : 1 + columns + values.shape[1]]


def _build(activities, pick, folder: pathlib.Path, report: Callable[[str], None]) -> None:
    (folder / "images").mkdir()
    (folder / "licences").mkdir()
    for activity in activities:
        file = folder / RESOURCES / f"{activity}.rcc"
        files = dict(rcc.files(file.read_bytes()))
        for name, content in pick(activity, files).items():
            (folder / "images" / name).write_bytes(content)
        for path, content in files.items():
            if path.endswith("/README"):
                (folder / "licences" / f"{activity}.txt").write_bytes(content)
        file.unlink()
    report(f"{len(list((folder / 'images').iterdir()))} images of {', '.join(activities)}")


def _read(name: str, choose, licence: str, folder: pathlib.Path, split: str) -> "Source":
    from ganzoo.data.source import Item, Source

    files = [file for file in sorted((folder / "images").iterdir()) if choose(file.stem, split)]
    items = [Item(f"{name}/{file.name}", file) for file in files]
    return Source(name, len(items), items, licence=licence, citation=CITATION)
