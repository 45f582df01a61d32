"""Folders of two domains: every layout is found and named, every mistake is refused in one line."""

import numpy as np
import PIL.Image
import pytest

import ganzoo.data
from ganzoo.errors import BadInput
from ganzoo.recipe import Data, Pairs


def write(root, *names, shape=(4, 4)):
    """Images whose shade is their number among `names`; of two side by side the right one is lighter by 100."""
    for number, name in enumerate(names):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        image = np.full((*shape, 3), number, np.uint8)
        image[:, shape[0] :] += 100
        PIL.Image.fromarray(image).save(path)


def opened(root, paired, **fields):
    # Sources of their own, which the folder replaces.
    return ganzoo.data.open(Pairs(Data("tfds", "cycle_gan/maps"), Data(name="x"), paired, str(root), **fields))


def shades(images):
    return images.images[:, 0, 0, 0].tolist()


UNPAIRED = {
    "trainA + trainB": ("trainA", "trainB", "testA", "testB"),
    "A/train + B/train": ("A/train", "B/train", "A/test", "B/test"),
}
PAIRED = {
    "A/train + B/train": ("A/train", "B/train", "A/test", "B/test"),
    "trainA + trainB": ("trainA", "trainB", "testA", "testB"),
    "train/input + train/target": ("train/input", "train/target", "test/input", "test/target"),
    "input/train + target/train": ("input/train", "target/train", "input/test", "target/test"),
}


@pytest.mark.parametrize("layout", UNPAIRED)
def test_unpaired_folders_are_found_and_named(layout, tmp_path, capsys):
    a, b, test_a, test_b = UNPAIRED[layout]
    write(tmp_path, f"{a}/n0.png", f"{a}/n1.png", f"{b}/m2.png", f"{test_a}/n9.png", f"{test_b}/m9.png")
    images = opened(tmp_path, False)
    assert (shades(images.a), shades(images.b), images.aligned) == ([0, 1], [2], False)
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line == (
        f"data: {tmp_path} is {layout}, unpaired: a 2 images, first {a}/n0.png, b 1 images, first {b}/m2.png"
    )
    assert images.name == f"{tmp_path.name}/{a} and {tmp_path.name}/{b}"
    test = opened(tmp_path, False, split="test")
    assert (shades(test.a), shades(test.b)) == ([3], [4])


@pytest.mark.parametrize("layout", PAIRED)
def test_partners_are_found_by_name(layout, tmp_path, capsys):
    a, b, test_a, test_b = PAIRED[layout]
    write(tmp_path, f"{a}/y.png", f"{a}/x.png", f"{b}/x_B.jpg", f"{b}/y_B.png", f"{test_a}/z.png", f"{test_b}/z.png")
    images = opened(tmp_path, True)
    assert (shades(images.a), shades(images.b)) == ([1, 0], [2, 3])
    assert f"is {layout}, pairs: a 2 images" in capsys.readouterr().err
    assert shades(opened(tmp_path, True, split="test").b) == [5]


def test_input_and_target_need_no_split(tmp_path):
    write(tmp_path, "input/a.png", "target/a.png")
    assert shades(opened(tmp_path, True).b) == [1]


@pytest.mark.parametrize("part", ["train", "."])
def test_pairs_side_by_side_are_parted(part, tmp_path, capsys):
    write(tmp_path, f"{part}/0.png", f"{part}/1.png", shape=(4, 8))
    images = opened(tmp_path, True)
    assert (shades(images.a), shades(images.b), images.spec.shape) == ([0, 1], [100, 101], (4, 4, 3))
    assert "A|B side by side in " in capsys.readouterr().err


def test_a_picture_that_is_no_two_squares_is_named(tmp_path):
    write(tmp_path, "train/0.png", shape=(4, 8))
    write(tmp_path, "train/1.png", shape=(4, 7))
    assert "1.png (4x7 is not two squares side by side)" in complaint(tmp_path, True)


def test_sizes_and_tiles_are_those_of_each_half(tmp_path):
    write(tmp_path, "train/0.png", shape=(4, 8))
    part = Data(tile=2, channels=1)
    images = ganzoo.data.open(Pairs(part, part, True, str(tmp_path)))
    assert len(images) == 4 and images.spec.shape == (2, 2, 1) and shades(images.b) == [100] * 4


def complaint(root, paired, **fields):
    with pytest.raises(BadInput) as error:
        opened(root, paired, **fields)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_unpaired_folders_are_refused_where_pairs_are_wanted(tmp_path):
    write(tmp_path, "trainA/horse.png", "trainB/zebra.png")
    said = complaint(tmp_path, True)
    assert "trainA + trainB whose files are no partners by name (horse.png, zebra.png)" in said
    assert "take a recipe for unpaired domains" in said


def test_pairs_are_refused_where_domains_are_wanted_unpaired(tmp_path):
    write(tmp_path / "one", "train/0.png", shape=(4, 8))
    write(tmp_path / "two", "input/0.png", "target/0.png")
    for name, layout in (("one", "A|B side by side in train"), ("two", "input + target")):
        said = complaint(tmp_path / name, False)
        assert f"holds pairs ({layout})" in said and "data.aligned=true" in said


def test_missing_partners_are_named_and_counted(tmp_path):
    write(tmp_path, *(f"input/{number}.png" for number in range(7)), "target/0.png", "target/1.png")
    said = complaint(tmp_path, True)
    assert "5 of 7 images in" in said and "input have no partner: 2, 3, 4 and 2 more" in said
    write(tmp_path, *(f"target/{number}.png" for number in range(8)))
    assert "1 of 8 images in" in (said := complaint(tmp_path, True)) and "target have no partner: 7" in said
    write(tmp_path, "input/7.png", "input/7.jpg")
    assert "several files named 7" in complaint(tmp_path, True)


def test_one_folder_is_not_two_domains(tmp_path):
    write(tmp_path, "0.png", "1.png")
    for paired in (False, True):
        said = complaint(tmp_path, paired)
        assert "one folder of images, the first of them 0.png of 4x4" in said and "trainA + trainB" in said


def test_what_is_there_is_said(tmp_path):
    write(tmp_path, "trainA/0.png", "trainB/0.png")
    assert "no two domains of split 'test'" in (said := complaint(tmp_path, False, split="test"))
    assert "there is trainA, trainB" in said
    assert "data.split: 'dev'" in complaint(tmp_path, False, split="dev")
    assert "nowhere is not there" in complaint(tmp_path / "nowhere", False)
    assert "is a file, not a folder" in complaint(tmp_path / "trainA" / "0.png", False)
    (tmp_path / "trainA" / "0.png").unlink()
    assert "no image in" in complaint(tmp_path, False)
