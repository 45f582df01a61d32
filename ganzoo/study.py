"""A study: a set of recipes (or of small experiments) over seeds, with one results file, a table and a plot.

A study is a file recipes/studies/<name>.py whose docstring says what is asked and whose function `study()` returns a
`Study`. `run` plays what the results file does not hold yet, each run in a process of its own, and writes the file
after every run: a study that was stopped goes on. This module does not import TensorFlow.
"""

import ast
import contextlib
import dataclasses
import functools
import importlib
import json
import math
import operator
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from ganzoo import diagnosis, recipe, results, runs
from ganzoo.errors import BadInput


@dataclasses.dataclass(frozen=True)
class Arm:
    """One row of the table: a recipe with overrides, or `play`, a function seed -> result that needs no run folder.

    paper: what the paper has for a column, (value, standard error or None). seeds: how many of the study's it is played
    with, None = all. after: the name of an arm whose run of seed
    0 is to be finished first, and whose networks all runs of this one start from, see `ganzoo.transfer`.
    """

    name: str
    recipe: str = ""
    overrides: tuple[str, ...] = ()
    paper: Mapping[str, tuple[float, float | None]] = dataclasses.field(default_factory=dict)
    play: Callable[[int], dict] | None = None
    seeds: int | None = None
    after: str = ""


@dataclasses.dataclass(frozen=True)
class Claim:
    """A sentence that the rows decide. holds: {arm: its rows} -> bool, None where rows are missing."""

    text: str
    holds: Callable[[Mapping[str, Sequence[dict]]], bool | None]


@dataclasses.dataclass(frozen=True)
class Study:
    """What is compared. columns: metrics of the table, the first is plotted. seeds: 0 ... seeds - 1 of every arm.

    source: whose values `Arm.paper` are; reference: what the table calls them. plotted: what a row's series is, where
    it is not the first column; scale: of that axis. plane: pairs of columns; then an arm is drawn as a line through the
    points (first, second) of these in their order, in place of its series. protocol: what a reader must know beside
    the numbers. quoted: of the lines that a run of seed 0 wrote last, how many the results hold and the report prints.
    """

    arms: tuple[Arm, ...]
    columns: tuple[str, ...]
    seeds: int
    protocol: str
    source: str = ""
    reference: str = "paper"
    plotted: str = ""
    scale: Literal["linear", "log"] = "linear"
    plane: tuple[tuple[str, str], ...] = ()
    claims: tuple[Claim, ...] = ()
    quoted: int = 0


def classical(name: str, *methods: str, overrides: tuple[str, ...] = (), suffix: str = "") -> tuple[Arm, ...]:
    """An arm for each of `methods`, which know no seed, judged as that recipe is: of a restoration see
    `restored.Restored.baselines`, of a translation `metrics.colours`. suffix: of the arms' names."""

    def played(method: str, seed: int) -> dict:
        from ganzoo import restored, translated  # and with them TensorFlow

        asked = recipe.load(name, overrides)
        return (translated if isinstance(asked.data, recipe.Pairs) else restored).play(asked, method, seed)

    return tuple(Arm(method + suffix, play=functools.partial(played, method), seeds=1) for method in methods)


def held(text: str, test: Callable[..., bool], *cells: tuple[str, str]) -> Claim:
    """The claim that `test` is true of the means of these cells, (arm, column) each."""

    def holds(arms):
        found = [values(arms[arm], column) for arm, column in cells]
        return test(*map(statistics.fmean, found)) if all(found) else None

    return Claim(text, holds)


def more(text: str, higher: str, lower: str, column: str) -> Claim:
    """The claim that one arm's mean of a column is above another's."""
    return held(text, operator.gt, (higher, column), (lower, column))


def names() -> dict[str, str]:
    """Every study and the first line of its docstring."""
    return {
        path.stem: (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]
        for path in sorted((recipe.folder() / "studies").glob("*.py"))
        if not path.name.startswith("_")
    }


def load(name: str) -> Study:
    """The study of that name. Raises BadInput for any other, or where it names a recipe that there is not."""
    if name not in names():
        raise BadInput(f"study: no study named {name!r}; allowed: {', '.join(names())}")
    study = importlib.import_module(f"ganzoo.recipes.studies.{name}").study()
    for arm in study.arms:
        if arm.recipe:
            recipe.find(arm.recipe)
    return study


