"""Tiny archives as the registries make them."""

import io
import struct
import tarfile
import zipfile
import zlib


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


def rcc(files, compressed=(), version=3):
    """A Qt resource file; `compressed`: the paths of files that are stored so."""
    tree = {}
    for path in files:
        *folders, name = path.split("/")
        place = tree
        for folder in folders:
            place = place.setdefault(folder, {})
        place[name] = path
    nodes, names, data, queue = [], b"", b"", [("", tree)]
    first = 1
    while queue:
        name, value = queue.pop(0)
        offset = len(names)
        names += struct.pack(">HI", len(name), 0) + name.encode("utf-16-be")
        if isinstance(value, dict):
            nodes.append(struct.pack(">IHII", offset, 2, len(value), first))
            first += len(value)
            queue += value.items()
        else:
            content, packed = files[value], value in compressed
            if packed:
                content = struct.pack(">I", len(content)) + zlib.compress(content)
            nodes.append(struct.pack(">IHHHI", offset, int(packed), 0, 1, len(data)))
            data += struct.pack(">I", len(content)) + content
    modified = b"\0" * 8 if version > 1 else b""
    header = 20 + (4 if version > 2 else 0)
    start = struct.pack(">4s4I", b"qres", version, header + len(data) + len(names), header, header + len(data))
    return start.ljust(header, b"\0") + data + names + b"".join(node + modified for node in nodes)


MAKERS = {"deb": (deb, "tiny_1_all.deb"), "npm": (tgz, "tiny-1.tgz"), "wheel": (wheel, "tiny-1-py3-none-any.whl")}
