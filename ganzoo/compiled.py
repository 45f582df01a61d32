"""What XLA compiled, kept between processes: the same step on the same device compiles once.

TensorFlow reads the folder from TF_XLA_FLAGS when it first compiles. Its file names tell programs apart but not devices
or versions, so each of these has a folder of its own. This module does not import TensorFlow: it must act before.
"""

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


def keep(environ=os.environ) -> None:
    """Have XLA keep its programs in the user's cache, unless TF_XLA_FLAGS already says where or GANZOO_XLA_CACHE=0."""
    given = environ.get("TF_XLA_FLAGS", "")
    if FLAG in given or environ.get("GANZOO_XLA_CACHE") == "0":
        return
    environ["TF_XLA_FLAGS"] = f"{given} {_flag(folder())}".strip()


def elsewhere(place: str | os.PathLike, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a process that keeps its programs in `place`, wherever this one's are."""
    given = environ.get("TF_XLA_FLAGS", "")  # the last of two like flags is in force
    return {**environ, "TF_XLA_FLAGS": f"{given} {_flag(place)}".strip()}


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


def _flag(place: str | os.PathLike) -> str:
    return f'{FLAG}="{place}"'  # TensorFlow splits flags at spaces and knows quotes, but not all of a shell's


def _read(file: pathlib.Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:  # no GPU, or no such kernel
        return ""