def run(
    name: str, seeds: int | None = None, jobs: int = 1, smoke: bool = False, again: bool = False, *, show
) -> list[dict]:
    """Play the study's missing runs, `jobs` at once on equal shares of the cores. -> its rows.

    smoke: the recipes' smokes, with results in runs/studies/<name>-smoke. again: play the runs anew whose recipes have
    changed since, in place of their folders. show: as of `train.train`. Raises BadInput where a recipe has changed and
    `again` is not set, and where a run is refused, with the run's own line; what is done stays done.
    """
    study = load(name)
    folder = pathlib.Path("runs/studies") / (f"{name}-smoke" if smoke else name)
    file = folder / "results.json" if smoke else path(name)
    rows = read(file)
    for row, change in stale(study, rows, smoke):
        if not again:
            raise BadInput(
                f"study: {file}: {row['arm']} seed {row['seed']} was made with {change}; --again plays it anew"
            )
        rows.remove(row)
        shutil.rmtree(folder / f"{row['arm']}-{row['seed']}", ignore_errors=True)
    wanted = [
        (arm, seed)
        for seed in range(seeds or study.seeds)
        for arm in study.arms
        if arm.seeds is None or seed < arm.seeds
    ]
    missing = [(arm, seed) for arm, seed in wanted if not any(_same(row, arm, seed) for row in rows)]
    show.text(f"{name}: {len(wanted)} runs, {len(wanted) - len(missing)} of them in {file}")

    def keep(arm: Arm, seed: int, result: dict):
        row = {"study": name, "arm": arm.name, "recipe": arm.recipe, "overrides": list(arm.overrides), "seed": seed}
        if study.quoted and seed == 0 and not arm.play:
            row["lines"] = _written(folder / f"{arm.name}-0", study.quoted)
        rows.append(row | {key: value for key, value in result.items() if key not in row})
        order = [each.name for each in study.arms]
        rows.sort(key=lambda row: (order.index(row["arm"]) if row["arm"] in order else len(order), row["seed"]))
        write(file, rows)
        done = len(wanted) - len(missing) + len(kept)
        kept.append(arm)
        show.text(f"{done + 1:>4} of {len(wanted)}  {arm.name} seed {seed}: {_say(result, study.columns)}")

    kept: list[Arm] = []
    for arm, seed in [each for each in missing if each[0].play]:
        keep(arm, seed, arm.play(seed))
    _play([each for each in missing if not each[0].play], folder, jobs, smoke, keep)
    return rows


def _play(missing: list[tuple[Arm, int]], folder: pathlib.Path, jobs: int, smoke: bool, keep: Callable):
    """Each run in a process of its own, `jobs` at once."""
    # Ended by SIGTERM as by Ctrl-C: nobody else would stop the runs.
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    cores = max(1, len(os.sched_getaffinity(0)) // jobs)
    threads = dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"), str(cores))
    waiting, live = list(missing), {}
    folder.mkdir(parents=True, exist_ok=True)
    try:
        while waiting or live:
            while len(live) < jobs:
                pending = [f"{each.name}-{number}" for each, number, _ in live.values()]
                pending += [f"{each.name}-{number}" for each, number in waiting]
                ready = (place for place, (each, _) in enumerate(waiting) if f"{each.after}-0" not in pending)
                place = next(ready, None)
                if place is None:
                    break
                arm, seed = waiting.pop(place)
                target = folder / f"{arm.name}-{seed}"
                command = [sys.executable, "-m", "ganzoo", "train", arm.recipe, f"train.seed={seed}", *arm.overrides]
                if arm.after:
                    command += [f"train.init_from={folder / arm.after}-0", "train.init_partial=true"]
                command += ["--run", str(target), *(["--smoke"] if smoke else [])]
                with open(f"{target}.log", "w", encoding="utf-8") as log:
                    process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | threads)
                live[process] = (arm, seed, target)
            for process in [process for process in live if process.poll() is not None]:
                arm, seed, target = live.pop(process)
                # Python's own code for a crash is 1 too, but only a game that diverged says so in its log.
                diverged = process.returncode == 1 and _last_state(target) == diagnosis.DIVERGENCE
                if process.returncode and not diverged:
                    line = pathlib.Path(f"{target}.log").read_text(encoding="utf-8").strip().splitlines()[-1:]
                    raise BadInput(f"study: {arm.name} seed {seed} stopped with {process.returncode}: {''.join(line)}")
                keep(arm, seed, outcome(target, diverged))
            time.sleep(0.2)
    finally:
        for process in live:  # SIGTERM: each saves where it stands
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for process in live:
            process.wait()
        signal.signal(signal.SIGTERM, before)


STARTS = {"train.init_from", "train.init_partial"}  # what a study says of an arm that comes after another


