"""What XLA compiled, kept between processes: the same step on the same device compiles once.

TensorFlow reads the folder from TF_XLA_FLAGS when it first compiles. Its file names tell programs apart but not devices
or versions, so each of these has a folder of its own. This module does not import TensorFlow: it must act before.

On a GPU XLA also times kernels against each other and takes the fastest. That autotuning stays at the level of XLA's
default, 4, which compares the kernels' results too: a lower one starts sooner on kernels that are unchecked, and 0 on
any. What it found is kept beside the programs, a file for each fusion, so that a recipe with layers that were tuned
before starts sooner and takes the same kernels. None of this is measured.
"""

import contextlib
import hashlib
import importlib.metadata
import os
import pathlib
import re
import shlex
from collections.abc import Mapping

from ganzoo.data import cache

FACTS = re.compile(r"^(?:Model|model name|flags|NVRM[^:]*?)\s*:.*", re.MULTILINE)
FLAG = "--tf_xla_persistent_cache_directory"
TUNED = "--xla_gpu_per_fusion_autotune_cache_dir"


def keep(environ=os.environ, root: str | os.PathLike = "/proc") -> None:
    """Have XLA keep its programs in the user's cache, and with a GPU what its autotuning found.

    What TF_XLA_FLAGS or XLA_FLAGS already say stays; nothing is kept with GANZOO_XLA_CACHE=0.
    """
    if environ.get("GANZOO_XLA_CACHE") == "0":
        return
    for variable, flag, value in _places(folder(), root):
        if flag not in environ.get(variable, ""):
            _add(environ, variable, flag, value)


def elsewhere(
    place: str | os.PathLike, environ: Mapping[str, str] = os.environ, root: str | os.PathLike = "/proc"
) -> dict[str, str]:
    """The environment of a process that keeps all that in the folder `place`, wherever this one does."""
    given = dict(environ)
    for variable, flag, value in _places(pathlib.Path(place), root):
        _add(given, variable, flag, value)  # the last of two like flags is in force
    return given


def programs(environ: Mapping[str, str] = os.environ) -> set[pathlib.Path] | None:
    """The files of the folder that XLA was told, one a program; None where it was told none."""
    places = [flag for flag in shlex.split(environ.get("TF_XLA_FLAGS", "")) if flag.startswith(f"{FLAG}=")]
    return set(pathlib.Path(places[-1].partition("=")[2]).glob("*.pb")) if places else None


def state(before: set[pathlib.Path] | None, after: set[pathlib.Path] | None) -> str | None:
    """What a computation found in the cache, from `programs` before and after it: "warm", all that it needs; "cold" if
    something was added, be it by another process meanwhile; None where there is no cache."""
    if before is None:
        return None
    return "warm" if before and before == after else "cold"


def folder() -> pathlib.Path:
    """The folder of this machine's devices and this version of TensorFlow."""
    version = importlib.metadata.version("tensorflow")
    return cache.folder() / "xla" / f"{version}-{hashlib.sha256(devices().encode()).hexdigest()[:12]}"


def devices(root: str | os.PathLike = "/proc") -> str:
    """The models of the GPUs and their driver, and the processor with what it can do, as the kernel tells them."""
    root = pathlib.Path(root)
    files = [*sorted(root.glob("driver/nvidia/gpus/*/information")), root / "driver/nvidia/version", root / "cpuinfo"]
    facts = [fact for file in files for fact in FACTS.findall(_read(file))]
    return "\n".join(dict.fromkeys(facts))  # a processor's lines stand once for each of its cores


def _places(place: pathlib.Path, root: str | os.PathLike) -> list[tuple[str, str, object]]:
    places = [("TF_XLA_FLAGS", FLAG, place)]
    if any(pathlib.Path(root).glob("driver/nvidia/gpus/*")):
        tuned = place / "autotuning"
        with contextlib.suppress(OSError):
            tuned.mkdir(parents=True, exist_ok=True)
        if os.access(tuned, os.W_OK):  # as XLA wants it; else each process tunes for itself
            places.append(("XLA_FLAGS", TUNED, tuned))
    return places


def _add(environ, variable: str, flag: str, value) -> None:
    given = environ.get(variable, "")
    # What does not start with a dash is the name of a file with flags, and can be followed by none. XLA splits flags at
    # spaces and knows quotes, but not all of a shell's.
    if not given or given.lstrip().startswith("-"):
        environ[variable] = f'{given} {flag}="{value}"'.strip()


def _read(file: pathlib.Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:  # no GPU, or no such kernel
        return ""
