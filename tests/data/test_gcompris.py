"""Qt's resource files, and paintings put together from the pieces of a jigsaw."""

import io

import numpy as np
import PIL.Image
import pytest
from archive_makers import rcc as make

from ganzoo.data import gcompris, gcompris_paintings, gcompris_photos, rcc
from ganzoo.errors import BadInput

FILES = {"a.txt": b"1", "images/x/b.webp": b"22" * 100, "images/x/c.webp": b"", "images/d.qml": "\u00e4".encode()}


def webp(image):
    stream = io.BytesIO()
    PIL.Image.fromarray(image).save(stream, "WEBP", lossless=True, exact=True)
    return stream.getvalue()


@pytest.mark.parametrize("version", [1, 2, 3])
def test_every_file_of_a_resource_file_is_read(version):
    content = make(FILES, compressed=("images/x/b.webp", "images/d.qml"), version=version)
    assert dict(rcc.files(content)) == FILES


@pytest.mark.parametrize("content", [b"", b"quers" + b"\0" * 40, make(FILES, compressed=("images/x/b.webp",))[:150]])
def test_what_is_no_resource_file_is_refused(content):
    with pytest.raises(BadInput, match="Qt resource file"):
        dict(rcc.files(content))


def test_pieces_lie_where_the_board_says():
    # A painting in three pieces, about their centres, of which one overlaps; a pixel of it is in none.
    painting = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    opaque = np.dstack([painting, np.full((20, 30), 255, np.uint8)])
    opaque[7, 4, 3] = 0
    parts = {"a_1": (0, 0, 12, 20), "a_2": (10, 0, 30, 11), "a_3": (10, 11, 30, 20)}
    files, blocks = {}, ""
    for name, (left, top, right, bottom) in parts.items():
        files[f"resource/image/{name}.webp"] = webp(opaque[top:bottom, left:right])
        x, y = (2 + (left + right) / 2) / 40, (3 + (top + bottom) / 2) / 50
        blocks += f'{{ "pixmapfile" : "image/{name}.webp",\n "x" : "{x}",\n "y" : "{y}" }},'
    board = f'[ {{ "pixmapfile" : "image/bg.svg", "width": 40, "height": 50 }}, {blocks} ]'
    found = np.asarray(gcompris.stitch(board, files))
    assert found.shape == (20, 30, 3)
    expected = painting.copy()
    around = painting[[6, 8, 7, 7], [4, 4, 3, 5]].astype(float).mean(0)
    expected[7, 4] = found[7, 4]
    assert np.array_equal(found, expected) and np.abs(found[7, 4] - around).max() <= 0.5
    with pytest.raises(BadInput, match="no size or no pieces"):
        gcompris.stitch("[ ]", files)


def test_paintings_of_a_style_are_trained_on_or_held_out():
    held = {"ukiyoe": ("board11_0", "board9_0"), "vangogh": ("PortraitOfPereTanguy", "VincentVanGoghBridge")}
    for style, names in held.items():
        for name in names:
            splits = [
                split for split in gcompris_paintings.SET.splits if gcompris_paintings.choose(f"{style} {name}", split)
            ]
            assert splits == ["test", f"{style}_test"]
    kept = [split for split in gcompris_paintings.SET.splits if gcompris_paintings.choose("ukiyoe board7_0", split)]
    assert kept == ["train", "ukiyoe"]
    assert [s for s in gcompris_paintings.SET.splits if gcompris_paintings.choose("other board2_0", s)] == ["test"]


def test_photos_are_told_from_paintings_and_pieces():
    names = ("TajMahal_background", "TajMahal_0", "Gogh4_background", "Gogh4_0")
    files = {f"gcompris/image/{name}.webp": name.encode() for name in names}
    assert gcompris_photos.pick("details", files) == {"details_TajMahal.webp": b"TajMahal_background"}
    assert gcompris_photos.pick("erase", {"x/bee.webp": b"1", "x/erase.qml": b""}) == {"erase_bee.webp": b"1"}
    found = gcompris_paintings.pick("details", files)
    assert found == {"vangogh Gogh4.webp": b"Gogh4_background"}
