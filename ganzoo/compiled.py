"""What XLA compiled, kept between processes: the same step on the same device compiles once.

TensorFlow reads the folder from TF_XLA_FLAGS when it first compiles. Its file names tell programs apart but not devices
or versions, so each of these has a folder of its own. This module does not import TensorFlow: it must act before.
"""

import hashlib
import importlib.metadata
import os
import pathlib
import re

from ganzoo.data import cache

FACTS = re.compile(r"^(?:Model|model name|flags|NVRM[^:]*?)\s*:.*", re.MULTILINE)
FLAG = "--tf_xla_persistent_cache_directory"


def keep(environ=os.environ) -> None:
    """Have XLA keep its programs in the user's cache, unless TF_XLA_FLAGS already says where or GANZOO_XLA_CACHE=0."""
    given = environ.get("TF_XLA_FLAGS", "")
    if FLAG in given or environ.get("GANZOO_XLA_CACHE") == "0":
        return
    environ["TF_XLA_FLAGS"] = f"{given} {FLAG}={folder()}".strip()


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


def _read(file: pathlib.Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:  # no GPU, or no such kernel
        return ""
