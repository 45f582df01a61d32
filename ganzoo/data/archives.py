"""Archives of package registries: fetched by the registries' own clients, checked, unpacked without root.

Debian's .deb is an `ar` archive with a tar archive of the files inside, npm's is a .tgz and PyPI's wheel a zip.
"""

import dataclasses
import hashlib
import io
import pathlib
import re
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from typing import Literal

from ganzoo.data import cache
from ganzoo.errors import BadInput

CLIENTS = {"deb": "apt-get", "npm": "npm", "wheel": "pip"}


@dataclasses.dataclass(frozen=True)
class Archive:
    """One version of a package. file: what its registry calls the archive."""

    kind: Literal["deb", "npm", "wheel"]
    package: str
    version: str
    file: str
    sha256: str

    @property
    def path(self) -> pathlib.Path:
        """Where the archive lies once fetched; a file put there by hand serves as well."""
        return cache.folder() / "archives" / self.file

    def fetch(self, accept_new: bool = False, report: Callable[[str], None] = print) -> pathlib.Path:
        """The archive, downloaded unless it is there. Raises BadInput without the client or for another SHA-256.

        accept_new: take what the registry has now, whatever its version and SHA-256; Debian drops a version when the
        next one comes.
        """
        if not self.path.exists():
            report(f"downloading {self.package} {self.version} with {CLIENTS[self.kind]}")
            self._download(accept_new)
        found = sha256(self.path)
        if found != self.sha256:
            complaint = f"{self.path}: SHA-256 is {found}, expected {self.sha256}"
            if not accept_new:
                raise BadInput(f"{complaint}; delete the file, or take it as it is with --accept-new")
            report(f"{complaint}; accepted")
        return self.path

    def _download(self, accept_new: bool):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with cache.making(self.path.parent / "download") as folder:
            for command in self._commands(accept_new):
                self._run(command, folder)
            suffix = {"deb": ".deb", "npm": ".tgz", "wheel": ".whl"}[self.kind]
            (archive,) = folder.glob(f"*{suffix}")
            archive.rename(self.path)

    def _commands(self, accept_new: bool) -> list[list[str]]:
        wanted = {"deb": f"{self.package}={self.version}", "npm": f"{self.package}@{self.version}",
                  "wheel": f"{self.package}=={self.version}"}[self.kind]
        if accept_new:
            wanted = self.package
        if self.kind == "npm":
            return [["npm", "pack", "--ignore-scripts", wanted]]
        if self.kind == "wheel":
            return [["pip", "download", "--no-deps", "--only-binary=:all:", wanted]]
        # Lists and locks of our own: no root, and the system's stay as they are.
        apt = cache.folder() / "apt"
        for name in ("lists/partial", "cache/archives/partial"):
            (apt / name).mkdir(parents=True, exist_ok=True)
        own = ["-o", f"Dir::State::lists={apt / 'lists'}", "-o", f"Dir::Cache={apt / 'cache'}",
               "-o", "Debug::NoLocking=1"]
        return [["apt-get", *own, "update"], ["apt-get", *own, "download", wanted]]

    def _run(self, command: list[str], folder: pathlib.Path):
        by_hand = f"put {self.file} of {self.package} {self.version} ({self._registry}) at {self.path} by hand"
        if shutil.which(command[0]) is None:
            raise BadInput(f"{command[0]} is not installed; {by_hand}")
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.strip()] or ["no message"]
            raise BadInput(f"{command[0]} cannot fetch {self.package} {self.version} ({said[-1].strip()}); {by_hand}")

    @property
    def _registry(self) -> str:
        return {"deb": "Debian", "npm": "npm", "wheel": "PyPI"}[self.kind]


def sha256(path: pathlib.Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unpack(path: pathlib.Path, folder: pathlib.Path, wanted: str) -> int:
    """Write the files whose path in the archive matches the pattern `wanted` below `folder`; how many they were.

    Raises BadInput for a file that is not such an archive.
    """
    count = 0
    try:
        for name, content in _members(path):
            name = name.removeprefix("./")
            if not re.fullmatch(wanted, name):
                continue
            target = folder / name
            if ".." in target.parts:
                raise BadInput(f"{path}: member {name!r} lies outside the archive")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content())
            count += 1
    except (tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
        raise BadInput(f"{path}: not a whole {path.suffix} archive ({error})") from error
    return count


def _members(path: pathlib.Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """(path, function that reads it) of every regular file."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield name, lambda name=name: archive.read(name)
        return
    data = io.BytesIO(_deb_data(path)) if path.suffix == ".deb" else None
    with tarfile.open(None if data else path, "r:*", fileobj=data) as archive:
        for member in archive:
            if member.isreg():
                yield member.name, lambda member=member: archive.extractfile(member).read()


def _deb_data(path: pathlib.Path) -> bytes:
    """The member data.tar.* of a .deb: an `ar` archive, headers of 60 bytes, members padded to even length."""
    with path.open("rb") as stream:
        if stream.read(8) != b"!<arch>\n":
            raise tarfile.ReadError("no ar archive")
        while header := stream.read(60):
            if len(header) < 60 or header[58:] != b"`\n":
                raise tarfile.ReadError("broken ar header")
            size = int(header[48:58])
            if header.startswith(b"data.tar"):
                return stream.read(size)
            stream.seek(size + size % 2, io.SEEK_CUR)
    raise tarfile.ReadError("no data.tar in it")
