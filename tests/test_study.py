"""Studies: what is played, what is kept, what is refused, and the table made of it."""

import dataclasses
import json
import os
import signal
import subprocess
import sys

import pytest

from ganzoo import recipe, report, results, study
from ganzoo.errors import BadInput
from ganzoo.study import Arm, Study, more


class Said:
    def __init__(self):
        self.lines = []

    def text(self, line):
        self.lines.append(line)


def result(value, state="healthy"):
    return {
        "final": {"fd64_lenet": {"value": value}, "modes9_ring8": {"value": 2 * value}},
        "best": {"images": 5, "fd64_lenet": value - 1},
        "images": 2000,
        "series": [[1000, value + 1], [2000, value]],
        "seconds": 3.0,
        "hardware": "a machine",
        "state": state,
        "collapsed": state == "collapse",
    }


def rows(arm, *values):
    return [{"arm": arm, "seed": seed} | result(value) for seed, value in enumerate(values)]


TOY = Study(
    arms=(
        Arm("one", play=lambda seed: result(3.0 + seed), paper={"fd64_lenet": (3.6, 0.2)}),
        Arm("two", play=lambda seed: result(5.0, "collapse"), paper={"fd64_lenet": (4.0, 0.5), "modes9": (8.0, None)}),
    ),
    columns=("fd64_lenet", "modes9"),
    seeds=2,
    protocol="a toy.",
    claims=(
        more("two is above one", "two", "one", "fd64_lenet"),
        more("one has more modes", "one", "two", "modes9"),
    ),
)


