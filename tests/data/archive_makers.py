"""Tiny archives as the registries make them."""

import io
import tarfile
import zipfile


def tar(files, mode, prefix=""):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(prefix + name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def tgz(path, files):
    path.write_bytes(tar(files, "w:gz"))
    return path


def wheel(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def deb(path, files, compression="xz"):
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.xz": tar({"control": b"Package: tiny\n"}, "w:xz", "./"),
        f"data.tar.{compression}": tar(files, f"w:{compression}", "./"),
    }
    content = b"!<arch>\n"
    for name, body in members.items():
        header = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(body):<10}`\n"
        content += header.encode() + body + b"\n" * (len(body) % 2)
    path.write_bytes(content)
    return path


MAKERS = {"deb": (deb, "tiny_1_all.deb"), "npm": (tgz, "tiny-1.tgz"), "wheel": (wheel, "tiny-1-py3-none-any.whl")}
