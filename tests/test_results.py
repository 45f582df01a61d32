"""README and the results files agree, and nothing in the table was typed by hand."""

import json
import pathlib

import pytest

from ganzoo import recipe, report, results

ROOT = pathlib.Path(__file__).parent.parent
FILES = [path for path in sorted((recipe.folder() / "results").glob("*.json")) if path.stem in recipe.entries()]


def test_readme_is_what_the_results_files_make_of_it():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert report.readme(text) == text, "run: python -m ganzoo.report"


def test_the_table_changes_with_the_results(monkeypatch):
    before = report.zoo_table()
    row = {
        "final": {"fd10k_lenet": {"value": 1.25, "floor": 0.5, "ceiling": 300.0}},
        "best": {"fd10k_lenet": 1.0},
        "images": 5000,
        "seconds": 7.0,
        "hardware": "a machine",
    }
    monkeypatch.setattr(results, "load", lambda name: (row,) if name == "dcgan_celeba" else ())
    line = next(line for line in report.zoo_table().splitlines() if "`dcgan_celeba`" in line)
    assert report.zoo_table() != before
    for cell in ("1.25", "1.00", "0.50", "300.0", "5 kimg", "1 seed", "7, a machine"):
        assert cell in line


SPEED = {
    "recipe": "new",
    "batch": 8,
    "d_steps": 1,
    "precision": "float32",
    "xla": True,
    "ms_per_step": 20.0,
    "images_per_second": 400.0,
    "sec_per_kimg": 2.5,
    "seconds_to_first_step": 9.0,
    "peak_memory_gb": 1.0,
    "hardware": "a machine",
    "versions": {"tensorflow": "2.21.0"},
    "date": "2026-01-01",
}


def test_a_speed_has_cells_for_what_was_measured_of_it(monkeypatch):
    counted = {"gflop_per_step": 6.04}
    whole = counted | {"phases": {"d": {"ms": 12.0}, "g": {"ms": 7.0}}, "share_of_peak": 0.61}
    starts = {"seconds_to_first_step_cold": 9.5, "seconds_to_first_step_warm": 3.25}
    rows = [SPEED, SPEED | counted | {"xla_cache": "warm"}, SPEED | whole | starts]
    monkeypatch.setattr(report, "_speeds", lambda name: rows)
    head, _, bare, half, full, *below = report.speed_table("any").splitlines()
    names = head.split(" | ")
    found = [
        [line.split(" | ")[names.index(name)] for name in ("D / G, ms", "GFLOP a step", "first step")]
        for line in (bare, half, full)
    ]
    assert found == [
        ["", "", "9.0 s"],
        ["", "6.0", "9.0 s warm"],
        ["12.0 / 7.0", "6.0 (61%)", "9.5 s cold, 3.2 s warm"],
    ]
    assert report.PHASES in below
    monkeypatch.setattr(report, "_speeds", lambda name: [SPEED])
    assert report.PHASES not in report.speed_table("any")


def test_the_peer_table_tells_which_steps_are_slower(monkeypatch):
    rows = [
        SPEED | {"overrides": [], "ms_all": mine, "peer": {"name": "peer", "layout": "any", "ms_all": peer}}
        for mine, peer in (
            ([10, 9, 11], [20, 19, 21]),
            ([10, 9, 30], [20, 19, 21]),
            ([22, 9, 30], [20, 19, 21]),
            ([30, 40, 50], [20, 19, 21]),
        )
    ]
    monkeypatch.setattr(report, "_speeds", lambda name: rows)
    _, _, *lines, _, told, _, _ = report.peer_table().splitlines()
    verdicts = [line.split(" | ")[-1] for line in lines]
    assert verdicts == [
        "faster, 2.00 x |",
        "faster, 2.00 x; ranges overlap |",
        "slower, 1.10 x; ranges overlap |",
        "slower, 2.00 x |",
    ]
    assert told.startswith(
        "By its median ganzoo is faster in 2 of 4 rows, in 1 of them with ranges apart. Not faster: "
    )
    assert told.count("`new`") == 2 and "slower, 1.10 x; ranges overlap" in told


def test_smokes_are_counted_and_what_failed_is_named(monkeypatch):
    rows = [SPEED, SPEED | {"recipe": "slow", "seconds_to_first_step": 20.0}, {"recipe": "broken", "error": "no data"}]
    monkeypatch.setattr(report, "_speeds", lambda name: rows)
    monkeypatch.setattr(recipe, "entries", lambda: ["new", "slow", "broken", "later"])
    told = "2 of 4 recipes made their steps, the first after 14.5 s (median) to 20.0 s (`slow`). "
    told += "Not made: `broken` (no data). Not tried: `later`. "
    assert report.smokes() == told + "Measured on a machine, TensorFlow 2.21.0, 2026-01-01."
    monkeypatch.setattr(report, "_speeds", lambda name: [])
    assert report.smokes() == "not measured"


def test_a_run_is_added_once_and_replaces_its_like(monkeypatch, tmp_path):
    (tmp_path / "results").mkdir()
    monkeypatch.setattr(recipe, "folder", lambda: tmp_path)
    for seed, value in ((1, 9.0), (0, 8.0), (1, 7.0)):
        row = {"recipe": "new", "seed": seed, "overrides": [], "images": 64, "value": value}
        monkeypatch.setattr(results, "of_run", lambda folder, row=row: row)
        file = results.add("a run")
    assert [(row["seed"], row["value"]) for row in json.loads(file.read_text())] == [(0, 8.0), (1, 7.0)]


def test_a_run_that_two_studies_play_counts_once(monkeypatch):
    row = {"recipe": "dcgan_small", "overrides": [], "seed": 0, "images": 64}
    both = (row, dict(row), row | {"seed": 1}, row | {"overrides": ["game.d_steps=2"]})
    monkeypatch.setattr(results, "_of_studies", lambda: both)
    assert [each["seed"] for each in results.load("dcgan_small")] == [0, 1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_result_names_its_protocol(path):
    for row in json.loads(path.read_text(encoding="utf-8")):
        wanted = "recipe overrides protocol seed images best final series seconds hardware versions commit date"
        assert set(wanted.split()) <= row.keys() and row["recipe"] == path.stem
        for name, protocol in row["protocol"].items():
            assert protocol["count"] and protocol["extractor"] and row["final"][name]["value"] is not None
        metric = next(iter(row["final"]))
        assert row["best"][metric] == min(value for _, value in row["series"])
        assert row["series"][-1] == [row["images"], row["final"][metric]["value"]]
