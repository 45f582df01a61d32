"""Walks through latent space, and movies of them."""

import pathlib
import sys

import imageio_ffmpeg
import numpy as np
import PIL.Image
import pytest

from ganzoo import cli, movies, samplers, walks
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.models.image import stylegan2

SHIPPED = pathlib.Path(__file__).parent.parent / "saved_models/dcgan_fashion_mnist"


@pytest.fixture(scope="module")
def shipped():
    return samplers.load(SHIPPED)


def test_the_latent_of_a_seed_makes_the_picture_of_the_seed(shipped):
    seeds = [0, 7, 2**40]
    np.testing.assert_array_equal(shipped.from_noise(shipped.latents(seeds)), shipped.generate(seeds))


def test_a_walk_visits_its_seeds_and_ends_where_it_began(shipped):
    frames = list(walks.frames(shipped, [3, 5, 8, 13], 2, (2, 1)))
    assert len(frames) == 4 and frames[0].shape == (28, 56, 1)
    left, right = shipped.generate([3, 5]), shipped.generate([8, 13])
    for place, (a, b) in {0: (left[0], right[0]), 2: (left[1], right[1])}.items():
        np.testing.assert_array_equal(frames[place], np.concatenate([a, b], axis=1))
    # From the last seed back to the first it passes the same middle as on the way out.
    np.testing.assert_array_equal(frames[3], frames[1])


def test_a_walk_is_not_truncated_unless_told():
    sampler = samplers.of(stylegan2.StyleGAN2(64, 8, z_dim=6, w_dim=8, depth=2).build(Spec(8, 8, 1)))
    whole, told, still = (
        next(walks.frames(sampler, [1, 2], 1, truncation=truncation)) for truncation in (None, 1.0, 0.0)
    )
    np.testing.assert_array_equal(whole, told)
    assert np.any(whole != still)


@pytest.mark.parametrize("seeds, cells", [([1], (1, 1)), ([1, 2, 3], (2, 1)), ([1, 2], (2, 1))])
def test_seeds_that_cannot_be_shared_are_refused(shipped, seeds, cells):
    with pytest.raises(BadInput, match="--seeds"):
        next(walks.frames(shipped, seeds, 2, cells))


def test_between_keeps_the_length_that_the_normal_law_has():
    a, b = np.array([[3.0, 0.0]], np.float32), np.array([[0.0, 4.0]], np.float32)
    np.testing.assert_allclose(walks.between(a, b, 0.0, "normal"), a, atol=1e-6)
    np.testing.assert_allclose(walks.between(a, b, 1.0, "normal"), b, atol=1e-6)
    np.testing.assert_allclose(walks.between(a, b, 0.5, "normal"), [[3.5 / 2**0.5, 3.5 / 2**0.5]], rtol=1e-6)
    np.testing.assert_allclose(walks.between(a, 2 * a, 0.5, "normal"), 1.5 * a, rtol=1e-6)
    np.testing.assert_allclose(walks.between(a, b, 0.5, "uniform"), [[1.5, 2.0]], rtol=1e-6)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_movies_hold_their_frames(tmp_path, channels):
    levels = [0, 90, 180]
    frames = [np.full((10, 15, channels), level, np.uint8) for level in levels]
    if channels == 4:
        frames = [np.concatenate([frame[..., :3], np.full((10, 15, 1), 255, np.uint8)], axis=-1) for frame in frames]
    movies.write(frames, tmp_path / "a.gif", fps=10)
    gif = PIL.Image.open(tmp_path / "a.gif")
    assert (gif.n_frames, gif.size, gif.info["duration"], gif.info["loop"]) == (3, (270, 180), 100, 0)
    movies.write(frames, tmp_path / "a.mp4", fps=10)
    reader = imageio_ffmpeg.read_frames(str(tmp_path / "a.mp4"))
    assert next(reader)["size"] == (270, 180)
    found = [np.frombuffer(frame, np.uint8).mean() for frame in reader]
    np.testing.assert_allclose(found, levels, atol=3)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.gif", "a.mp4"]


def test_transparent_frames_lie_on_white(tmp_path):
    movies.write([np.zeros((256, 256, 4), np.uint8)] * 2, tmp_path / "a.gif", fps=10)
    assert np.all(np.asarray(PIL.Image.open(tmp_path / "a.gif").convert("L")) == 255)


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["ganzoo", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        cli.app()
    captured = capsys.readouterr()
    return stopped.value.code, captured.out, captured.err


def test_the_command_writes_a_movie(monkeypatch, capsys, tmp_path):
    out = tmp_path / "walk.gif"
    arguments = ("interpolate", SHIPPED, "--out", out, "--seeds", "0-2,7", "--steps", 2, "--grid", "2x1")
    code, said, _ = run(monkeypatch, capsys, *arguments)
    assert code == 0 and "4 frames" in said and PIL.Image.open(out).n_frames == 4


def test_seeds_may_be_ranges(monkeypatch, capsys, tmp_path):
    code, _, _ = run(monkeypatch, capsys, "sample", SHIPPED, "--out", tmp_path, "--seeds", "4-5,9")
    assert code == 0 and len(list(tmp_path.iterdir())) == 3
    expected = samplers.load(SHIPPED).generate([4, 5, 9])
    found = [np.asarray(PIL.Image.open(path)) for path in sorted(tmp_path.iterdir())]
    np.testing.assert_array_equal(np.stack(found)[..., None], expected)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("sample", "--out", "x", "--seeds", "5-2"), ["--seeds", "5-2", "0-15,20"]),
        (("sample", "--out", "x", "--seeds", "a"), ["--seeds", "'a'"]),
        (("sample", "--out", "x", "--seeds", "0-999999"), ["--seeds"]),
        (("interpolate", "--out", "x.avi"), ["x.avi", ".gif or .mp4"]),
        (("interpolate", "--out", "x.gif", "--grid", "0x2"), ["--grid", "0x2"]),
        (("interpolate", "--out", "x.gif", "--steps", "0"), ["--steps", "0"]),
        (("interpolate", "--out", "x.gif", "--fps", "99"), ["--fps", "99"]),
        (("interpolate", "--out", "x.gif", "--label", "3"), ["label", "3"]),
    ],
)
def test_bad_input_is_one_line(monkeypatch, capsys, tmp_path, arguments, words):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(monkeypatch, capsys, arguments[0], SHIPPED, *arguments[1:])
    assert code == 2 and len(err.strip().splitlines()) == 1 and not list(tmp_path.iterdir())
    for word in words:
        assert word in err
