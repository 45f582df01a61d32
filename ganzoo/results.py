"""Results files: what README, cards and `ganzoo list` say was measured, and from where.

recipes/results/<name>.json is a list of {recipe, overrides, protocol, seed, images, best, final, series, seconds,
hardware, versions, commit, date}. `python -m ganzoo.results add RUN` adds a run, `python -m ganzoo.results readme`
writes the table of README.
"""

import functools
import json
import pathlib
import statistics
import sys

from ganzoo import recipe, runs

BEGIN, END = "<!-- zoo table: python -m ganzoo.results readme -->", "<!-- end of the zoo table -->"


@functools.cache
def load(name: str) -> tuple[dict, ...]:
    """The measured results of a recipe, () where there are none."""
    path = recipe.folder() / "results" / f"{name}.json"
    return tuple(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else ()


def summary(name: str) -> str:
    """The first metric of a recipe over its seeds: final value, floor, images; or "not measured"."""
    rows = load(name)
    if not rows:
        return "not measured"
    metric = next(iter(rows[0]["final"]))
    finals = [row["final"][metric]["value"] for row in rows]
    spread = f" ({min(finals):.2f} to {max(finals):.2f})" if len(finals) > 1 else ""
    seeds = f"{len(finals)} seed{'s' if len(finals) > 1 else ''}"
    return f"{metric} {statistics.median(finals):.2f}{spread}, {rows[0]['images'] / 1000:g} kimg, {seeds}"


def of_run(folder: str) -> dict:
    """The result of a finished run folder, as it stands in a results file."""
    run = runs.Run(folder)
    resolved, measured, log = run.resolved(), runs.lines(run.metrics), runs.lines(run.log)
    metric = next(iter(measured[-1]["metrics"]))
    best = runs.best(measured)
    return {
        "recipe": resolved["name"],
        "overrides": resolved["overrides"],
        "protocol": {
            name: {key: value for key, value in result.items() if key in ("count", "extractor", "reals", "floor_count")}
            for name, result in measured[-1]["metrics"].items()
        },
        "seed": resolved["recipe"]["train"]["seed"],
        "images": measured[-1]["images"],
        "best": {"images": best["images"], metric: best["metrics"][metric]["value"]},
        "final": measured[-1]["metrics"],
        "series": [[line["images"], line["metrics"][metric]["value"]] for line in measured],
        "seconds": log[-1]["seconds"],
        "precision": resolved["precision"],
        "hardware": resolved["hardware"],
        "versions": resolved["versions"],
        "commit": resolved["commit"],
        "date": resolved["date"],
    }


def add(folder: str) -> pathlib.Path:
    """Add a run to the results of its recipe, in place of an earlier run with the same seed, overrides and length."""
    result = of_run(folder)
    path = recipe.folder() / "results" / f"{result['recipe']}.json"
    same = ("seed", "overrides", "images")
    rows = [row for row in load(result["recipe"]) if any(row[key] != result[key] for key in same)]
    rows = sorted([*rows, result], key=lambda row: (row["images"], row["seed"]))
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    load.cache_clear()
    return path


def table() -> str:
    """README's zoo table in Markdown, from the recipes' docstrings and the results files."""
    lines = [
        "| recipe | variant | data | paper | measured (final) | best | floor | ceiling | seconds, hardware |",
        "|" + "---|" * 9,
    ]
    for entry in recipe.entries().values():
        cells = [f"`{entry.name}`", entry.variant, entry.data, entry.paper, summary(entry.name), "", "", "", ""]
        if rows := load(entry.name):
            metric = next(iter(rows[0]["final"]))
            final = rows[0]["final"][metric]
            cells[5] = f"{min(row['best'][metric] for row in rows):.2f}"
            cells[6] = f"{final['floor']:.2f}" if final.get("floor") is not None else "not measured"
            cells[7] = f"{final['ceiling']:.1f}" if final.get("ceiling") is not None else "not measured"
            cells[8] = f"{statistics.median(row['seconds'] for row in rows):.0f}, {rows[0]['hardware']}"
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def readme(text: str) -> str:
    """README's text with the table made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    if sys.argv[1:2] == ["add"]:
        for run in sys.argv[2:]:
            print(add(run))
    elif sys.argv[1:] == ["readme"]:
        path = pathlib.Path(__file__).parent.parent / "README.md"
        path.write_text(readme(path.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        sys.exit("usage: python -m ganzoo.results add RUN... | readme")
