"""Checkpoints: one file that holds everything, written atomically and verified when read.

A checkpoint is an uncompressed .npz of every variable, keyed by the part it belongs to ("g_net0/003"), with a JSON
header, and behind it the SHA-256 of all that: a damaged file is known when it is read. A file appears under its name
only by a rename after its bytes are on the disk: a process killed at any moment leaves the checkpoints that were there.
"""

import hashlib
import io
import json
import os
import pathlib
import re

import numpy as np

from ganzoo.gan import GAN

KEEP = 3  # the newest that stay, besides the best
DIGEST = 32  # bytes
_NAME = re.compile(r"^(\d{12})\.npz$")


class Damaged(Exception):
    """A checkpoint file that cannot be trusted; the message says why."""


def state(model: GAN) -> dict[str, list]:
    """Every variable that a later step depends on, by the part it belongs to. `model` is compiled."""
    parts = {"game": model.own_weights}
    for player, nets in (("d", model.d_nets), ("g", model.g_nets)):
        for index, net in enumerate(nets):
            parts[f"{player}_net{index}"] = net.variables
    for index, (average, _) in enumerate(model.averages):
        parts[f"average{index}"] = average.variables
    parts["d_optimizer"], parts["g_optimizer"] = model.d_optimizer.variables, model.optimizer.variables
    for index, optimizer in enumerate(model.further_optimizers):
        parts[f"optimizer{index}"] = optimizer.variables
    return parts


def save(folder: pathlib.Path, model: GAN, header: dict) -> pathlib.Path:
    """Write the checkpoint of this moment and remove all but the newest `KEEP`. header: JSON values, kept with it."""
    images = int(model.images.value)
    path = folder / f"{images:012d}.npz"
    write(path, model, header | {"images": images})
    for old in files(folder)[KEEP:]:
        old.unlink()
    return path


def write(path: pathlib.Path, model: GAN, header: dict):
    """Write one checkpoint file under a temporary name, force it to the disk and rename it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {
        f"{part}/{index:03d}": np.asarray(variable)
        for part, variables in state(model).items()
        for index, variable in enumerate(variables)
    }
    temporary = path.with_suffix(".tmp")
    try:
        content = io.BytesIO()
        np.savez(content, header=np.array(json.dumps(header)), **arrays)
        with open(temporary, "wb") as file:
            file.write(content.getbuffer())
            file.write(hashlib.sha256(content.getbuffer()).digest())
            file.flush()
            os.fsync(file.fileno())
        replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)  # a full disk must not keep half a checkpoint
        raise


def replace(temporary: pathlib.Path, path: pathlib.Path):
    """Give a finished file its name, and make the name survive a power cut."""
    os.replace(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def files(folder: pathlib.Path) -> list[pathlib.Path]:
    """The numbered checkpoints in a folder, newest first."""
    return sorted((path for path in folder.glob("*.npz") if _NAME.match(path.name)), reverse=True)


def read(path: pathlib.Path) -> tuple[dict, dict[str, np.ndarray]]:
    """Header and arrays of a checkpoint, every byte checked. Raises Damaged."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Damaged(f"{path} cannot be read ({error.strerror})") from error
    content, digest = content[:-DIGEST], content[-DIGEST:]
    if hashlib.sha256(content).digest() != digest:
        raise Damaged(f"{path} is damaged: its SHA-256 is not the one it was written with")
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    return json.loads(str(arrays.pop("header"))), arrays


def restore(path: pathlib.Path, model: GAN) -> dict:
    """Set every variable of `model` to what the file holds; returns the header. Raises Damaged, changing nothing."""
    header, arrays = read(path)
    wanted = {
        f"{part}/{index:03d}": variable
        for part, variables in state(model).items()
        for index, variable in enumerate(variables)
    }
    differing = sorted(arrays.keys() ^ wanted.keys())
    differing += [name for name in arrays.keys() & wanted.keys() if arrays[name].shape != tuple(wanted[name].shape)]
    if differing:
        raise Damaged(f"{path} is of another model: {differing[0]} differs")
    for name, variable in wanted.items():
        variable.assign(arrays[name])
    return header


def keep_best(folder: pathlib.Path, images: int):
    """Make best.npz a copy of the checkpoint of `images`, where that one still stands under its number."""
    path, best = folder / f"{images:012d}.npz", folder / "best.npz"
    if not path.exists() or (best.exists() and best.read_bytes() == path.read_bytes()):
        return
    temporary = best.with_suffix(".tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(path.read_bytes())
            os.fsync(file.fileno())
        replace(temporary, best)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def restore_newest(folder: pathlib.Path, model: GAN, report=print) -> dict | None:
    """Restore the newest checkpoint that is whole; damaged ones are reported. None where there is none."""
    for path in files(folder):
        try:
            return restore(path, model)
        except Damaged as error:
            report(f"warning: {error}; trying the one before it")
    return None
