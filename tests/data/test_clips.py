"""Clips: what moves, folders of films and frames, starts that are drawn, and what is refused."""

import dataclasses
import gc
import subprocess

import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

import ganzoo.data
from ganzoo.data import moving, video
from ganzoo.errors import BadInput
from ganzoo.recipe import Video, check, data_of, describe

MOVING = Video(source="moving", name="fashion_mnist", size=16, channels=1, frames=4, limit=6, held_out=2)


def frame(level, size=(12, 8)):
    return PIL.Image.new("RGB", size, (level, 0, 0))


def test_pictures_move_along_folded_lines():
    images = np.zeros((200, 8, 8, 1), np.uint8)
    images[:, 3:5, 3:5] = 255
    clips, tracks = moving.move(images, 16, 12, seed=0)
    assert clips.shape == (200, 12, 16, 16, 1) and clips.dtype == np.uint8
    light = clips[..., 0].astype(float)
    rows = (light.sum(3) * np.arange(16)).sum(2) / light.sum((2, 3))
    columns = (light.sum(2) * np.arange(16)).sum(2) / light.sum((2, 3))
    np.testing.assert_allclose(np.stack([rows, columns], -1), tracks, atol=1e-4)
    assert tracks.min() >= 3.5 and tracks.max() <= 11.5  # half a picture from the edge
    ways = np.linalg.norm(np.diff(tracks, axis=1), axis=2)
    assert abs(np.median(ways) - moving.SPEED * 8) < 0.3 and ways.max() < 3
    # Straight on but for bounces: most changes of the way are rounding to pixels.
    assert np.mean(np.linalg.norm(np.diff(tracks, 2, axis=1), axis=2) <= 1.5) > 0.8
    np.testing.assert_array_equal(moving.move(images, 16, 12, seed=0)[0], clips)
    assert not np.array_equal(moving.move(images, 16, 12, seed=1)[0], clips)


def test_moving_pictures_are_a_set_of_clips():
    found = ganzoo.data.open(MOVING)
    assert (len(found), len(found.held_out)) == (6, 2) and found.spec.shape == (4, 16, 16, 1)
    assert found.images.shape[1] == 8 and found.tracks.shape == (6, 8, 2)
    assert ganzoo.data.spec(MOVING) == found.spec
    assert ganzoo.data.spec_of(ganzoo.data.shape_of(found.spec), 0) == found.spec
    assert data_of(describe(MOVING)) == MOVING
    check(["data.frames=4", "data.stride=2", "data.source=moving"])


def test_a_clip_is_seen_from_a_start_that_is_drawn_anew():
    clips = np.arange(10, dtype=np.uint8).reshape(1, 10, 1, 1, 1) * 10
    found = video.VideoSet("x", np.tile(clips, (1, 1, 8, 8, 1)), frames=3, stride=2)
    assert found.span == 5
    np.testing.assert_array_equal(found.read([0])[0, :, 0, 0, 0], [0, 20, 40])
    batch = next(iter(found.stream(64, seed=0)))["video"]
    assert batch.shape == (64, 3, 8, 8, 1) and batch.dtype == tf.float32
    firsts = np.rint((batch.numpy()[:, :, 0, 0, 0] + 1) * 127.5 / 10).astype(int)
    assert set(firsts[:, 0]) == set(range(6))  # 10 - 5 + 1 places
    assert np.all(np.diff(firsts, axis=1) == 2)
    np.testing.assert_array_equal(found.lookup(tf.range(64, dtype=tf.int64), 0)["video"], batch)


def test_a_folder_holds_films_animations_and_frames(tmp_path):
    frames = [frame(level) for level in range(0, 200, 20)]
    frames[0].save(tmp_path / "b.gif", save_all=True, append_images=frames[1:], duration=50, loop=0)
    frames[0].save(tmp_path / "c.webp", save_all=True, append_images=frames[1:], lossless=True)
    (tmp_path / "a").mkdir()
    for number in range(12):
        frame(number * 10).save(tmp_path / "a" / f"f{number}.png")  # f10 comes after f9
    (tmp_path / "notes.txt").write_text("no clip")
    frames[0].save(tmp_path / "short.gif", save_all=True, append_images=frames[1:2], duration=50)
    found = ganzoo.data.open(Video(path=str(tmp_path), size=8, frames=5))
    assert found.images.shape == (4, 10, 8, 8, 3) and found.skipped == 1  # of the twelve frames two parts
    np.testing.assert_array_equal(found.images[0, :, 0, 0, 0], np.arange(10) * 10)
    np.testing.assert_array_equal(found.images[1, :, 0, 0, 0], np.arange(2, 12) * 10)
    np.testing.assert_array_equal(found.images[3, :, 0, 0, 0], np.arange(10) * 20)
    grey = ganzoo.data.open(Video(path=str(tmp_path), size=8, frames=5, channels=1, limit=2))
    assert grey.images.shape == (3, 10, 8, 8, 1)  # of two films


