"""A run that makes clips, through the command line: train, sample, evaluate, TensorBoard, and what is refused."""

import json
import sys

import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

from ganzoo import cli, clips, console, train

RECIPE = "mocogan_lite_moving_digits"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("video") / "run"
    with console.Show(open("/dev/null", "w")) as show:
        train.train(RECIPE, (), str(folder), smoke=True, show=show)
    return folder


def call(capsys, *arguments):
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", ["ganzoo", *map(str, arguments)])
        cli.app()
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


def test_clips_become_a_movie_or_frames(run, capsys, tmp_path):
    code, out, _ = call(capsys, "sample", run, "--out", tmp_path / "a.gif", "--n", 4, "--num-frames", 6, "--json")
    assert code == 0 and json.loads(out)["frames"] == 6
    with PIL.Image.open(tmp_path / "a.gif") as movie:
        assert movie.n_frames == 6 and movie.size[0] >= 256
    code, out, _ = call(
        capsys, "sample", run / "export", "--out", tmp_path / "frames", "--seeds", "3,5", "--motions", 2
    )
    assert code == 0 and "4 clips of 4 frames" in out
    assert sorted(each.name for each in (tmp_path / "frames").iterdir()) == ["3-0", "3-1", "5-0", "5-1"]
    assert len(list((tmp_path / "frames" / "3-0").glob("*.png"))) == 4
    first, second = (
        np.asarray(PIL.Image.open(sorted((tmp_path / "frames" / name).iterdir())[0])) for name in ("3-0", "5-0")
    )
    assert first.shape == (16, 16) and not np.array_equal(first, second)


def test_it_is_judged_again_as_in_its_training(run, capsys):
    code, out, _ = call(capsys, "evaluate", run, "--json")
    found = json.loads(out)["metrics"]
    last = json.loads((run / "metrics.jsonl").read_text().splitlines()[-1])["metrics"]
    assert code == 0 and found == last
    code, out, _ = call(capsys, "evaluate", run, "--metrics", "frozen16_track")
    assert code == 0 and "rows real: 0, shuffled: 0, static: 1, independent: 0" in out and "16 clips" in out


def test_its_card_counts_clips(run):
    assert clips.load(run / "export").card["data"] == "moving fashion_mnist, 32 clips"


def test_clips_are_in_the_run_folder_and_move_in_tensorboard(run):
    movies = sorted(run.glob("samples/0*.gif"))
    assert len(movies) == 3
    with PIL.Image.open(movies[0]) as movie:
        assert movie.n_frames == 4
    found = {}
    for path in (run / "tensorboard").glob("*tfevents*"):
        for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
            found |= {value.tag: value for value in tf.compat.v1.Event.FromString(record).summary.value}
    assert {"samples", "movie", "train/g_video"} <= set(found)
    value = found["movie"]
    assert value.metadata.plugin_data.plugin_name == "images" and value.tensor.string_val[2].startswith(b"GIF8")
    assert value.tensor.string_val[0] == str(PIL.Image.open(movies[0]).size[0]).encode()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((), "--out: missing; allowed: a .gif or .mp4, else a folder of frames"),
        (("--out", "a.gif", "--num-frames", 0), "num_frames: 0; allowed: 1 to 1000"),
        (("--out", "a.gif", "--fps", 99), "--fps: 99 is not between 1 and 50"),
        (("--out", "a.gif", "--motions", -1), "--motions: -1 is not at least 1"),
        (("--out", "a.gif", "--motions", 0), "--motions: 0 is not at least 1"),
        (("--out", "a.gif", "--seed", 2**63, "--n", 1), "content: [9223372036854775808]; allowed: a list of whole"),
        (("--out", "a.gif", "--seed", 2**63 - 1, "--n", 2), "content: [9223372036854775807, 9223372036854775808]; all"),
        (("--out", "a.gif", "--temperature", 0.5), "--temperature: 0.5 given, and"),
    ],
)
def test_what_cannot_be_filmed_is_refused_in_one_line(run, capsys, arguments, line):
    code, out, err = call(capsys, "sample", run, *arguments)
    assert code == 2 and line in err and err.count("\n") == 1 and not out


def test_options_of_clips_are_not_those_of_others(capsys, run, tmp_path):
    for arguments, line in (
        (("evaluate", run / "export"), "allowed: its run folder"),
        (("interpolate", run, "--out", tmp_path / "a.gif"), "source:"),
        (("train", RECIPE, "data.frames=1", "--smoke", "--run", tmp_path / "b"), "data.frames: 1; allowed: 2 or more"),
    ):
        code, _, err = call(capsys, *arguments)
        assert code == 2 and line in err and err.count("\n") == 1, err
