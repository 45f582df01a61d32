import numpy as np
import PIL.Image
import pytest

from ganzoo import pictures
from ganzoo.errors import BadInput


def numbered(count: int, channels: int = 1) -> np.ndarray:
    """uint8 [count, 2, 3, channels]; every pixel of image i is i + 1."""
    return np.broadcast_to(np.arange(1, count + 1, dtype=np.uint8)[:, None, None, None], [count, 2, 3, channels])


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_grid_is_filled_row_by_row(channels):
    grid = pictures.array(pictures.grid(numbered(5, channels), columns=3))
    assert grid.shape == (4, 9, channels)
    np.testing.assert_array_equal(grid[::2, ::3, 0], [[1, 2, 3], [4, 5, 0]])
    np.testing.assert_array_equal(grid[:2, :3], numbered(1, channels)[0])


def test_a_grid_is_square_unless_told():
    assert pictures.grid(numbered(64)).size == (8 * 3, 8 * 2)
    assert pictures.grid(numbered(5)).size == (3 * 3, 2 * 2)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_single_images_are_numbered_files(channels, tmp_path):
    files = pictures.write(numbered(3, channels), tmp_path / "new" / "folder")
    assert [file.name for file in files] == ["000000.png", "000001.png", "000002.png"]
    assert sorted(files) == sorted((tmp_path / "new" / "folder").iterdir())
    np.testing.assert_array_equal(pictures.array(PIL.Image.open(files[2])), numbered(3, channels)[2])


def test_a_png_is_a_grid(tmp_path):
    assert pictures.write(numbered(4), tmp_path / "grid.PNG") == [tmp_path / "grid.PNG"]
    assert PIL.Image.open(tmp_path / "grid.PNG").size == (6, 4)


def test_a_failed_write_leaves_the_old_picture(tmp_path):
    path = tmp_path / "a.png"
    pictures.save(pictures.grid(numbered(1)), path)
    before = path.read_bytes()

    class Broken:
        def save(self, file, format):
            file.write_bytes(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        pictures.save(Broken(), path)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_a_path_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").touch()
    for out in (tmp_path / "file" / "grid.png", tmp_path / "file"):
        with pytest.raises(BadInput, match=r"out: cannot write .*file"):
            pictures.write(numbered(1), out)
