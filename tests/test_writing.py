"""A run that writes sentences, through the command line: train, sample, evaluate, TensorBoard, and what is refused."""

import json
import pathlib
import sys

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import author, cli, console, sentences, train
from ganzoo.errors import BadInput

RECIPE = "mle_wordnet"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("text") / "run"
    with console.Show(open("/dev/null", "w")) as show:
        train.train(RECIPE, (), str(folder), smoke=True, show=show)
    return folder


def call(capsys, *arguments):
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", ["ganzoo", *map(str, arguments)])
        cli.app()
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


def test_sentences_are_printed_and_depend_on_their_seed_alone(run, capsys, tmp_path):
    code, out, _ = call(capsys, "sample", run, "--n", 4, "--seed", 1, "--json")
    report = json.loads(out)
    assert code == 0 and len(report["sentences"]) == 4 and report["seeds"] == [1, 2, 3, 4]
    code, out, _ = call(capsys, "sample", run / "export", "--seeds", "3-4")
    assert code == 0 and out.splitlines() == report["sentences"][2:]
    target = tmp_path / "lines.txt"
    code, out, _ = call(capsys, "sample", run, "--n", 4, "--seed", 1, "--out", target)
    assert code == 0 and target.read_text().splitlines() == report["sentences"] and "4 sentences in" in out
    code, out, _ = call(capsys, "sample", run, "--top-k", 1, "--temperature", 0.5, "--n", 3)
    assert code == 0 and len(set(out.splitlines())) == 1


def test_it_is_judged_again_as_in_its_training(run, capsys):
    code, out, _ = call(capsys, "evaluate", run, "--json")
    found = json.loads(out)["metrics"]
    last = json.loads((run / "metrics.jsonl").read_text().splitlines()[-1])["metrics"]
    assert code == 0 and {name: each["value"] for name, each in found.items()} == {
        name: each["value"] for name, each in last.items()
    }
    code, out, _ = call(capsys, "evaluate", run, "--metrics", "selfbleu16_n2,copied16_t80")
    assert code == 0 and "16 sentences; 32 held out of grammar" in out


def test_sentences_are_in_the_run_folder_and_in_tensorboard(run):
    texts = sorted(run.glob("samples/*.txt"))
    assert [len(path.read_text().splitlines()) for path in texts] == [24] * 3
    assert len(list(run.glob("samples/0*.png"))) == 3
    tags = set()
    for path in (run / "tensorboard").glob("*tfevents*"):
        for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
            tags |= {value.tag for value in tf.compat.v1.Event.FromString(record).summary.value}
    assert {"samples", "train/g_nll", "metrics/nlltest32_t100", "curve"} <= tags


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--temperature", 0), "temperature: 0; allowed: 0.0001 to 10000"),
        (("--temperature", -1), "temperature: -1; allowed: 0.0001 to 10000"),
        (("--temperature", 1e-50), "temperature: 1e-50; allowed: 0.0001 to 10000"),
        (("--temperature", "inf"), "temperature: inf; allowed: 0.0001 to 10000"),
        (("--temperature", "nan"), "temperature: nan; allowed: 0.0001 to 10000"),
        (("--top-k", -1), "top_k: -1; allowed: 0 (all tokens) to 2147483647"),
        (("--top-k", 2**31), "top_k: 2147483648; allowed: 0 (all tokens) to 2147483647"),
        (("--seed", 2**63), "seed: range(9223372036854775808, 9223372036854775818); allowed: a list of whole numbers"),
        (("--seed", 2**63 - 1), "; allowed: a list of whole numbers in -2**63..2**63-1"),
        (("--truncation", 0.5), "--truncation: 0.5 given, and"),
        (("--n", 0), "--n: 0 is not at least 1"),
        (("--out", "/nowhere/at/all.txt"), "cannot write /nowhere/at/all.txt"),
    ],
)
def test_what_cannot_be_written_is_refused_in_one_line(run, capsys, arguments, line):
    code, out, err = call(capsys, "sample", run, *arguments)
    assert code == 2 and line in err and err.count("\n") == 1 and not out


def test_its_card_counts_sentences(run):
    assert sentences.load(run / "export").card["data"] == "grammar, 64 sentences"


def test_extreme_temperatures_write_and_beyond_them_the_graph_refuses(run):
    writer = sentences.load(run / "export")
    cold, greedy = writer.write(range(8), author.LEAST), writer.write(range(8), top_k=1)
    assert cold["text"] == greedy["text"] and np.all(np.isfinite(cold["log_prob"]))
    assert np.all(np.isfinite(writer.write(range(8), author.MOST, 2**31 - 1)["log_prob"]))
    asked = {"seed": tf.zeros([1], tf.int64), "top_k": tf.zeros([1], tf.int32)}
    for wrong in (0.0, 1e-38, 2e4, float("nan")):
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"temperature must be in 0\.0001\.\.10000, got"):
            writer._signature("serving_default")(temperature=tf.constant([wrong]), **asked)


def test_what_goes_elsewhere_is_refused_in_one_line(run, capsys, tmp_path):
    for arguments, line in (
        (("evaluate", run / "export"), "allowed: its run folder"),
        (("interpolate", run, "--out", tmp_path / "a.gif"), "source:"),
        (("train", RECIPE, "data.vocabulary=9", "--smoke", "--run", run), "holds another run"),
        (("train", RECIPE, "data.length=1", "--smoke", "--run", tmp_path / "b"), "data.length: 1; allowed: 2 or more"),
    ):
        code, _, err = call(capsys, *arguments)
        assert code == 2 and line in err and err.count("\n") == 1, err
    with pytest.raises(BadInput, match="writes no sentences"):
        sentences.load(tmp_path)
    assert not pathlib.Path(tmp_path / "b").exists()
