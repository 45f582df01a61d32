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
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from typing import Literal

from ganzoo.data import cache
from ganzoo.errors import BadInput

CLIENTS = {"deb": "apt-get", "npm": "npm", "wheel": "pip"}
REGISTRIES = {"deb": "Debian", "npm": "npm", "wheel": "PyPI"}


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
        with tempfile.TemporaryDirectory(dir=self.path.parent, prefix=".download.") as folder:
            for command in self._commands(accept_new):
                self._run(command, folder)
            (archive,) = pathlib.Path(folder).glob(f"*{self.path.suffix}")
            archive.rename(self.path)

    def _commands(self, accept_new: bool) -> list[list[str]]:
        between = {"deb": "=", "npm": "@", "wheel": "=="}[self.kind]
        wanted = self.package if accept_new else self.package + between + self.version
        if self.kind == "npm":
            return [["npm", "pack", "--ignore-scripts", wanted]]
        if self.kind == "wheel":
            get = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", *self._tags()]
            return [[*get, wanted]]
        # Lists and locks of our own: no root, and the system's stay as they are.
        apt = cache.folder() / "apt"
        for name in ("lists/partial", "cache/archives/partial"):
            (apt / name).mkdir(parents=True, exist_ok=True)
        own = {"Dir::State::lists": apt / "lists", "Dir::Cache": apt / "cache", "Debug::NoLocking": 1}
        get = ["apt-get", *(part for name, value in own.items() for part in ("-o", f"{name}={value}"))]
        return [[*get, "update"], [*get, "download", wanted]]

    def _tags(self) -> list[str]:
        """What makes pip take the very wheel of `file`, whatever this machine is: its files are data, not code."""
        python, abi, platforms = self.file.removesuffix(".whl").split("-")[-3:]
        if platforms == "any":
            return []
        tags = [f"--platform={platform}" for platform in platforms.split(".")]
        return [*tags, f"--python-version={python[2:]}", f"--implementation={python[:2]}", f"--abi={abi}"]

    def _run(self, command: list[str], folder: str):
        origin = f"{self.package} {self.version} of {REGISTRIES[self.kind]}"
        by_hand = f"fetch {self.file} ({origin}) and put it at {self.path}"
        if shutil.which(command[0]) is None:
            raise BadInput(f"{command[0]} is not installed; {by_hand}")
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            said = [line.strip() for line in done.stderr.splitlines() if line.strip()] or ["no message"]
            # npm ends with where its log is, pip with a hint about pip: the first error says most.
            first = next((line for line in said if "err" in line.lower() or line.startswith("E:")), said[-1])
            client = CLIENTS[self.kind]
            raise BadInput(f"{client} cannot fetch {self.package} {self.version} ({first}); {by_hand}")


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
            if not target.resolve().is_relative_to(folder.resolve()):
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
