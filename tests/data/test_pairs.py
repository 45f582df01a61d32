"""Two domains: drawn as pairs or independently, from two sources or from one folder."""

import dataclasses

import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

import ganzoo.data
from ganzoo import recipe
from ganzoo.data.images import Spec
from ganzoo.data.pairs import PairSpec
from ganzoo.errors import BadInput
from ganzoo.recipe import Data, Pairs


def write(path, number, shape=(8, 8, 3)):
    """A PNG whose red is its number, whose green is the row and whose blue the column."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = np.zeros(shape, np.uint8)
    image[..., 0] = number
    image[..., 1] = np.arange(shape[0])[:, None]
    image[..., 2] = np.arange(shape[1])
    PIL.Image.fromarray(image).save(path)


def folders(root, count_a=6, count_b=6, **sizes):
    for name, count in (("a", count_a), ("b", count_b)):
        for number in range(count):
            write(root / name / f"{number:02}.png", number, sizes.get(name, (8, 8, 3)))
    return Pairs(*(Data(source="folder", path=str(root / name)) for name in "ab"))


def both(pairs, **fields):
    return dataclasses.replace(pairs, **{name: dataclasses.replace(getattr(pairs, name), **fields) for name in "ab"})


def aligned(pairs, **fields):
    return dataclasses.replace(both(pairs, **fields), aligned=True)


def batches(images, count=8, batch=6, seed=3, start=0):
    """Of each domain uint8 [count * batch, h, w, C]."""
    taken = [
        {name: np.round((value.numpy() + 1) * 127.5).astype(np.uint8) for name, value in each.items()}
        for each in images.stream(batch, seed, start).take(count)
    ]
    return tuple(np.concatenate([each[name] for each in taken]) for name in "ab")


def test_pairs_share_index_window_and_flip(tmp_path):
    images = ganzoo.data.open(aligned(folders(tmp_path), window=(4, 3), flip=True))
    assert images.spec == PairSpec(Spec(4, 3, 3), Spec(4, 3, 3), aligned=True)
    assert images.spec.shape == (4, 3, 3) and len(images) == 6
    a, b = batches(images)
    assert a.shape == (48, 4, 3, 3) and np.array_equal(a, b)
    for epoch in a.reshape(8, 6, 4, 3, 3):
        assert sorted(epoch[:, 0, 0, 0]) == list(range(6))
    # Every place of the window and both directions are seen.
    assert {*a[:, 0, 0, 1]} == set(range(5)) and {*a[:, 0].min(axis=1)[:, 2]} == set(range(6))
    assert {*(a[:, 0, 1, 2].astype(int) - a[:, 0, 0, 2])} == {-1, 1}


def test_without_pairs_b_has_an_order_windows_and_flips_of_its_own(tmp_path):
    pairs = both(folders(tmp_path, 6, 5), window=4, flip=True)
    images = ganzoo.data.open(pairs)
    assert len(images) == 6 and not images.aligned
    a, b = batches(images, count=40)
    for seen, count in ((a, 6), (b, 5)):
        assert np.bincount(seen[:, 0, 0, 0]).tolist() == [240 // count] * count
    same = {
        "image": (a[:, 0, 0, 0] == b[:, 0, 0, 0]).mean(),
        "row": (a[:, 0, 0, 1] == b[:, 0, 0, 1]).mean(),
        "column": (a[:, 0].min(1)[:, 2] == b[:, 0].min(1)[:, 2]).mean(),
        "flip": ((a[:, 0, 1, 2] > a[:, 0, 0, 2]) == (b[:, 0, 1, 2] > b[:, 0, 0, 2])).mean(),
    }
    expected = {"image": 1 / 6, "row": 1 / 5, "column": 1 / 5, "flip": 1 / 2}
    for name, share in same.items():
        assert abs(share - expected[name]) < 4 * np.sqrt(expected[name] / 240), name


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("paired", [False, True])
def test_lookup_is_the_stream_and_goes_on_where_it_was(tmp_path, paired, compiled):
    pairs = dataclasses.replace(both(folders(tmp_path), window=5, flip=True), aligned=paired)
    images = ganzoo.data.open(pairs)
    lookup = tf.function(lambda positions: images.lookup(positions, 9), jit_compile=compiled)
    found = [lookup(positions) for positions in images.positions(4, start=8).take(5)]
    whole = list(images.stream(4, seed=9).take(7))
    resumed = list(images.stream(4, seed=9, start=8).take(5))
    for name in "ab":
        for one, two, three in zip(found, whole[2:], resumed, strict=True):
            assert np.array_equal(one[name], two[name]) and np.array_equal(two[name], three[name])
    assert images.stream(4, seed=0).element_spec == {
        name: tf.TensorSpec([4, *each.shape], each.dtype) for name, each in images.spec.element().items()
    }


def test_what_is_known_of_both_is_told_once(tmp_path):
    pairs = folders(tmp_path)
    images = ganzoo.data.open(pairs)
    assert (images.name, images.licence, images.citation, images.skipped) == ("a and b", "unknown", "", 0)
    assert images.class_names == () and images.whole is images and images.held_out is None
    hashes = {ganzoo.data.open(each).hash for each in (pairs, aligned(pairs), both(pairs, window=4))}
    assert images.hash in hashes and len(hashes) == 3


def test_held_out_images_are_pairs_too(tmp_path):
    images = ganzoo.data.open(aligned(folders(tmp_path), held_out=2, limit=3))
    assert (len(images), len(images.held_out), len(images.whole)) == (3, 2, 6)
    for part in (images, images.held_out):
        assert np.array_equal(part.a.images, part.b.images)
    assert not {*images.a.images[:, 0, 0, 0]} & {*images.held_out.a.images[:, 0, 0, 0]}


def test_an_unreadable_image_takes_its_partner_along(tmp_path):
    pairs = folders(tmp_path)
    (tmp_path / "b" / "03.png").write_bytes(b"no image")
    with pytest.raises(BadInput, match=r"1 of 6 images in .*b are unreadable: .*03\.png.*data\.b\.skip_bad=true"):
        ganzoo.data.open(aligned(pairs))
    images = ganzoo.data.open(aligned(pairs, skip_bad=True))
    assert images.a.images[:, 0, 0, 0].tolist() == images.b.images[:, 0, 0, 0].tolist() == [0, 1, 2, 4, 5]
    assert images.skipped == 1


def test_tiles_of_pairs_belong_together(tmp_path):
    pairs = folders(tmp_path, a=(8, 12, 3), b=(8, 12, 3))
    images = ganzoo.data.open(aligned(pairs, tile=4, window=3))
    assert len(images) == 6 * 6 and np.array_equal(images.a.images, images.b.images)
    write(tmp_path / "b" / "02.png", 2, (8, 8, 3))
    with pytest.raises(BadInput, match=r"image number 2 gives 6 tiles in a and 4 in b"):
        ganzoo.data.open(aligned(pairs, tile=4))


def complaint(pairs):
    with pytest.raises(BadInput) as error:
        ganzoo.data.open(pairs)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_what_does_not_fit_together_is_refused(tmp_path):
    pairs = folders(tmp_path, 6, 4)
    assert "a has 6 images and b 4, which are no pairs" in complaint(aligned(pairs))
    other = folders(tmp_path / "sizes", b=(6, 8, 3))
    assert "a has images of 8x8 and b has images of 6x8; pairs are of one size" in complaint(aligned(other))
    small = dataclasses.replace(folders(tmp_path / "x"), aligned=True, b=Data("folder", path=str(tmp_path), window=4))
    assert "has images" in complaint(small) or "no pairs" in complaint(small)
    flipped = dataclasses.replace(pairs, aligned=True, b=dataclasses.replace(pairs.b, flip=True))
    assert "data.a.flip is False and data.b.flip True" in complaint(flipped)
    device = dataclasses.replace(pairs, b=dataclasses.replace(pairs.b, on_device=True))
    assert "data.a.on_device is False" in complaint(device)
    held = dataclasses.replace(pairs, b=dataclasses.replace(pairs.b, held_out=1))
    assert "data.a.held_out is 0" in complaint(held)
    assert "data.b.path: nothing at" in complaint(dataclasses.replace(pairs, b=Data("folder", path="nowhere")))
    assert "data.a.classes: 3" in complaint(dataclasses.replace(pairs, a=dataclasses.replace(pairs.a, classes=3)))
    assert "data.a.source: 'stacked'" in complaint(Pairs(a=Data("stacked", "mnist"), b=pairs.b))
    assert "data.split: 'test'" in complaint(dataclasses.replace(pairs, split="test"))
    assert "data.a.window: 9x9" in complaint(both(pairs, window=9))


def test_a_spec_needs_no_data():
    known = Pairs(Data(name="fashion_mnist"), Data("folder", path="missing", tile=64, window=(32, 48), channels=3))
    assert ganzoo.data.spec(known) == PairSpec(Spec(28, 28, 1), Spec(32, 48, 3))
    assert ganzoo.data.spec(Pairs(Data(name="fashion_mnist"), Data("folder", path="missing"))) is None


def test_a_spec_says_whether_rows_are_partners_and_comes_back_from_its_shape():
    spec = ganzoo.data.spec(Pairs(Data(name="fashion_mnist"), Data(size=32, channels=3, classes=0), aligned=True))
    assert spec == PairSpec(Spec(28, 28, 1), Spec(32, 32, 3), aligned=True)
    shape = ganzoo.data.shape_of(spec)
    assert ganzoo.data.spec_of(shape, 0, aligned=True) == spec
    assert not ganzoo.data.spec_of(shape, 0).aligned


def test_pairs_are_overridden_described_and_restored():
    made = recipe.Recipe(model=None, data=Pairs(Data(size=(4, 6)), Data(window=3)), game=None, train=recipe.Train(8))
    overrides = ("data.path=images", "data.a.size=64", "data.aligned=true", "data.b.window=8x16", "data.split=test")
    recipe.check(overrides)
    for override in overrides:
        made = recipe.override_field(made, *override.split("=", 1))
    assert made.data == Pairs(Data(size=64), Data(window=(8, 16)), True, "images", "test")
    described = recipe.describe(made)["data"]
    assert described["kind"] == "Pairs" and described["a"]["kind"] == "Data"
    assert recipe.data_of(described) == made.data
    assert recipe.data_of(recipe.describe(Data(window=(2, 3), tile=8))) == Data(window=(2, 3), tile=8)


@pytest.mark.parametrize(
    "override", ["data.a.sise=64", "data.c.size=64", "data.aligned=perhaps", "data.b.window=4y4", "data.a=x"]
)
def test_wrong_overrides_are_refused_before_tensorflow_is_there(override):
    with pytest.raises(BadInput, match=override.split("=")[0].replace(".", r"\.")):
        recipe.check([override])