@pytest.fixture
def toy(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(study, "load", lambda name: TOY)
    monkeypatch.setattr(study, "path", lambda name: tmp_path / "results" / f"{name}.json")
    return tmp_path / "results" / "toy.json"


def test_what_is_in_the_results_file_is_not_played_again(toy):
    said = Said()
    study.run("toy", seeds=1, show=said)
    first = json.loads(toy.read_text())
    assert [(row["arm"], row["seed"]) for row in first] == [("one", 0), ("two", 0)]
    first[0]["final"]["fd64_lenet"]["value"] = 42.0
    toy.write_text(json.dumps(first))
    study.run("toy", show=said)
    second = json.loads(toy.read_text())
    assert [(row["arm"], row["seed"]) for row in second] == [("one", 0), ("one", 1), ("two", 0), ("two", 1)]
    assert second[0]["final"]["fd64_lenet"]["value"] == 42.0
    assert "toy: 4 runs, 2 of them in" in "\n".join(said.lines)


def test_an_arm_may_have_fewer_seeds(toy, monkeypatch):
    one = dataclasses.replace(TOY.arms[0], seeds=1)
    monkeypatch.setattr(study, "load", lambda name: dataclasses.replace(TOY, arms=(one, TOY.arms[1])))
    said = Said()
    played = study.run("toy", show=said)
    assert [(row["arm"], row["seed"]) for row in played] == [("one", 0), ("two", 0), ("two", 1)]
    assert "toy: 3 runs, 0 of them" in said.lines[0]


def test_the_table_has_means_errors_and_the_papers_values(toy):
    columns, cells = report.table(TOY, study.run("toy", show=Said()))
    wanted = ["arm", "fd64_lenet", "modes9", "best fd64_lenet", "collapsed", "last states", "seeds", "kimg", "seconds"]
    assert columns == wanted
    # (3 + 4) / 2, and the deviation 0.707 over the root of two.
    assert cells[0][:4] == ["one", "3.5 ± 0.5 (paper 3.6 ± 0.2: inside)", "7 ± 1", "2.5 ± 0.5"]
    assert cells[0][4:] == ["0 of 2", "2 healthy", "2", "2", "3"]
    assert cells[1][1:3] == ["5 ± 0 (paper 4 ± 0.5: outside)", "10 ± 0 (paper 8)"]
    assert cells[1][4:6] == ["2 of 2", "2 collapse"]
    assert report.table(TOY, rows("one", 1.0))[1][1] == ["two", *["not measured"] * 8]


def test_a_claim_holds_is_missed_or_waits(toy):
    assert [word for _, word in study.decided(TOY, study.run("toy", show=Said()))] == ["holds", "missed"]
    assert [word for _, word in study.decided(TOY, rows("one", 1.0))] == ["not decided", "not decided"]


def test_a_plot_is_drawn(toy, tmp_path):
    report.plot("toy", TOY, study.run("toy", show=Said()), tmp_path / "toy.png")
    assert (tmp_path / "toy.png").read_bytes()[:4] == b"\x89PNG"


def test_a_plane_joins_the_means_of_its_columns(monkeypatch, tmp_path):
    drawn = {}
    monkeypatch.setattr(report.planes, "draw", lambda lines, *rest: drawn.update(lines))
    columns = [f"{kind}5k_{view}" for kind in ("nlltest", "nlloracle") for view in ("t100", "t80")]
    final = [{column: {"value": value + seed} for value, column in enumerate(columns)} for seed in range(2)]
    made = [{"arm": "one", "seed": seed, **result(1.0), "final": each} for seed, each in enumerate(final)]
    plane = tuple(zip(columns[:2], columns[2:], strict=True))
    study_of = Study((Arm("one", "mle_oracle"), Arm("two", "mle_oracle")), tuple(columns), 2, "", plane=plane)
    report.plot("toy", study_of, made, tmp_path / "toy.png")
    assert drawn == {"one": [("t100", 0.5, 2.5), ("t80", 1.5, 3.5)]}
    monkeypatch.undo()
    report.plot("toy", study_of, made, tmp_path / "toy.png")
    assert (tmp_path / "toy.png").read_bytes()[:4] == b"\x89PNG"


def test_a_run_that_diverged_is_a_row(toy):
    diverged = {"arm": "one", "seed": 0, **result(1.0, "divergence"), "final": None, "best": None, "collapsed": True}
    cells = report.table(TOY, [diverged])[1][0]
    assert cells[:4] == ["one", "diverged", "diverged", "1 of 1"]
    assert study.values([diverged, *rows("one", 2.0)], "fd64_lenet") == [2.0]


def test_recipes_are_played_in_processes_of_their_own(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    small = Study((Arm("ring", "gan_ring8"),), ("modes64_ring8",), 2, "")
    monkeypatch.setattr(study, "load", lambda name: small)
    said = Said()
    played = study.run("toy", jobs=2, smoke=True, show=said)
    assert [(row["arm"], row["seed"], row["images"]) for row in played] == [("ring", 0, 64), ("ring", 1, 64)]
    assert played[0]["final"]["modes64_ring8"]["of"] == 8 and played[0]["commit"] != ""
    assert json.loads((tmp_path / "runs/studies/toy-smoke/results.json").read_text()) == played
    assert study.run("toy", smoke=True, show=said) == played

    played[1]["values"]["model.g_width"] = 7
    file = tmp_path / "runs/studies/toy-smoke/results.json"
    file.write_text(json.dumps(played))
    with pytest.raises(BadInput, match=r"ring seed 1 was made with model.g_width = 7, not \d+; --again plays it anew"):
        study.run("toy", smoke=True, show=said)
    (tmp_path / "runs/studies/toy-smoke/ring-1/old").touch()
    again = study.run("toy", smoke=True, again=True, show=said)
    assert again[0] == played[0] and again[1]["values"]["model.g_width"] != 7
    assert not (tmp_path / "runs/studies/toy-smoke/ring-1/old").exists()


def test_what_runs_wrote_last_is_quoted(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    small = Study((Arm("mle", "mle_lite_oracle"), Arm("played", play=result)), ("nlltest32_t100",), 1, "", quoted=2)
    monkeypatch.setattr(study, "load", lambda name: small)
    monkeypatch.setattr(study, "path", lambda name: tmp_path / "runs/studies/toy-smoke/results.json")
    written, played = study.run("toy", smoke=True, show=Said())
    last = max((tmp_path / "runs/studies/toy-smoke/mle-0/samples").glob("*.txt"))
    assert written["lines"] == last.read_text().splitlines()[:2] and len(written["lines"]) == 2
    assert "lines" not in played
    quotes = ["```text", f"mle  {written['lines'][0]}", f"     {written['lines'][1]}", "```"]
    assert report.markdown("toy").endswith("\n".join(quotes))


@pytest.mark.slow
def test_an_arm_starts_from_the_run_that_it_comes_after(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    arms = Arm("game", "seqgan_from_mle_oracle", after="mle"), Arm("mle", "mle_oracle")
    small = Study(arms, ("nlltest32_t100",), 1, "")
    monkeypatch.setattr(study, "load", lambda name: small)
    played = study.run("toy", jobs=2, smoke=True, show=Said())
    assert [row["arm"] for row in played] == ["game", "mle"]
    folder = tmp_path / "runs/studies/toy-smoke"
    began = json.loads((folder / "game-0" / "recipe.json").read_text())["init"]
    assert began["images"] == 64 and began["weights"]["g_net0"] == [5, 5] and began["weights"]["d_net0"][0] == 0
    assert study.run("toy", smoke=True, show=Said()) == played  # where it starts is no change of the recipe


def _interrupt(seconds):
    raise KeyboardInterrupt  # as Ctrl-C, whose signal a background process ignores


def _terminate(seconds):
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize(("stop", "ended"), [(_interrupt, KeyboardInterrupt), (_terminate, SystemExit)])
def test_a_signal_stops_the_runs_and_writes_nothing(monkeypatch, tmp_path, stop, ended):
    started = []

    class Watched(subprocess.Popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(study, "load", lambda name: Study((Arm("ring", "gan_ring8"),), ("modes64_ring8",), 2, ""))
    monkeypatch.setattr(study.subprocess, "Popen", Watched)
    monkeypatch.setattr(study.time, "sleep", stop)
    with pytest.raises(ended):
        study.run("toy", jobs=2, smoke=True, show=Said())
    assert len(started) == 2 and all(process.returncode for process in started)
    assert not (tmp_path / "runs/studies/toy-smoke/results.json").exists()


def test_a_refused_run_stops_the_study_with_its_own_line(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    bad = Study((Arm("bad", "gan_ring8", ("train.batch=0",)),), ("modes64_ring8",), 1, "")
    monkeypatch.setattr(study, "load", lambda name: bad)
    with pytest.raises(BadInput, match=r"bad seed 0 stopped with 2: ganzoo: error: train\.batch: 0"):
        study.run("toy", smoke=True, show=Said())


def test_a_run_that_crashes_is_not_taken_for_one_that_diverged(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(study, "load", lambda name: Study((Arm("ring", "gan_ring8"),), ("modes64_ring8",), 1, ""))
    monkeypatch.setattr(study.sys, "executable", "/bin/false")  # exit code 1, as of a traceback
    with pytest.raises(BadInput, match=r"ring seed 0 stopped with 1: $"):
        study.run("toy", smoke=True, show=Said())
    assert not (tmp_path / "runs/studies/toy-smoke/results.json").exists()


def test_the_shipped_studies_name_recipes_that_there_are():
    assert {"diagnosis", "dirac", "ring_grid", "stacked_mnist", "fashion"} <= set(study.names())
    for name in study.names():
        loaded = study.load(name)
        assert loaded.arms and loaded.protocol and study.names()[name]
        assert name not in recipe.entries()
    with pytest.raises(BadInput, match=r"no study named 'rings'; allowed: .*dirac, emoji, emoji_clips, fashion"):
        study.load("rings")


@pytest.mark.parametrize("name", [name for name in study.names() if study.path(name).exists()])
def test_results_of_studies_say_how_they_were_made(name):
    loaded = study.load(name)
    arms = {arm.name for arm in loaded.arms}
    assert study.stale(loaded, study.read(study.path(name))) == []
    for row in study.read(study.path(name)):
        wanted = "study arm recipe overrides protocol seed images best final collapsed series seconds hardware versions"
        assert set(wanted.split()) <= row.keys() and row["arm"] in arms
        if row["recipe"]:
            assert row["commit"] and not row["commit"].endswith("+")
    assert results.load("gan_ring8") is not None


def test_the_command_line_lists_and_refuses():
    listed = subprocess.run([sys.executable, "-m", "ganzoo", "study"], capture_output=True, text=True, check=True)
    assert "dirac: " in listed.stdout
    wrong = subprocess.run([sys.executable, "-m", "ganzoo", "study", "x"], capture_output=True, text=True)
    assert wrong.returncode == 2 and wrong.stderr.startswith("ganzoo: error: study: no study named 'x'")
