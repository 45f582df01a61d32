"""A folder of image files of every kind."""

import io
import os

import numpy as np
import PIL.Image
import pytest

import ganzoo.data
from ganzoo.data import pixels
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.recipe import Data

RED, HALF_BLUE = (255, 0, 0), (0, 0, 255, 128)


def save(path, mode="RGB", size=(8, 6), colour=RED, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    PIL.Image.new(mode, size, colour).save(path, **options)


def opened(path, **options):
    return ganzoo.data.open(Data(source="folder", path=str(path), **options))


def complaint(path, **options):
    with pytest.raises(BadInput) as error:
        opened(path, **options)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_every_kind_of_file_becomes_rgb(tmp_path):
    save(tmp_path / "a.jpg", quality=95)
    save(tmp_path / "b.png")
    save(tmp_path / "c.webp", lossless=True)
    save(tmp_path / "d.png", "L", colour=76)
    save(tmp_path / "e.png", "RGBA", colour=HALF_BLUE)
    PIL.Image.new("RGB", (8, 6), RED).convert("P").save(tmp_path / "f.png")
    PIL.Image.fromarray(np.full((6, 8), 76 * 257, np.uint16)).save(tmp_path / "g.png")
    save(tmp_path / "h.JPEG", "CMYK", colour=(0, 255, 255, 0), quality=95)
    save(tmp_path / "i.png", "LA", colour=(0, 0))
    save(tmp_path / "j.png", "1", colour=1)
    images = opened(tmp_path, channels=3)
    assert images.spec == Spec(6, 8, 3, 0) and len(images) == 10 and images.name == tmp_path.name
    expected = [RED, RED, RED, (76,) * 3, (127, 127, 255), RED, (76,) * 3, RED, (255,) * 3, (255,) * 3]
    for image, colour in zip(images.images, expected, strict=True):
        assert np.abs(image.reshape(-1, 3).astype(int) - colour).max() <= 3
    grey = opened(tmp_path, channels=1)
    assert grey.spec == Spec(6, 8, 1, 0)
    assert np.abs(grey.images[:, 0, 0, 0].astype(int) - [76, 76, 76, 76, 142, 76, 76, 76, 255, 255]).max() <= 3
    rgba = opened(tmp_path, channels=4)
    assert rgba.images[:, 0, 0, 3].tolist() == [255, 255, 255, 255, 128, 255, 255, 255, 0, 255]
    assert rgba.images[4, 0, 0].tolist() == [0, 0, 255, 128]


def test_16_bits_are_rounded_to_8():
    values = np.array([[0, 128, 129, 257, 65535]], np.uint16)
    assert pixels.to_uint8(values).tolist() == [[0, 0, 1, 1, 255]]
    with pytest.raises(ValueError, match="float32"):
        pixels.to_uint8(np.zeros((2, 2), np.float32))


def test_palette_with_transparency_lies_on_white(tmp_path):
    image = PIL.Image.new("P", (4, 4), 0)
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.putpixel((0, 0), 1)
    image.save(tmp_path / "a.png", transparency=0)
    values = opened(tmp_path, channels=3).images[0]
    assert values[0, 0].tolist() == [200, 100, 50] and values[1, 1].tolist() == [255, 255, 255]
    assert opened(tmp_path).spec.channels == 4


def test_exif_orientation_is_followed(tmp_path):
    image = PIL.Image.new("L", (8, 4))
    image.putpixel((0, 0), 255)
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # the camera was turned: the first column is the top row, from right to left
    image.save(tmp_path / "a.png", exif=exif)
    values = opened(tmp_path).images[0, :, :, 0]
    assert values.shape == (8, 4) and values[0, 3] == 255


def test_subfolders_are_classes(tmp_path):
    save(tmp_path / "dog" / "1.png")
    save(tmp_path / "cat" / "old" / "2.png")
    save(tmp_path / "cat" / "1.png")
    (tmp_path / "empty").mkdir()
    (tmp_path / "cat" / "notes.txt").write_text("no image")
    save(tmp_path / ".thumbnails" / "3.png")
    images = opened(tmp_path)
    assert images.class_names == ("cat", "dog") and images.labels.tolist() == [0, 0, 1]
    assert opened(tmp_path, classes=2).spec.classes == 2
    assert opened(tmp_path, classes=0).labels is None
    assert "data.classes: 3" in complaint(tmp_path, classes=3)
    save(tmp_path / "stray.png")
    assert "stray.png" in complaint(tmp_path)
    assert len(opened(tmp_path, classes=0)) == 4


def test_classes_need_labels(tmp_path):
    save(tmp_path / "a.png")
    assert "has no labels" in complaint(tmp_path, classes=2)


def test_resizing_is_antialiased_and_crops_the_centre(tmp_path):
    stripes = np.zeros((64, 96), np.uint8)
    stripes[:, ::2] = 255
    stripes[:, :16] = stripes[:, 80:] = 0
    PIL.Image.fromarray(stripes).save(tmp_path / "a.png")
    cropped = opened(tmp_path, size=16).images[0, :, :, 0]
    assert cropped.shape == (16, 16) and np.abs(cropped.astype(int) - 128).max() <= 24  # edges ring
    squeezed = opened(tmp_path, size=16, crop=False).images[0, :, :, 0]
    assert squeezed[:, 0].max() == 0 and abs(int(squeezed[8, 8]) - 128) <= 8
    wide = opened(tmp_path, size=(16, 48)).images[0]
    assert wide.shape == (16, 48, 1)


def test_transparent_colours_do_not_bleed(tmp_path):
    image = PIL.Image.new("RGBA", (16, 16), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 8, 16))
    image.save(tmp_path / "a.png")
    values = opened(tmp_path, size=5).images[0]
    visible = values[values[..., 3] > 30]
    assert (visible[:, 0] < 10).all() and (visible[:, 2] > 245).all()


