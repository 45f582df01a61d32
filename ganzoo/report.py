"""What was found, for people: README's table of the zoo; of a study a table beside the paper's values, its claims and a
plot. All from the results files alone. `python -m ganzoo.report` writes README's parts anew.
"""

import collections
import functools
import json
import pathlib
import re
import statistics
from collections.abc import Sequence

from ganzoo import bench_all, metrics, planes, recipe, results
from ganzoo import study as studies
from ganzoo.study import Study

PHASES = (
    "D / G is one update of each player by itself. GFLOP are those of the convolutions, matrix products and the like, "
    "forward and backward, that TensorFlow's registry counts, and in brackets their share of what a matrix product "
    "reaches on the same machine; a lazy penalty's (StyleGAN2's R1 and path length, at every so many steps) are not "
    "counted. An empty cell was not measured."
)
BEGIN, END = "<!-- zoo table: python -m ganzoo.report -->", "<!-- end of the zoo table -->"


def table(study: Study, rows: Sequence[dict]) -> tuple[list[str], list[list[str]]]:
    """Column names and cells: for each arm mean ± standard error over its seeds, and the paper's value if there is one.

    Final values of every column, the best of the first, runs that collapsed or diverged, in which state the runs ended,
    reals seen, seconds.
    """
    first = study.columns[0]
    best = bool(studies.values(rows, first, "best"))
    judged = any(row["collapsed"] is not None for row in rows)
    columns = ["arm", *study.columns, *([f"best {first}"] if best else []), *(["collapsed"] if judged else [])]
    named = any(row.get("state") for row in rows)
    columns += [*(["last states"] if named else []), "seeds", "kimg", "seconds"]
    cells = []
    for arm in study.arms:
        played = [row for row in rows if row["arm"] == arm.name]
        if not played:
            cells.append([arm.name, *["not measured"] * (len(columns) - 1)])
            continue
        states = [row["collapsed"] for row in played if row["collapsed"] is not None]
        seconds = [row["seconds"] for row in played if row["seconds"] is not None]
        cells.append(
            [
                arm.name,
                *(_cell(played, column, arm.paper.get(column), study.reference) for column in study.columns),
                *([_cell(played, first, None, which="best")] if best else []),
                *([f"{sum(states)} of {len(states)}" if states else "not judged"] if judged else []),
                *([_states(played)] if named else []),
                str(len(played)),
                f"{played[0]['images'] / 1000:g}",
                f"{studies.mean(seconds)[0]:.0f}" if seconds else "",
            ]
        )
    return columns, cells


def _states(rows: Sequence[dict]) -> str:
    counted = collections.Counter(row["state"] for row in rows if row.get("state"))
    return ", ".join(f"{number} {state}" for state, number in counted.most_common())


def _cell(rows: Sequence[dict], column: str, paper, reference: str = "", which: str = "final") -> str:
    numbers = studies.values(rows, column, which)
    if not numbers:
        return "diverged" if which == "final" and not any(row.get("final") for row in rows) else ""
    mean, error = studies.mean(numbers)
    text = _number(mean, error)
    if paper is None:
        return text
    value, spread = paper
    if spread is None:
        return f"{text} ({reference} {value:g})"
    side = "inside" if abs(mean - value) <= spread else "outside"
    return f"{text} ({reference} {value:g} ± {spread:g}: {side})"


def _number(mean: float, error: float | None) -> str:
    return f"{mean:.4g}" if error is None else f"{mean:.4g} ± {error:.2g}"


def markdown(name: str) -> str:
    """README's part on a study: its protocol, table and claims."""
    study, rows = studies.load(name), studies.read(studies.path(name))
    columns, cells = table(study, rows)
    lines = _header(columns)
    lines += ["| " + " | ".join(row) + " |" for row in cells]
    parts = [f"`ganzoo study {name}`: {study.protocol}{_made_on(rows)}", "\n".join(lines)]
    if study.source:
        parts.append(f"The paper's values are those of {study.source}; ± is the standard error of the mean over seeds.")
    if study.claims:
        parts.append("\n".join(f"- {text}: **{word}**" for text, word in studies.decided(study, rows)))
    written = {row["arm"]: row["lines"] for row in rows if row.get("lines")}
    if study.quoted and written:
        wide = max(map(len, written)) + 2
        quotes = [
            f"{'' if place else arm:<{wide}}{line}"
            for arm, lines in written.items()
            for place, line in enumerate(lines)
        ]
        parts.append("\n".join(["What seed 0 of each wrote last, not selected:", "", "```text", *quotes, "```"]))
    return "\n\n".join(parts)


def _made_on(rows: Sequence[dict]) -> str:
    machines = sorted({row["hardware"] for row in rows})
    return f" Measured on {', '.join(machines)}." if machines else ""


