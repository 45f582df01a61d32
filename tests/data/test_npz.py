"""Arrays in an .npz file."""

import numpy as np
import pytest

import ganzoo.data
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.recipe import Data

TWO = np.zeros((2, 4, 4), np.uint8)


def opened(path, **options):
    return ganzoo.data.open(Data(source="npz", path=str(path), **options))


def saved(tmp_path, **arrays):
    np.savez(tmp_path / "set.npz", **arrays)
    return tmp_path / "set.npz"


@pytest.mark.parametrize(("image", "label"), [("image", "label"), ("images", "labels"), ("x", "y")])
def test_arrays_by_their_usual_names(tmp_path, image, label):
    pixels = np.random.default_rng(0).integers(0, 256, (6, 4, 5, 3), np.uint8)
    images = opened(saved(tmp_path, **{image: pixels, label: np.array([0, 1, 2, 0, 1, 2])}))
    assert images.spec == Spec(4, 5, 3, 3) and images.name == "set"
    assert np.array_equal(images.images, pixels) and images.labels.dtype == np.int32
    assert images.class_names == ("0", "1", "2")
    assert opened(tmp_path / "set.npz", classes=5).spec.classes == 5
    assert opened(tmp_path / "set.npz", classes=0, limit=2).labels is None


def test_grey_images_need_no_channel_axis_and_16_bits_are_rounded(tmp_path):
    path = saved(tmp_path, x=np.full((3, 4, 5), 257 * 9, np.uint16), y=np.zeros((3, 1), np.int64))
    images = opened(path)
    assert images.spec == Spec(4, 5, 1, 1) and (images.images == 9).all()
    assert opened(path, channels=3, size=(8, 10)).spec == Spec(8, 10, 3, 1)


@pytest.mark.parametrize(
    ("arrays", "options", "said"),
    [
        ({"a": np.zeros(3)}, {}, "has the arrays a; one of image, images, x"),
        ({"x": np.zeros((2, 4, 4), np.float32)}, {}, r"float32 \[2, 4, 4, 1\]; allowed: uint8 or uint16"),
        ({"x": np.zeros((2, 4, 4, 2), np.uint8)}, {}, r"\[2, 4, 4, 2\]"),
        ({"x": np.zeros((0, 4, 4), np.uint8)}, {}, "has no images"),
        ({"x": TWO, "image": np.zeros(1)}, {}, "has image and x; only one"),
        ({"x": TWO, "y": np.zeros(3, int)}, {}, r"labels int64 \[3\]; allowed: integers \[2\]"),
        ({"x": TWO, "y": np.zeros(2)}, {}, "labels float64"),
        ({"x": TWO}, {"classes": 3}, r"data\.classes: 3, but set has no labels"),
        ({"x": TWO, "y": np.array([0, 7])}, {"classes": 3}, r"set\[1\]: label 7; allowed: 0\.\.2"),
        ({"x": TWO, "y": np.array([-1, 7])}, {}, r"set\[0\]: label -1; allowed: 0\.\.65535"),
        ({"x": TWO, "y": np.array([0, 2**40])}, {}, r"set\[1\]: label 1099511627776"),
        ({"x": TWO, "y": np.array([0, 7])}, {"classes": 3, "size": 2}, r"set\[1\]: label 7"),
        ({"x": TWO}, {"split": "test"}, r"data\.split: 'test'"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, arrays, options, said):
    with pytest.raises(BadInput, match=said) as error:
        opened(saved(tmp_path, **arrays), **options)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"text"])
def test_other_files_are_refused(tmp_path, content):
    (tmp_path / "set.npz").write_bytes(content)
    with pytest.raises(BadInput, match=r"set\.npz is not a readable \.npz file"):
        opened(tmp_path / "set.npz")
    np.save(tmp_path / "bare.npy", np.zeros(3))
    with pytest.raises(BadInput, match=r"bare\.npy is not a readable"):
        opened(tmp_path / "bare.npy")
