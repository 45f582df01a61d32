"""Sets too large for memory: the same interface over a file."""

import numpy as np
import PIL.Image
import pytest

from ganzoo.data import assemble, folder
from ganzoo.errors import BadInput
from ganzoo.recipe import Data


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "cache"))


def colours(tmp_path, count=20):
    random = np.random.default_rng(0)
    for index in range(count):
        path = tmp_path / "images" / "ab"[index % 2] / f"{index:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(random.integers(0, 256, (10, 12, 3), np.uint8)).save(path)
    return Data(source="folder", path=str(tmp_path / "images"), size=8, channels=3, flip=True)


def test_a_set_in_a_file_is_the_set_in_memory(tmp_path):
    data = colours(tmp_path)
    held = assemble.assemble(folder.open(data), data)
    filed = assemble.assemble(folder.open(data), data, memory=100)
    assert isinstance(held.images, np.ndarray) and not isinstance(filed.images, np.ndarray)
    assert len(filed) == 20 and filed.spec == held.spec and filed.class_names == ("a", "b")
    assert np.array_equal(filed.read(np.array([3, 0, 19])), held.read(np.array([3, 0, 19])))
    streams = [images.stream(8, seed=3, start=16).take(4) for images in (held, filed)]
    for one, two in zip(*streams, strict=True):
        assert one["image"].shape == two["image"].shape == (8, 8, 8, 3)
        assert all(np.array_equal(one[name], two[name]) for name in ("image", "label"))
    assert filed.stream(8, seed=3).element_spec == held.stream(8, seed=3).element_spec
    with pytest.raises(BadInput, match=r"data\.on_device"):
        filed.lookup(np.arange(8), 3)


def test_a_part_of_a_set_in_a_file_stays_there(tmp_path):
    data = colours(tmp_path)
    held = assemble.assemble(folder.open(data), data)
    filed = assemble.assemble(folder.open(data), data, memory=100)
    parts = [images.take(images.labels == 1) for images in (held, filed)]
    assert len(parts[1]) == 10 and list(parts[1].labels) == [1] * 10
    places = np.array([9, 0, 4])
    assert np.array_equal(parts[1].read(places), parts[0].read(places))
    assert len({filed.hash, parts[1].hash, filed.take(np.arange(10)).hash}) == 3
    assert parts[1].hash == filed.take(np.flatnonzero(filed.labels)).hash


def test_the_file_is_written_once_and_anew_when_the_images_change(tmp_path, capsys):
    data = colours(tmp_path)
    (tmp_path / "images" / "a" / "bad.png").write_bytes(b"")
    data = Data(source="folder", path=data.path, size=8, channels=3, skip_bad=True)
    sets = [assemble.assemble(folder.open(data), data, memory=100) for _ in range(2)]
    assert capsys.readouterr().err.count("writing") == 1
    assert [images.skipped for images in sets] == [1, 1] and sets[0].hash == sets[1].hash
    PIL.Image.new("RGB", (10, 12)).save(tmp_path / "images" / "a" / "00.png")
    changed = assemble.assemble(folder.open(data), data, memory=100)
    assert changed.hash != sets[0].hash and capsys.readouterr().err.count("writing") == 1


def test_a_failure_leaves_no_file(tmp_path):
    data = colours(tmp_path)
    (tmp_path / "images" / "b" / "bad.png").write_bytes(b"")
    with pytest.raises(BadInput, match="1 of 21"):
        assemble.assemble(folder.open(data), data, memory=100)
    assert not list((tmp_path / "cache" / "records").iterdir())