def plot(name: str, study: Study, rows: Sequence[dict], file: pathlib.Path):
    """Each arm's first column over reals seen: mean of its seeds, and the band from the least to the greatest. Of a
    study with a plane, the means of its pairs of columns."""
    if study.plane:
        labels = tuple(column.rpartition("_")[0] for column in study.plane[0])
        return planes.draw(_lines(study, rows), labels, f"{name}: means over seeds", file)
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 6.5), constrained_layout=True)
    colours = pyplot.get_cmap("tab20")
    for index, (arm, played) in enumerate(studies.grouped(study, rows).items()):
        series = [row["series"] for row in played if row.get("series")]
        if not series:
            continue
        length = min(map(len, series))
        kimg = [point[0] / 1000 for point in series[0][:length]]
        numbers = [[run[place][1] for run in series] for place in range(length)]
        means, style = [sum(each) / len(each) for each in numbers], "-" if index < 20 else "--"
        axes.plot(kimg, means, style, label=arm, color=colours(index % 20))
        axes.fill_between(kimg, list(map(min, numbers)), list(map(max, numbers)), alpha=0.15, color=colours(index % 20))
    axes.set_xlabel("thousands of reals seen by D")
    axes.set_ylabel(study.plotted or study.columns[0])
    axes.set_title(f"{name}: mean and range over seeds")
    axes.set_yscale(study.scale)
    figure.legend(fontsize="small", ncols=4, loc="outside lower center")
    axes.grid(alpha=0.3)
    figure.savefig(file, dpi=110)
    pyplot.close(figure)


def _lines(study: Study, rows: Sequence[dict]) -> dict[str, planes.Points]:
    lines = {}
    for arm, played in studies.grouped(study, rows).items():
        found = [[studies.values(played, column) for column in pair] for pair in study.plane]
        points = [
            (pair[0].rpartition("_")[2], *map(statistics.fmean, both))
            for pair, both in zip(study.plane, found, strict=True)
            if all(both)
        ]
        if points:
            lines[arm] = points
    return lines


def zoo_table() -> str:
    """README's zoo in Markdown, from the recipes' docstrings and the results files: what was measured, then all."""
    measured = [
        "| recipe | measured (final) | best | floor | ceiling | seconds, hardware |",
        "|" + "---|" * 6,
    ]
    variants: dict[str, list[recipe.Entry]] = {}
    for entry in recipe.entries().values():
        variants.setdefault(entry.variant.partition(" (")[0], []).append(entry)
        if rows := [row for row in results.load(entry.name) if row["final"]]:
            measured.append("| " + " | ".join([f"`{entry.name}`", *_measured(entry.name, rows)]) + " |")
    every = ["| variant | paper | recipes |", "|" + "---|" * 3]
    for variant, entries in variants.items():
        papers = dict.fromkeys(entry.paper for entry in entries)
        every.append(f"| {variant} | {'; '.join(papers)} | {', '.join(f'`{entry.name}`' for entry in entries)} |")
    return "\n".join(
        [*measured, "", "The recipes of every variant; one without a row above was not measured:", "", *every]
    )


def _measured(name: str, rows: list[dict]) -> list[str]:
    metric = next(iter(rows[0]["final"]))
    final, best = rows[0]["final"][metric], max if metrics.higher(metric) else min
    return [
        results.summary(name),
        results.short(best(row["best"][metric] for row in rows)),
        results.short(final["floor"]) if final.get("floor") is not None else "not measured",
        results.short(final["ceiling"]) if final.get("ceiling") is not None else "not measured",
        f"{statistics.median(row['seconds'] for row in rows):.0f}, {rows[0]['hardware']}",
    ]


