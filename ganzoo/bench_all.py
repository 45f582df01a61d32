"""`ganzoo bench` of every recipe, each in a process of its own. This module does not import TensorFlow."""

import json
import subprocess
import sys
from typing import TextIO

from ganzoo import recipe


def run(options: list[str], screen: TextIO, timeout: float | None = None) -> list[dict]:
    """A report of `bench.bench` for each recipe, in their order; of one that cannot be timed {"recipe", "error"}.

    options: of the command, for all. A line for each goes to `screen` as it is done. timeout: seconds after which a
    recipe is given up.
    """
    reports = []
    for name in recipe.entries():
        command = [sys.executable, "-m", "ganzoo", "bench", name, *options, "--json"]
        reports.append(_report(name, command, timeout))
        print(_line(reports[-1]), file=screen, flush=True)
    return reports


def _report(name: str, command: list[str], timeout: float | None) -> dict:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        return {"recipe": name, "error": f"not done within {timeout:g} s"}
    if done.returncode:
        error = (done.stderr.strip().splitlines() or [f"stopped with {done.returncode}"])[-1]
        return {"recipe": name, "error": error.removeprefix("ganzoo: error: ")}
    return json.loads(done.stdout)


def _line(report: dict) -> str:
    if "error" in report:
        return f"{report['recipe']:<36} {report['error']}"
    speed = f"{report['images_per_second']:>10,.0f} images/s {report['ms_per_step']:>9.1f} ms a step"
    start = f"{report['seconds_to_first_step']:>6.1f} s to the first {report['peak_memory_gb']:>6.2f} GB"
    return f"{report['recipe']:<36} {speed} {start}"
