"""Small images of large ones: tiles cut when a set is opened, windows when an image is seen."""

import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

import ganzoo.data
from ganzoo.data import assemble, order
from ganzoo.data.images import ImageSet, Spec
from ganzoo.data.source import Source
from ganzoo.errors import BadInput
from ganzoo.recipe import Data


def placed(count=4, height=6, width=9):
    """Images whose pixels are (number, row, column)."""
    images = np.zeros((count, height, width, 3), np.uint8)
    images[..., 0] = np.arange(count)[:, None, None]
    images[..., 1] = np.arange(height)[:, None]
    images[..., 2] = np.arange(width)
    return images


def folder(tmp_path, *sizes):
    for number, (height, width) in enumerate(sizes):
        image = placed(1, height, width)[0]
        image[..., 0] = number
        PIL.Image.fromarray(image).save(tmp_path / f"{number}.png")
    return {"source": "folder", "path": str(tmp_path)}


def seen(images, count, seed=0):
    (batch,) = images.stream(count, seed).take(1)
    return np.round((batch["image"].numpy() + 1) * 127.5).astype(int)


def test_a_window_lies_anywhere_in_its_image():
    images = ImageSet("placed", placed(), window=(4, 5))
    assert images.spec == Spec(4, 5, 3)
    shown = seen(images, 2000)
    assert shown.shape == (2000, 4, 5, 3)
    # Each is one whole part of one image.
    assert np.array_equal(shown[..., 1] - shown[:, :1, :, 1], np.broadcast_to(np.arange(4)[:, None], (2000, 4, 5)))
    assert np.array_equal(shown[..., 2] - shown[:, :, :1, 2], np.broadcast_to(np.arange(5), (2000, 4, 5)))
    places = np.zeros((4, 3, 5))
    np.add.at(places, (shown[:, 0, 0, 0], shown[:, 0, 0, 1], shown[:, 0, 0, 2]), 1)
    assert np.abs(places - 2000 / 60).max() < 5 * np.sqrt(2000 / 60)  # 60 places, the same share each


@pytest.mark.parametrize("compiled", [False, True])
def test_lookup_on_the_device_gives_the_same_windows(compiled):
    images = ImageSet("placed", placed(), window=(4, 5), flip=True)
    lookup = tf.function(lambda positions: images.lookup(positions, 9), jit_compile=compiled)
    for positions, batch in zip(images.positions(8, 16), images.stream(8, 9, 16).take(5), strict=False):
        assert np.array_equal(lookup(positions)["image"], batch["image"])


def test_metrics_and_pictures_see_the_centre():
    images = ImageSet("placed", placed(), window=(4, 5))
    assert images.read([2])[0, 0, 0].tolist() == [2, 1, 2] and images.read([2]).shape == (1, 4, 5, 3)
    # What is kept of a set under its hash is of those centres.
    assert len({each.hash for each in (images, ImageSet("placed", placed()), images.split(1))}) == 3


def test_numbers_are_uniform_and_of_their_own():
    positions = tf.range(30_000, dtype=tf.int64)
    numbers = [order.number(positions, 6, seed=7, stream=stream).numpy() for stream in (0, 1)]
    numbers += [order.number(positions, 6, seed=8, stream=0).numpy()]
    coins = order.coin(positions, seed=7).numpy()
    for each in numbers:
        assert np.abs(np.bincount(each) - 5000).max() < 5 * 65
        assert np.abs(np.bincount(each[coins], minlength=6) - 2500).max() < 5 * 50
    for one, two in ((0, 1), (0, 2), (1, 2)):
        assert abs((numbers[one] == numbers[two]).mean() - 1 / 6) < 0.01
    late = order.number(positions + 2**32, 6, seed=7, stream=0).numpy()
    assert abs((late == numbers[0]).mean() - 1 / 6) < 0.01


def test_windows_are_what_they_always_were():
    # A change here breaks the resumption of every run that exists.
    positions = tf.range(8, dtype=tf.int64)
    assert order.number(positions, 100, seed=0, stream=0).numpy().tolist() == [92, 98, 34, 93, 19, 60, 52, 50]
    assert order.other(5) == 7640891576956012813


