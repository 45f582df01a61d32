"""On what a number was measured: versions, hardware, commit."""

import importlib.metadata
import pathlib
import platform
import subprocess

PACKAGES = ("ganzoo", "tensorflow", "keras", "numpy")


def describe() -> dict:
    """{"versions", "hardware", "commit"}: what a result needs to be compared with another."""
    return {"versions": versions(), "hardware": hardware(), "commit": commit()}


def versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in PACKAGES}


def hardware() -> str:
    """The GPUs, or the processor and the number of its cores that this process may use."""
    import tensorflow as tf  # a module that reads results names environments too, and must load at once

    gpus = [
        tf.config.experimental.get_device_details(gpu)["device_name"] for gpu in tf.config.list_physical_devices("GPU")
    ]
    if gpus:
        return " + ".join(gpus)
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return f"{len(names) or 1} cores of {names[0] if names else platform.processor() or platform.machine()}"


def commit() -> str | None:
    """The commit of the checkout that is running, with a + where it was changed; None outside a checkout.

    A change to recipes/results is none: a study that writes its own results file is still the code of its commit.
    """
    root = pathlib.Path(__file__).parent.parent
    if not (root / ".git").exists():
        return None
    try:
        head = subprocess.run(["git", "-C", root, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True)
        status = ["git", "-C", root, "status", "--porcelain", "-uno", "--", ".", ":(exclude)recipes/results"]
        changed = subprocess.run(status, capture_output=True, text=True)
    except FileNotFoundError:  # no git on this machine
        return None
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "") if head.returncode == 0 else None


def _lines(path: str) -> list[str]:
    try:
        return pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
