"""Archives of registries: tiny ones made here, and clients that are small scripts."""

import os

import pytest
from archive_makers import MAKERS, deb, tgz

from ganzoo.data import archives
from ganzoo.errors import BadInput

FILES = {"package/a.txt": b"one", "package/deep/b.txt": b"two", "package/skip.bin": b"three"}
WANTED = r"package/.*\.txt"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "cache"))


def unpacked(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("kind", MAKERS)
def test_every_kind_is_unpacked(tmp_path, kind):
    make, name = MAKERS[kind]
    path = make(tmp_path / name, FILES)
    assert archives.unpack(path, tmp_path / "out", WANTED) == 2
    assert unpacked(tmp_path / "out") == {"package/a.txt": b"one", "package/deep/b.txt": b"two"}
    damaged = tmp_path / f"damaged-{name}"
    damaged.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(BadInput, match=f"damaged-{name}: not a whole"):
        archives.unpack(damaged, tmp_path / "damaged", WANTED)


def test_a_deb_may_be_compressed_by_gzip(tmp_path):
    assert archives.unpack(deb(tmp_path / "a.deb", FILES, "gz"), tmp_path / "out", WANTED) == 2


def test_members_do_not_escape(tmp_path):
    path = tgz(tmp_path / "a.tgz", {"package/../../evil.txt": b"x"})
    with pytest.raises(BadInput, match="lies outside"):
        archives.unpack(path, tmp_path / "out", ".*")
    path = tgz(tmp_path / "b.tgz", {f"{tmp_path}/evil.txt": b"x"})
    with pytest.raises(BadInput, match="lies outside"):
        archives.unpack(path, tmp_path / "out", ".*")
    assert not list(tmp_path.rglob("evil.txt"))


def client(tmp_path, monkeypatch, name, script):
    """Put a program of that name first on the path."""
    programs = tmp_path / "bin"
    programs.mkdir(exist_ok=True)
    (programs / name).write_text(f"#!/bin/sh\n{script}\n")
    (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


def archive(kind, path, sha256=None):
    return archives.Archive(kind, "tiny", "1", MAKERS[kind][1], sha256 or archives.sha256(path))


def test_npm_and_apt_are_asked_as_they_should_be(tmp_path, monkeypatch):
    log = tmp_path / "log"
    for kind, program in (("npm", "npm"), ("deb", "apt-get")):
        make, name = MAKERS[kind]
        ready = make(tmp_path / name, FILES)
        fetch = f'case "$*" in *update) ;; *) cp {ready} . ;; esac'
        client(tmp_path, monkeypatch, program, f'echo "$0 $@" >> {log}\n{fetch}')
        lines = []
        path = archive(kind, ready).fetch(report=lines.append)
        assert path == tmp_path / "cache" / "archives" / name and path.read_bytes() == ready.read_bytes()
        assert lines == [f"downloading tiny 1 with {program}"]
        archive(kind, ready).fetch(report=lines.append)
        assert len(lines) == 1
        assert [file.name for file in path.parent.iterdir() if file.name.startswith(".")] == []
    npm, update, download = log.read_text().splitlines()
    assert npm.endswith("npm pack --ignore-scripts tiny@1")
    lists = f"-o Dir::State::lists={tmp_path}/cache/apt/lists"
    assert update.endswith(" update") and lists in update and "-o Debug::NoLocking=1" in update
    assert download.endswith(" download tiny=1") and lists in download


def test_another_sha256_is_an_error_unless_accepted(tmp_path, monkeypatch):
    ready = tgz(tmp_path / "tiny-1.tgz", FILES)
    client(tmp_path, monkeypatch, "npm", f'echo "$@" > {tmp_path}/log; cp {ready} .')
    wanted = archive("npm", ready, sha256="0" * 64)
    with pytest.raises(BadInput, match=r"SHA-256 is .*, expected 0000.*--accept-new"):
        wanted.fetch()
    lines = []
    assert wanted.fetch(accept_new=True, report=lines.append).exists()
    assert "accepted" in lines[-1]
    wanted.path.unlink()
    wanted.fetch(accept_new=True, report=lines.append)
    assert (tmp_path / "log").read_text() == "pack --ignore-scripts tiny\n"


def test_without_the_client_one_line_says_what_to_fetch(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    ready = tgz(tmp_path / "ready.tgz", FILES)
    wanted = archive("npm", ready)
    with pytest.raises(BadInput) as error:
        wanted.fetch(report=lambda line: None)
    said = str(error.value)
    assert "\n" not in said and "npm is not installed" in said and "tiny-1.tgz" in said and str(wanted.path) in said
    wanted.path.write_bytes(ready.read_bytes())
    assert wanted.fetch() == wanted.path


def test_what_the_client_says_is_told_in_one_line(tmp_path, monkeypatch):
    client(tmp_path, monkeypatch, "apt-get", 'echo "W: hm" >&2; echo "E: Version 1 was not found" >&2; exit 100')
    with pytest.raises(BadInput, match=r"apt-get cannot fetch tiny 1 \(E: Version 1 was not found\); fetch") as error:
        archive("deb", None, sha256="0" * 64).fetch(report=lambda line: None)
    assert "\n" not in str(error.value)


def test_pip_is_told_the_very_wheel_whatever_the_machine():
    def asked(file):
        (command,) = archives.Archive("wheel", "tiny", "1", file, "")._commands(False)
        return command[command.index("--only-binary=:all:") + 1 :]

    assert asked("tiny-1-py2.py3-none-any.whl") == ["tiny==1"]
    assert asked("tiny-1-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl") == [
        "--platform=manylinux_2_24_x86_64",
        "--platform=manylinux_2_28_x86_64",
        "--python-version=311",
        "--implementation=cp",
        "--abi=cp311",
        "tiny==1",
    ]
