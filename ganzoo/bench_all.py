"""`ganzoo bench` in processes of their own: of every recipe, and of the first step with XLA's cache empty and full.

This module does not import TensorFlow, which would take the GPU from the processes.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import TextIO

from ganzoo import compiled, recipe, study
from ganzoo.errors import BadInput


class Failed(Exception):
    """A process that timed nothing: its last line, and the code it ended with."""

    def __init__(self, message: str, code: int = 1):
        super().__init__(message)
        self.code = code


def run(
    screen: TextIO,
    steps: int = 20,
    smoke: bool = False,
    phases: bool = False,
    starts: bool = False,
    timeout: float | None = None,
    out: str | os.PathLike | None = None,
) -> list[dict]:
    """A report of `bench.bench` for each recipe, in their order; of one that cannot be timed {"recipe", "error"}.

    A line for each goes to `screen` as it is done. timeout: seconds after which a process is given up. starts: with
    what `first_steps` gives. out: a JSON file that is written after each recipe; those that it has are not timed again,
    errors are.
    """
    asked = {"steps": steps, "smoke": smoke, "phases": phases, "starts": starts}
    shrunk = ["--smoke"] if smoke else []
    options = ["--steps", str(steps), *shrunk, *(["--phases"] if phases else [])]
    found = _read(pathlib.Path(out), asked) if out else {}
    for name in recipe.entries():
        if name in found:
            continue
        try:
            both = first_steps([name, *shrunk], timeout) if starts else {}
            found[name] = _report([name, *options], timeout) | both
        except Failed as error:
            found[name] = {"recipe": name, "error": str(error)}
        print(_line(found[name]), file=screen, flush=True)
        if out:
            study.write(pathlib.Path(out), _ordered(found))
    return _ordered(found)


def _read(file: pathlib.Path, asked: dict) -> dict[str, dict]:
    """The reports of such a file by recipe, without errors. They must be of the options that are asked for."""
    try:
        rows = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
        found = {row["recipe"]: row for row in rows if "error" not in row}
        given = [_asked(row) for row in found.values()]
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(f"--out: {file} is not what this command wrote; allowed: a new file") from error
    for each in given:
        if each != asked:
            told = ", ".join(f"{name}={json.dumps(value)}" for name, value in each.items())
            raise BadInput(f"--out: {file} was written with {told}; allowed: these options or a new file")
    return found


def _asked(report: dict) -> dict:
    starts = "seconds_to_first_step_cold" in report
    return {"steps": report["steps"], "smoke": report["smoke"], "phases": "phases" in report, "starts": starts}


def _ordered(found: dict[str, dict]) -> list[dict]:
    return [found[name] for name in recipe.entries() if name in found]


def first_steps(arguments: Sequence[str], timeout: float | None = None) -> dict:
    """{"seconds_to_first_step_cold", "seconds_to_first_step_warm"} of two processes: the first finds no program in
    XLA's cache, the second those that the first left there. None where a process found the cache otherwise: XLA off.

    arguments: of the command. Raises `Failed`.
    """
    seconds = dict.fromkeys(("cold", "warm"))
    with tempfile.TemporaryDirectory(prefix="ganzoo-xla-") as place:
        for state in seconds:
            # One step a repeat is enough: what comes after the first is not looked at.
            report = _report([*arguments, "--steps", "1"], timeout, compiled.elsewhere(place))
            if report["xla_cache"] != state:
                break
            seconds[state] = report["seconds_to_first_step"]
    return {f"seconds_to_first_step_{state}": value for state, value in seconds.items()}


def first_step(report: dict) -> str:
    """The time to the first step for a person, with the state of XLA's cache where it is known."""
    cold, warm = (report.get(f"seconds_to_first_step_{state}") for state in ("cold", "warm"))
    if warm is not None:
        return f"{cold:.1f} s cold, {warm:.1f} s warm"
    return " ".join([f"{report['seconds_to_first_step']:.1f} s", *filter(None, [report.get("xla_cache")])])


def _report(arguments: Sequence[str], timeout: float | None, environ: Mapping[str, str] = os.environ) -> dict:
    command = [sys.executable, "-m", "ganzoo", "bench", *arguments, "--json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=environ)
    except subprocess.TimeoutExpired as error:
        raise Failed(f"not done within {timeout:g} s") from error
    if done.returncode:
        error = (done.stderr.strip().splitlines() or [f"stopped with {done.returncode}"])[-1]
        raise Failed(error.removeprefix("ganzoo: error: "), done.returncode)
    return json.loads(done.stdout)


def _line(report: dict) -> str:
    if "error" in report:
        return f"{report['recipe']:<36} {report['error']}"
    speed = f"{report['images_per_second']:>10,.0f} images/s {report['ms_per_step']:>9.1f} ms a step"
    return f"{report['recipe']:<36} {speed} {first_step(report):>8} to the first {report['peak_memory_gb']:>6.2f} GB"
