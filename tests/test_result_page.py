"""The page of results: what it shows, what it replaces, and that its columns sort in a browser."""

import html.parser
import re
import shutil
import subprocess

import numpy as np
import PIL.Image
import pytest

from ganzoo import page
from ganzoo.errors import BadInput
from ganzoo.metrics import fidelity

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
VOID = {"meta", "img", "br", "link"}


def pixels(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def example(count=4, **kwargs):
    columns = {
        "input": pixels(count, 8, 8, 3),
        "output": pixels(count, 16, 16, 1),
        "<the> target": pixels(count, 9, 9, 4),
    }
    values = {"PSNR (dB)": [3.5, float("inf"), -1.0, 20.0, 7.0][:count], 'odd "&" name': list(np.arange(count) / 7)}
    plane = page.Plane({0.0: (20.0, 3.0), 1.0: (19.0, 1.0)}, {"a<b": (18.0, 2.0)}, "Means over 4 images.")
    facts = {"Source": "runs/<script>alert(1)</script>", "Commit": ""}
    return page.Page(
        "a & b",
        facts,
        [("m<1>", "2.5", "1e-05", "", "of <4>")],
        page.Sheet(columns, values),
        plane,
        ["a < b"],
        **kwargs,
    )


class Reader(html.parser.HTMLParser):
    """Refuses what is not closed in order; keeps the start tags and the text of the cells."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.said = [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.said.append(data)


def test_every_image_is_shown_beside_its_numbers_and_nothing_is_taken_for_markup(tmp_path):
    index = page.write(tmp_path / "deep" / "results", example())
    assert index == tmp_path / "deep" / "results" / "index.html"
    read = Reader(index.read_text(encoding="utf-8"))
    pictures = [attrs for tag, attrs in read.tags if tag == "img"]
    assert len(pictures) == 1 + 4 * 3 and all(each["alt"] for each in pictures)
    assert all((index.parent / each["src"]).is_file() for each in pictures)
    assert np.array_equal(
        PIL.Image.open(index.parent / "images/002_output.png"), example().sheet.columns["output"][2, ..., 0]
    )
    assert (index.parent / "images/003_the-target.png").is_file()
    assert len([tag for tag, _ in read.tags if tag == "script"]) == 1 and "alert" in "".join(read.said)
    cells = [attrs for tag, attrs in read.tags if tag == "td" and attrs.get("data-label") == "PSNR (dB)"]
    assert [float(each["data-value"]) for each in cells] == [3.5, float("inf"), -1.0, 20.0, float("inf")]
    assert "∞" in read.said and "Commit" not in read.said
    assert not re.search(r"(src|href)=\"(https?:)?//", index.read_text(encoding="utf-8"))


def test_a_page_of_ours_is_replaced_and_nothing_else(tmp_path):
    folder = tmp_path / "results"
    page.write(folder, example(4))
    for name in ("notes.txt", "images/mine.png"):
        (folder / name).write_text("kept")
    page.write(folder, example(2))
    assert sorted(path.name for path in (folder / "images").iterdir()) == sorted(
        ["mine.png", *(f"{row:03d}_{name}.png" for row in range(2) for name in ("input", "output", "the-target"))]
    )
    assert (folder / "notes.txt").read_text() == "kept"
    for other, content in (("theirs/index.html", "<html>"), ("theirs2/a.txt", "x")):
        (tmp_path / other).parent.mkdir()
        (tmp_path / other).write_text(content)
        with pytest.raises(BadInput, match=r"--page: .*theirs.* holds other things"):
            page.write((tmp_path / other).parent, example())
        assert (tmp_path / other).read_text() == content and len(list((tmp_path / other).parent.iterdir())) == 1
    with pytest.raises(BadInput, match="is a file"):
        page.write(tmp_path / "theirs2/a.txt", example())


def test_the_numbers_of_an_image_are_those_of_fidelity():
    images, targets = pixels(3, 20, 20, 3), pixels(3, 20, 20, 3, seed=1)
    masks = np.zeros([3, 20, 20, 1], np.uint8)
    masks[:, 5:9, 4:12] = 255
    found = page.fidelities(images, targets, 2, masks)
    assert list(found) == ["PSNR (dB)", "PSNR-Y (dB)", "SSIM", "SSIM-Y", "PSNR in the hole (dB)"]
    assert found["PSNR-Y (dB)"] == fidelity.psnr(images, targets, 2, in_luma=True).tolist()
    assert found["SSIM"] == fidelity.ssim(images, targets, 2).tolist()
    hole = (images.astype(float) - targets)[:, 5:9, 4:12] ** 2
    np.testing.assert_allclose(found["PSNR in the hole (dB)"], 10 * np.log10(255**2 / hole.mean(axis=(1, 2, 3))))
    assert list(page.fidelities(images[..., :1], targets[..., :1], 5)) == ["PSNR (dB)"]  # too small for SSIM


@pytest.mark.skipif(BROWSER is None, reason="no browser")
def test_a_click_sorts_and_a_second_one_the_other_way_round(tmp_path):
    index = page.write(tmp_path / "results", example())
    script = (
        "const said = [], order = () => said.push([...document.querySelectorAll('.rows tbody tr')]"
        ".map(row => row.cells[0].dataset.value).join(' '));"
        "for (const column of [1, 1, 2, 0]) {document.querySelectorAll('.rows button')[column].click(); order();}"
        "document.body.dataset.said = said.join(', ')"
    )
    text = index.read_text(encoding="utf-8").replace("</body>", f"<script>{script}</script></body>")
    index.write_text(text, encoding="utf-8")
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    command += ["--no-first-run", "--disable-background-networking", "--dump-dom", index.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert 'data-said="2 0 3 1, 1 3 0 2, 0 1 2 3, 0 1 2 3"' in done.stdout