def speed_table(name: str) -> str:
    """README's table of recipes/results/speed/<name>.json, which `ganzoo bench --json` wrote."""
    rows = [row for row in _speeds(name) if "error" not in row]
    if not rows:
        return "not measured"
    columns = ["recipe", "batch", "precision, XLA", "ms a step", "D / G, ms", "GFLOP a step", "images/s", "sec/kimg"]
    lines = _header([*columns, "first step", "peak memory"])
    for row in rows:
        cells = [
            f"`{row['recipe']}`",
            f"{row['d_steps']} x {row['batch']}" if row["d_steps"] > 1 else f"{row['batch']}",
            f"{row['precision']}, {'on' if row['xla'] else 'off'}",
            f"{row['ms_per_step']:.1f}",
            " / ".join(f"{row['phases'][player]['ms']:.1f}" for player in "dg") if "phases" in row else "",
            _operations(row),
            f"{row['images_per_second']:,.0f}",
            f"{row['sec_per_kimg']:.2f}",
            bench_all.first_step(row),
            f"{row['peak_memory_gb']:.2f} GB",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    if any("gflop_per_step" in row for row in rows):
        lines += ["", PHASES]
    return "\n".join([*lines, "", _where(rows)])


def peer_table() -> str:
    """README's table of the same steps here and in PyTorch, from what tests/bench_peer.py wrote."""
    rows = _speeds("peer")
    if not rows:
        return "not measured"
    lines = _header(["recipe", "precision", "ganzoo, ms a step", "PyTorch, ms a step", "layout there", "ganzoo is"])
    slower = []
    for row in rows:
        name = " ".join([f"`{row['recipe']}`", *(f"`{override}`" for override in row["overrides"])])
        mine, peer = row["ms_all"], row["peer"]["ms_all"]
        cells = [name, row["precision"], _spread(mine), _spread(peer), row["peer"]["layout"], _verdict(mine, peer)]
        lines.append("| " + " | ".join(cells) + " |")
        if statistics.median(mine) >= statistics.median(peer):
            slower.append(f"{name} in {row['precision']} ({cells[-1]})")
    won = f"By its median ganzoo is faster in {len(rows) - len(slower)} of {len(rows)} rows"
    apart = sum(max(row["ms_all"]) < min(row["peer"]["ms_all"]) for row in rows)
    won += f", in {apart} of them with ranges apart. Not faster: {', '.join(slower) or 'none'}."
    peers = sorted({row["peer"]["name"] for row in rows})
    return "\n".join([*lines, "", won, "", f"Beside {', '.join(peers)}, in turns. {_where(rows)}"])


def smokes() -> str:
    """README's line on recipes/results/speed/smoke.json: how many recipes' smokes made their steps."""
    rows = _speeds("smoke")
    if not rows:
        return "not measured"
    made = [row for row in rows if "error" not in row]
    told = f"{len(made)} of {len(recipe.entries())} recipes made their steps"
    if made:
        seconds = [row["seconds_to_first_step"] for row in made]
        slowest = max(made, key=lambda row: row["seconds_to_first_step"])
        told += f", the first after {statistics.median(seconds):.1f} s (median) to {max(seconds):.1f} s"
        told += f" (`{slowest['recipe']}`)"
    parts = [told + "."]
    if errors := [f"`{row['recipe']}` ({row['error']})" for row in rows if "error" in row]:
        parts.append(f"Not made: {'; '.join(errors)}.")
    if missing := [f"`{name}`" for name in recipe.entries() if name not in {row["recipe"] for row in rows}]:
        parts.append(f"Not tried: {', '.join(missing)}.")
    return " ".join([*parts, *([_where(made)] if made else [])])


def _verdict(mine: list[float], peer: list[float]) -> str:
    ratio = statistics.median(peer) / statistics.median(mine)
    word = f"faster, {ratio:.2f} x" if ratio > 1 else f"slower, {1 / ratio:.2f} x"
    overlap = max(min(mine), min(peer)) <= min(max(mine), max(peer))
    return f"{word}; ranges overlap" if overlap else word


def _operations(row: dict) -> str:
    if "gflop_per_step" not in row:
        return ""
    return f"{row['gflop_per_step']:.1f}" + (f" ({row['share_of_peak']:.0%})" if "share_of_peak" in row else "")


def _header(columns: Sequence[str]) -> list[str]:
    return ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]


def _speeds(name: str) -> list[dict]:
    file = recipe.folder() / "results" / "speed" / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else []


def _spread(numbers: list[float]) -> str:
    return f"{statistics.median(numbers):.1f} ({min(numbers):.1f} to {max(numbers):.1f})"


def _where(rows: list[dict]) -> str:
    said = {f"{row['hardware']}, TensorFlow {row['versions']['tensorflow']}, {row['date']}" for row in rows}
    return f"Measured on {'; '.join(sorted(said))}."


def readme(text: str) -> str:
    """README's text with its tables, and the part on each study that it has markers for, made anew."""
    text = _between(text, BEGIN, END, zoo_table())
    for name in re.findall(r"<!-- speed (\w+) -->", text):
        part = {"peer": peer_table, "smoke": smokes}.get(name, functools.partial(speed_table, name))
        text = _between(text, f"<!-- speed {name} -->", f"<!-- end of speed {name} -->", part())
    for name in re.findall(r"<!-- study (\w+) -->", text):
        text = _between(text, f"<!-- study {name} -->", f"<!-- end of study {name} -->", markdown(name))
    return text


def _between(text: str, begin: str, end: str, part: str) -> str:
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{part}\n{end}{after}"


if __name__ == "__main__":
    path = pathlib.Path(__file__).parent.parent / "README.md"
    path.write_text(readme(path.read_text(encoding="utf-8")), encoding="utf-8")