def outcome(target: str | pathlib.Path, diverged: bool = False) -> dict:
    """The result of a run folder with its last state; one that diverged may have measured nothing."""
    found, state = runs.Run(target), _last_state(target)
    result = results.of_run(str(target))
    if diverged:
        result["final"] = None
    collapsed = None if state is None else state in (diagnosis.COLLAPSE, diagnosis.DIVERGENCE)
    return result | {"state": state, "collapsed": collapsed, "values": _flat(found.resolved()["recipe"])}


def _last_state(target: str | pathlib.Path) -> str | None:
    log = runs.lines(runs.Run(target).log)
    return diagnosis.state(log) if log else None


def _written(target: pathlib.Path, count: int) -> list[str]:
    """The first lines of the last that a run wrote."""
    files = sorted(runs.Run(target).samples.glob("[0-9]*.txt"))
    return files[-1].read_text(encoding="utf-8").splitlines()[:count] if files else []


def stale(study: Study, rows: Sequence[dict], smoke: bool = False) -> list[tuple[dict, str]]:
    """The rows whose recipe now has another value in a field that it had when they were made, with the first such.

    A field that the recipe did not have then says nothing: what is new keeps its default as it was.
    """
    found = []
    arms = {(arm.name, arm.recipe, arm.overrides) for arm in study.arms if arm.recipe}
    for row in rows:
        if "values" not in row or (row["arm"], row["recipe"], tuple(row["overrides"])) not in arms:
            continue
        loaded = recipe.load(row["recipe"], (f"train.seed={row['seed']}", *row["overrides"]), smoke)
        now = json.loads(json.dumps(_flat(recipe.describe(loaded))))
        for field in sorted(row["values"].keys() & now.keys() - STARTS):
            if row["values"][field] != now[field]:
                found.append((row, f"{field} = {row['values'][field]}, not {now[field]}"))
                break
    return found


def _flat(described: dict, prefix: str = "") -> dict:
    """The fields of a described recipe by dotted name."""
    flat = {}
    for field, value in described.items():
        flat |= _flat(value, f"{prefix}{field}.") if isinstance(value, dict) else {prefix + field: value}
    return flat


def path(name: str) -> pathlib.Path:
    """The results file of a study."""
    return recipe.folder() / "results" / f"{name}.json"


def read(file: pathlib.Path) -> list[dict]:
    """The rows of a results file, [] where there is none."""
    if not file.exists():
        return []
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadInput(f"study: {file} cannot be read: {error}") from error


def write(file: pathlib.Path, rows: list[dict]):
    """Replace a results file by one rename."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".tmp")
    temporary.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    os.replace(temporary, file)


def _same(row: dict, arm: Arm, seed: int) -> bool:
    return (row["arm"], row["recipe"], row["overrides"], row["seed"]) == (
        arm.name,
        arm.recipe,
        list(arm.overrides),
        seed,
    )


def _say(result: dict, columns: Sequence[str]) -> str:
    """One run in a line."""
    if result.get("final") is None:
        return "diverged"
    shown = [f"{column} {value:.4g}" for column in columns for value in values([result], column)]
    return ", ".join([*shown, *([result["state"]] if result.get("state") else [])])


def grouped(study: Study, rows: Sequence[dict]) -> dict[str, list[dict]]:
    """The rows of each arm, in the order of the study."""
    return {arm.name: [row for row in rows if row["arm"] == arm.name] for arm in study.arms}


def values(rows: Sequence[dict], column: str, which: str = "final") -> list[float]:
    """The column of those rows that measured it. which: "final" or "best" (the first metric only).

    A column may be a metric without its extractor, where arms differ in it: modes2500 for modes2500_ring8.
    """
    found = []
    for row in rows:
        for name, result in (row.get(which) or {}).items():
            if name == column or name.partition("_")[0] == column:
                found.append(result if which == "best" else result["value"])
    return found


def mean(numbers: Sequence[float]) -> tuple[float, float | None]:
    """Mean and standard error of the mean; no error of a single number."""
    if len(numbers) < 2:
        return numbers[0], None
    return statistics.fmean(numbers), statistics.stdev(numbers) / math.sqrt(len(numbers))


def decided(study: Study, rows: Sequence[dict]) -> list[tuple[str, str]]:
    """Each claim and whether it "holds", is "missed" or "not decided"."""
    arms = grouped(study, rows)
    words = {True: "holds", False: "missed", None: "not decided"}
    return [(claim.text, words[claim.holds(arms)]) for claim in study.claims]