def test_a_film_is_decoded(tmp_path):
    pytest.importorskip("imageio_ffmpeg")
    from ganzoo import movies

    levels = np.linspace(40, 220, 9).astype(np.uint8)
    movies.write([np.full((64, 64, 1), level, np.uint8) for level in levels], tmp_path / "a.mp4", 10)
    found = ganzoo.data.open(Video(path=str(tmp_path), size=16, frames=4, channels=1))
    assert found.images.shape[:2] == (1, 9)
    np.testing.assert_allclose(found.images[0, :, 8, 8, 0], levels, atol=4)


@pytest.mark.parametrize("kind", ["webp", "mp4"])
def test_a_clip_is_decoded_frame_by_frame(tmp_path, monkeypatch, kind):
    imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg")
    draw = np.random.default_rng(0)
    frames = [PIL.Image.fromarray(draw.integers(0, 256, (40, 64, 3), np.uint8)) for _ in range(12)]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], lossless=True)
    # What a film decodes to, without what a codec loses; beside it how many pictures are alive when a frame is read.
    alive, convert = [], PIL.Image.Image.convert

    def count():
        alive.append(sum(isinstance(each, PIL.Image.Image) for each in gc.get_objects()))

    def read(path, pix_fmt):
        yield {"size": (64, 40)}
        for each in frames:
            count()
            yield each.tobytes()

    if kind == "mp4":
        (tmp_path / "a.webp").rename(tmp_path / "a.mp4")
        monkeypatch.setattr(imageio_ffmpeg, "read_frames", read)
    else:
        monkeypatch.setattr(PIL.Image.Image, "convert", lambda *given: count() or convert(*given))
    found = ganzoo.data.open(Video(path=str(tmp_path), size=16, frames=4))
    box = (12, 0, 52, 40)
    wanted = [np.asarray(each.resize((16, 16), PIL.Image.Resampling.BOX, box)) for each in frames]
    np.testing.assert_array_equal(found.images[0], wanted)
    assert len(alive) >= 12 and max(alive) <= alive[0] + 4


def test_long_clips_are_cut_into_equal_ones(tmp_path):
    for name, count in (("a", 7), ("b", 15)):
        frames = [frame(level * 10) for level in range(count)]
        frames[0].save(tmp_path / f"{name}.webp", save_all=True, append_images=frames[1:], lossless=True)
    found = ganzoo.data.open(Video(path=str(tmp_path), size=8, frames=3))
    assert found.images.shape[:2] == (4, 7)
    np.testing.assert_array_equal(found.images[2, :, 0, 0, 0], np.arange(7, 14) * 10)
    np.testing.assert_array_equal(found.images[3, :, 0, 0, 0], np.arange(8, 15) * 10)
    assert list(found.sources) == [0, 1, 1, 1]


def test_parts_of_a_film_stay_together(tmp_path):
    for number, count in enumerate((4, 9, 13, 8, 5)):
        frames = [frame(number * 50) for _ in range(count)]
        frames[0].save(tmp_path / f"{number}.png", save_all=True, append_images=frames[1:])

    def levels(clips):
        return sorted({*clips.images[:, 0, 0, 0, 0].tolist()})

    found = ganzoo.data.open(Video(path=str(tmp_path), size=8, frames=3, held_out=2))
    assert len(found.held_out) > 2 == len(levels(found.held_out))
    assert sorted(levels(found) + levels(found.held_out)) == [0, 50, 100, 150, 200]
    few = ganzoo.data.open(Video(path=str(tmp_path), size=8, frames=3, held_out=1, limit=2))
    assert len(levels(few)) == 2 and sorted(levels(few) + levels(few.held_out)) == [0, 50, 100]