def test_tiles_of_images_of_several_sizes_are_one_set(tmp_path, capsys):
    data = folder(tmp_path, (6, 9), (3, 4), (2, 8))
    images = ganzoo.data.open(Data(**data, tile=3))
    assert images.spec == Spec(3, 3, 3) and images.skipped == 1 and images.sources.tolist() == [0] * 6 + [1]
    corners = images.images[:, 0, 0].tolist()
    assert corners == [[0, 0, 0], [0, 0, 3], [0, 0, 6], [0, 3, 0], [0, 3, 3], [0, 3, 6], [1, 0, 0]]
    assert "1 images smaller than data.tile=3 are left out" in capsys.readouterr().err


def test_a_window_lies_inside_a_tile(tmp_path):
    images = ganzoo.data.open(Data(**folder(tmp_path, (6, 9)), tile=3, window=2))
    shown = seen(images, 300)
    assert images.spec == Spec(2, 2, 3) and {*shown[:, 0, 0, 1]} == {0, 1, 3, 4}


def test_tiles_are_counted_by_the_image_that_they_are_cut_from(tmp_path):
    data = folder(tmp_path, *[(6, 9)] * 5)
    assert len(ganzoo.data.open(Data(**data, tile=3, limit=2))) == 12
    images = ganzoo.data.open(Data(**data, tile=3, held_out=2, limit=1))
    kept, held = ({*part.images[..., 0].ravel()} for part in (images, images.held_out))
    assert (len(kept), len(held), len(kept & held)) == (1, 2, 0) and len(images.held_out) == 12


def test_tiles_of_arrays_keep_their_labels():
    source = Source("placed", 4, placed(), np.arange(4), tuple("abcd"))
    images = assemble.assemble(source, Data(tile=4))
    assert images.labels.tolist() == [0, 0, 1, 1, 2, 2, 3, 3] and images.spec == Spec(4, 4, 3, 4)


def test_many_tiles_go_to_a_file(tmp_path, monkeypatch):
    pytest.importorskip("array_record")
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "cache"))
    data = Data(**folder(tmp_path, (6, 9), (2, 8), (6, 9)), tile=3, window=2)
    source = ganzoo.data.open_source(data)
    in_memory, written = (assemble.assemble(source, data, memory=memory) for memory in (2**20, 100))
    assert isinstance(in_memory.images, np.ndarray) and not isinstance(written.images, np.ndarray)
    assert len(written) == 12 and written.skipped == 1
    assert np.array_equal(written.read(np.arange(12)), in_memory.read(np.arange(12)))
    for one, two in zip(in_memory.stream(5, 1).take(3), written.stream(5, 1).take(3), strict=True):
        assert np.array_equal(one["image"], two["image"])


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"tile": 7}, r"data\.tile: 7, but every image of .* is smaller"),
        ({"tile": 0}, r"data\.tile: 0; allowed: 1 or more pixels"),
        ({"tile": 3, "size": 4}, r"data\.size: 4, but data\.tile=3 cuts instead"),
        ({"tile": 3, "window": (3, 4)}, r"data\.window: 3x4, but the images of .* are 3x3"),
        ({"window": 7}, r"data\.window: 7x7, but the images of .* are 6x9"),
        ({"window": (0, 3)}, r"data\.window: \(0, 3\); allowed: 1 or more pixels"),
    ],
)
def test_wrong_tiles_and_windows_are_refused(tmp_path, fields, said):
    with pytest.raises(BadInput, match=said):
        ganzoo.data.open(Data(**folder(tmp_path, (6, 9)), **fields))


def test_made_sets_have_none():
    for data in (Data("mixture", "ring8", window=2), Data("stacked", "mnist", tile=4)):
        with pytest.raises(BadInput, match="means nothing to source"):
            ganzoo.data.open(data)


def test_specs_need_no_data():
    known = {"source": "folder", "path": "missing", "channels": 3, "classes": 0}
    assert ganzoo.data.spec(Data(**known, tile=64)) == Spec(64, 64, 3)
    assert ganzoo.data.spec(Data(**known, tile=64, window=(32, 48))) == Spec(32, 48, 3)