def test_limit_takes_the_first_by_path(tmp_path):
    for name, colour in (("b.png", 2), ("a.png", 1), ("c.png", 3)):
        save(tmp_path / name, "L", colour=colour)
    assert opened(tmp_path, limit=2).images[:, 0, 0, 0].tolist() == [1, 2]
    assert len(opened(tmp_path, limit=99)) == 3
    assert "data.limit: 0" in complaint(tmp_path, limit=0)


def test_unreadable_files_are_named_and_counted(tmp_path):
    for index in range(3):
        save(tmp_path / f"good{index}.png")
    for index in range(5):
        (tmp_path / f"bad{index}.png").write_bytes(b"not an image")
    whole = io.BytesIO()
    PIL.Image.effect_noise((64, 64), 50).save(whole, "PNG")
    (tmp_path / "bad5.png").write_bytes(whole.getvalue()[:1000])
    said = complaint(tmp_path)
    assert "6 of 9" in said and "bad0.png" in said and "bad2.png" in said and "bad3.png" not in said
    assert "3 more" in said and "data.skip_bad=true" in said
    images = opened(tmp_path, skip_bad=True)
    assert len(images) == 3 and images.skipped == 6


def test_nothing_readable_is_an_error_even_when_skipping(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"")
    assert "1 of 1" in complaint(tmp_path, skip_bad=True)


def test_images_of_two_shapes_are_named(tmp_path):
    save(tmp_path / "a.png")
    save(tmp_path / "b.png", size=(9, 9))
    said = complaint(tmp_path)
    assert "b.png is 9x9" in said and "data.size" in said
    assert len(opened(tmp_path, size=4)) == 2
    save(tmp_path / "c.png", "L", colour=0)
    assert "data.channels: " in complaint(tmp_path, size=4) and "c.png has 1" in complaint(tmp_path, size=4)


def test_wrong_paths_and_fields(tmp_path):
    assert "nothing at" in complaint(tmp_path / "missing")
    assert "no image in" in complaint(tmp_path)
    (tmp_path / "file").write_text("")
    assert "is a file" in complaint(tmp_path / "file")
    save(tmp_path / "a.png")
    assert "data.split: 'test'" in complaint(tmp_path, split="test")
    assert "data.size: 0" in complaint(tmp_path, size=0)
    with pytest.raises(BadInput, match=r"data\.path: source 'folder' needs one"):
        ganzoo.data.open(Data(source="folder"))
    with pytest.raises(BadInput, match=r"data\.name: no bundled set 'mnist'; allowed: fashion_mnist"):
        ganzoo.data.open(Data(name="mnist"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_may_not_be_read_is_named(tmp_path):
    save(tmp_path / "a" / "a.png")
    save(tmp_path / "b" / "b.png")
    (tmp_path / "b").chmod(0)
    assert "b cannot be read (Permission denied)" in complaint(tmp_path)
    (tmp_path / "b").chmod(0o700)


def test_fingerprint_follows_the_files(tmp_path):
    from ganzoo.data import folder

    data = Data(source="folder", path=str(tmp_path))
    save(tmp_path / "a.png")
    first = folder.open(data).fingerprint
    assert folder.open(data).fingerprint == first
    save(tmp_path / "a.png", size=(9, 9))
    assert folder.open(data).fingerprint != first