def test_clips_of_a_package_are_decoded_once(tmp_path):
    from ganzoo.data import fluent_emoji

    assets = tmp_path / "package" / "assets"
    assets.mkdir(parents=True)
    frames = [PIL.Image.new("RGBA", (256, 256), (level, 0, 0, 255)) for level in range(0, 70, 10)]
    frames[0].save(assets / "1f600.webp", save_all=True, append_images=frames[1:], lossless=True)
    frames[0].save(assets / "still.webp", lossless=True)
    clear = [PIL.Image.new("RGBA", (256, 256), (0, 0, 0, alpha)) for alpha in (0, 255, 0, 255)]
    clear[0].save(assets / "2.webp", save_all=True, append_images=clear[1:], lossless=True)
    fluent_emoji.build(tmp_path, lambda line: None)
    assert not list(assets.glob("*.webp"))
    first, second = fluent_emoji.read(tmp_path, "train")
    assert first.shape == (3, 64, 64, 3) and list(first[:, 0, 0, 0]) == [0, 30, 60]
    assert second.shape[0] == 2 and list(second[:, 5, 5, 1]) == [255, 0]


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"frames": 1}, "data.frames: 1; allowed: 2 or more"),
        ({"stride": 0}, "data.stride: 0"),
        ({"size": 4}, "data.size: 4"),
        ({"limit": 0}, "data.limit: 0"),
        ({"path": None}, "data.path: source 'folder' needs one"),
        ({"path": "/nowhere"}, "data.path: no folder /nowhere"),
        ({"frames": 9}, "has 1 clips, all shorter than the 9 frames"),
        ({"held_out": 1}, "data.held_out: 1, but"),
        ({"source": "moving", "name": "emoji", "channels": 1}, "'emoji' does not move; allowed: mnist, fashion_mnist"),
        ({"source": "moving", "name": "mnist"}, "data.channels: 3; allowed: 1"),
        ({"source": "package", "name": "emoji"}, "no package of clips 'emoji'; allowed: fluent_emoji"),
        ({"source": "film"}, "data.source: 'film'; allowed: moving, package, folder"),
    ],
)
def test_what_is_no_clip_is_refused_in_one_line(tmp_path, fields, line):
    frames = [frame(level) for level in range(0, 80, 20)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=50)
    with pytest.raises(BadInput) as caught:
        ganzoo.data.open(dataclasses.replace(Video(path=str(tmp_path), size=8, frames=3), **fields))
    assert line in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["broken.gif", "broken.mp4", "broken.webp"])
def test_what_cannot_be_decoded_is_named(tmp_path, name):
    if name.endswith("mp4"):
        pytest.importorskip("imageio_ffmpeg")
    (tmp_path / name).write_bytes(b"not a clip at all")
    with pytest.raises(BadInput) as caught:
        ganzoo.data.open(Video(path=str(tmp_path), size=8, frames=3))
    assert f"{name} cannot be decoded" in str(caught.value) and "\n" not in str(caught.value)


def test_a_recording_without_a_film_is_named(tmp_path):
    ffmpeg = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    target = str(tmp_path / "sound.mp4")
    subprocess.run([ffmpeg, "-v", "error", "-f", "lavfi", "-i", "anullsrc", "-t", "0.1", target], check=True)
    with pytest.raises(BadInput, match=r"^data\.path: .*sound\.mp4 cannot be decoded: [^\n]*$"):
        ganzoo.data.open(Video(path=str(tmp_path), size=8, frames=3))


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ([IndexError("list index out of range")], "no film in it"),
        ([AttributeError("'NoneType' object has no attribute 'start'")], "no film in it"),
        ([{"fps": 25.0}], "no film in it"),
        ([], "no film in it"),
        ([{"size": (4, 4)}], "no frame in it"),
        ([{"size": (4, 4)}, bytes(48), RuntimeError("Could not read frame 2:\nof many lines")], "not read frame 2:"),
        ([OSError("Could not load meta information\n=== stderr ===")], "Could not load meta information"),
    ],
)
def test_a_film_that_ffmpeg_cannot_tell_is_named(tmp_path, monkeypatch, said, line):
    def read(path, pix_fmt):
        for each in said:
            if isinstance(each, Exception):
                raise each
            yield each

    monkeypatch.setattr(pytest.importorskip("imageio_ffmpeg"), "read_frames", read)
    (tmp_path / "a.mp4").write_bytes(b"")
    with pytest.raises(BadInput) as caught:
        ganzoo.data.open(Video(path=str(tmp_path), size=8, frames=3))
    assert "a.mp4 cannot be decoded: " in str(caught.value) and str(caught.value).endswith(line)
    assert "\n" not in str(caught.value)


def test_a_folder_without_clips_is_refused(tmp_path):
    with pytest.raises(BadInput, match="has no clip"):
        ganzoo.data.open(Video(path=str(tmp_path), size=8, frames=3))
