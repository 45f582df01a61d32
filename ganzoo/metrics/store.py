"""What need not be computed twice: floors, ceilings and the features of real images, in files named by their key.

Everything in the folder may be deleted at any time.
"""

import contextlib
import hashlib
import json
import os
import pathlib
from collections.abc import Callable

import numpy as np

from ganzoo.data import cache


class Store:
    """Numbers and arrays by key. A key is a dict of JSON values that names everything its value depends on."""

    def __init__(self, folder: str | os.PathLike | None):
        self.folder = (pathlib.Path(folder) if folder else cache.folder()) / "metrics"
        self.problem = ""  # one line when the folder cannot be written: evaluation goes on without it

    def number(self, key: dict, compute: Callable[[], float]) -> float:
        """The stored number of that key, else the computed one, which is then stored."""
        path = self._path(key, ".json")
        try:
            return float(json.loads(path.read_text())["value"])
        except (OSError, ValueError, KeyError):  # not there, or damaged: as good as not there
            value = compute()
            self._write(path, lambda file: file.write(json.dumps(key | {"value": value}).encode()))
            return value

    def array(self, key: dict) -> np.ndarray | None:
        """The stored array of that key, or None."""
        try:
            return np.load(self._path(key, ".npy"), allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None

    def keep(self, key: dict, array: np.ndarray) -> None:
        """Store the array of that key in place of an earlier one."""
        self._write(self._path(key, ".npy"), lambda file: np.save(file, array))

    def _path(self, key: dict, suffix: str) -> pathlib.Path:
        digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
        return self.folder / (digest[:32] + suffix)

    def _write(self, path: pathlib.Path, write: Callable) -> None:
        part = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                write(file)
            part.replace(path)  # another process sees the whole file or none
        except OSError as error:
            self.problem = f"cache: {self.folder} cannot be written ({error.strerror}); floor and ceiling are not kept"
            with contextlib.suppress(OSError):  # the folder itself may not be there
                part.unlink()
