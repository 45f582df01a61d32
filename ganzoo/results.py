"""Results files: what README, cards and `ganzoo list` say was measured, and from where.

recipes/results/<name>.json is a list of {recipe, overrides, protocol, seed, images, best, final, series, seconds,
hardware, versions, commit, date}. `python -m ganzoo.results add RUN` adds a run, `python -m ganzoo.results readme`
writes the table of README.
"""

import datetime
import functools
import json
import pathlib
import re
import statistics
import sys

from ganzoo import environment, metrics, recipe, runs

BEGIN, END = "<!-- zoo table: python -m ganzoo.results readme -->", "<!-- end of the zoo table -->"


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
    from ganzoo import study  # which makes its rows with this module

    return tuple(row for name in study.names() for row in _read(name))


def summary(name: str) -> str:
    """The first metric of a recipe over its seeds: final value, floor, images; or "not measured"."""
    rows = load(name)
    measured = [row for row in rows if row["final"]]
    if not measured:
        return f"diverged, {_seeds(rows)}" if rows else "not measured"
    metric = next(iter(measured[0]["final"]))
    finals = [row["final"][metric]["value"] for row in measured]
    spread = f" ({min(finals):.2f} to {max(finals):.2f})" if len(finals) > 1 else ""
    diverged = f", {len(rows) - len(measured)} diverged" if len(rows) > len(measured) else ""
    kimg = measured[0]["images"] / 1000
    return f"{metric} {statistics.median(finals):.2f}{spread}, {kimg:g} kimg, {_seeds(rows)}{diverged}"


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


def table() -> str:
    """README's zoo table in Markdown, from the recipes' docstrings and the results files."""
    lines = [
        "| recipe | variant | data | paper | measured (final) | best | floor | ceiling | seconds, hardware |",
        "|" + "---|" * 9,
    ]
    for entry in recipe.entries().values():
        cells = [f"`{entry.name}`", entry.variant, entry.data, entry.paper, summary(entry.name), "", "", "", ""]
        if rows := [row for row in load(entry.name) if row["final"]]:
            metric = next(iter(rows[0]["final"]))
            final = rows[0]["final"][metric]
            best = max if metrics.higher(metric) else min
            cells[5] = f"{best(row['best'][metric] for row in rows):.2f}"
            cells[6] = f"{final['floor']:.2f}" if final.get("floor") is not None else "not measured"
            cells[7] = f"{final['ceiling']:.1f}" if final.get("ceiling") is not None else "not measured"
            cells[8] = f"{statistics.median(row['seconds'] for row in rows):.0f}, {rows[0]['hardware']}"
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def readme(text: str) -> str:
    """README's text with the zoo table, and the part on each study that it has markers for, made anew."""
    from ganzoo import report

    text = _between(text, BEGIN, END, table())
    for name in re.findall(r"<!-- study (\w+) -->", text):
        text = _between(text, f"<!-- study {name} -->", f"<!-- end of study {name} -->", report.markdown(name))
    return text


def _between(text: str, begin: str, end: str, part: str) -> str:
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{part}\n{end}{after}"


if __name__ == "__main__":
    if sys.argv[1:2] == ["add"]:
        for run in sys.argv[2:]:
            print(add(run))
    elif sys.argv[1:] == ["readme"]:
        path = pathlib.Path(__file__).parent.parent / "README.md"
        path.write_text(readme(path.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        sys.exit("usage: python -m ganzoo.results add RUN... | readme")
