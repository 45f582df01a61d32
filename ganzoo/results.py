"""Results files: what README, cards and `ganzoo list` say was measured, and from where.

recipes/results/<name>.json is a list of {recipe, overrides, protocol, seed, images, best, final, series, seconds,
hardware, versions, commit, date}. `python -m ganzoo.results RUN...` adds runs; `ganzoo.report` makes README's tables.
"""

import datetime
import functools
import json
import pathlib
import statistics
import sys

from ganzoo import environment, recipe, runs


def load(name: str) -> tuple[dict, ...]:
    """The measured results of a recipe, its own or those of a study it is part of; () where there are none."""
    if own := _read(name):
        return own
    rows = {}
    for row in _of_studies():
        if row["recipe"] == name and not row["overrides"]:
            rows.setdefault((row["seed"], row["images"]), row)  # two studies may play the same run
    return tuple(rows.values())


@functools.cache
def _read(name: str) -> tuple[dict, ...]:
    path = recipe.folder() / "results" / f"{name}.json"
    return tuple(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else ()


@functools.cache
def _of_studies() -> tuple[dict, ...]:
    files = (path.stem for path in sorted((recipe.folder() / "results").glob("*.json")))
    return tuple(row for name in files if name not in recipe.entries() for row in _read(name))


def summary(name: str) -> str:
    """The first metric of a recipe over its seeds: final value, floor, images; or "not measured"."""
    rows = load(name)
    measured = [row for row in rows if row["final"]]
    if not measured:
        return f"diverged, {_seeds(rows)}" if rows else "not measured"
    metric = next(iter(measured[0]["final"]))
    finals = [row["final"][metric]["value"] for row in measured]
    spread = f" ({short(min(finals))} to {short(max(finals))})" if len(finals) > 1 else ""
    diverged = f", {len(rows) - len(measured)} diverged" if len(rows) > len(measured) else ""
    kimg = measured[0]["images"] / 1000
    return f"{metric} {short(statistics.median(finals))}{spread}, {kimg:g} kimg, {_seeds(rows)}{diverged}"


def short(value: float) -> str:
    """A number as tables have it: two decimals, or below 0.1 three digits."""
    return f"{value:.2f}" if abs(value) >= 0.1 or value == 0 else f"{value:.3g}"


def _seeds(rows) -> str:
    return f"{len(rows)} seed{'s' if len(rows) > 1 else ''}"


def of_run(folder: str) -> dict:
    """The result of a run folder as it stands in a results file; best and final are None where nothing was measured."""
    run = runs.Run(folder)
    resolved, measured, log = run.resolved(), runs.lines(run.metrics), runs.lines(run.log)
    last = measured[-1]["metrics"] if measured else {}
    metric = next(iter(last), None)
    best = runs.best(measured) if measured else None
    return {
        "recipe": resolved["name"],
        "overrides": resolved["overrides"],
        "protocol": {
            name: {key: value for key, value in result.items() if key in ("count", "extractor", "reals", "floor_count")}
            for name, result in last.items()
        },
        "seed": resolved["recipe"]["train"]["seed"],
        "images": measured[-1]["images"] if measured else (log[-1]["images"] if log else 0),
        "best": best and {"images": best["images"], metric: best["metrics"][metric]["value"]},
        "final": last or None,
        "series": [[line["images"], line["metrics"][metric]["value"]] for line in measured],
        "seconds": log[-1]["seconds"] if log else None,
        "precision": resolved["precision"],
        "hardware": resolved["hardware"],
        "versions": resolved["versions"],
        "commit": resolved["commit"],
        "date": resolved["date"],
    }


def of_play(final: dict[str, dict], images: int, series: list, seconds: float) -> dict:
    """The result of a small experiment that has no run folder, as it stands in a results file; of this process."""
    return {
        "protocol": {},
        "images": images,
        "best": None,
        "final": final,
        "series": series,
        "seconds": round(seconds, 3),
        "precision": "float32",
        "state": None,
        "collapsed": None,
        "date": datetime.date.today().isoformat(),
    } | environment.describe()


def add(folder: str) -> pathlib.Path:
    """Add a run to the results of its recipe, in place of an earlier run with the same seed, overrides and length."""
    result = of_run(folder)
    path = recipe.folder() / "results" / f"{result['recipe']}.json"
    same = ("seed", "overrides", "images")
    rows = [row for row in _read(result["recipe"]) if any(row[key] != result[key] for key in same)]
    rows = sorted([*rows, result], key=lambda row: (row["images"], row["seed"]))
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    _read.cache_clear()
    return path


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("usage: python -m ganzoo.results RUN...")
    for folder in sys.argv[1:]:
        print(add(folder))
