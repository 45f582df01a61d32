"""A trained generator as a SavedModel in TensorFlow Serving's layout, with its card beside it.

`<models>/<recipe>/<version>/` holds saved_model.pb and variables/, which TensorFlow Serving reads, and card.json and
README.md, which it leaves alone. The signatures are those of `ganzoo.generator`.
"""

import dataclasses
import json
import os
import pathlib
import shutil
from typing import Any

import tensorflow as tf

from ganzoo.card import Card, markdown
from ganzoo.errors import BadInput
from ganzoo.gan import GAN

CARD = "card.json"


def export(model: GAN, folder: str | os.PathLike, card: dict[str, Any], force: bool = False):
    """Write what `model` serves to `folder` = .../<recipe>/<version>. card: the fields of `Card`.

    The version appears by one rename: a process killed while exporting leaves none. Raises BadInput where the version
    is no whole number, exists already (unless `force`) or cannot be written; what stood there then stands still.
    """
    folder, known = pathlib.Path(folder).absolute(), Card(**card)
    if not folder.name.isdecimal():
        raise BadInput(f"out: {folder} ends in {folder.name!r}; allowed: a version, which is a whole number")
    if folder.exists() and not force:
        raise BadInput(f"out: {folder} exists already; --force replaces it")
    served = model.served()
    temporary = folder.with_name(f".{folder.name}.tmp")
    try:
        if temporary.exists():  # of an export that was killed
            shutil.rmtree(temporary)
        temporary.mkdir(parents=True)
        _write(temporary, served, known, version=int(folder.name))
        _replace(temporary, folder)
    except (OSError, tf.errors.OpError) as error:
        raise BadInput(f"out: cannot write {folder}: {str(error).splitlines()[0]}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def newest(folder: pathlib.Path) -> pathlib.Path | None:
    """The highest version of a model, which TensorFlow Serving serves; None where there is none."""
    versions = [path.parent for path in folder.glob("*/saved_model.pb") if path.parent.name.isdecimal()]
    return max(versions, key=lambda path: int(path.name), default=None)


def find(source: str | pathlib.Path) -> pathlib.Path | None:
    """The version that `source` is, or of a folder of versions the newest; None where it is neither."""
    path = pathlib.Path(source)
    return path if (path / "saved_model.pb").is_file() else newest(path)


def opened(version: pathlib.Path) -> tuple[Any, dict[str, Any]]:
    """The SavedModel of that folder, whose variables live as long as it does, and its card. Raises BadInput."""
    try:
        card = json.loads((version / CARD).read_text(encoding="utf-8"))
        return tf.saved_model.load(str(version)), card
    except (OSError, ValueError, KeyError, tf.errors.OpError) as error:
        raise BadInput(f"source: cannot load {version}: {str(error).splitlines()[0]}") from error


def states(source: str | os.PathLike, fact: str) -> bool:
    """Whether `source` is an export, or the newest version in a folder of them, whose card has this fact."""
    version = find(source)
    try:
        return bool(version) and fact in json.loads((version / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False  # whoever reads it says what is wrong


def _write(folder: pathlib.Path, served, known: Card, version: int):
    signatures = {name: served.signature(name) for name in served.signatures}
    # Nothing of Keras goes into the file, so nothing of Keras is needed to load it.
    module = tf.Module()
    module.weights = served.variables
    tf.saved_model.save(module, str(folder), signatures=signatures)
    card = dataclasses.asdict(known) | served.facts
    card["signatures"] = {
        name: {
            "inputs": _tensors(function.structured_input_signature[1]),
            "outputs": _tensors(function.structured_outputs),
        }
        for name, function in signatures.items()
    }
    (folder / CARD).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(markdown(card, version), encoding="utf-8")


def _tensors(specs: dict[str, tf.TensorSpec]) -> dict[str, dict]:
    return {
        name: {
            "dtype": spec.dtype.name,
            # Free sizes but the rows'; a number for all rows has no shape.
            "shape": ["N", *("any" if size is None else size for size in spec.shape[1:])] if spec.shape.rank else [],
        }
        for name, spec in specs.items()
    }


def _replace(temporary: pathlib.Path, folder: pathlib.Path):
    old = folder.with_name(f".{folder.name}.old")
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    temporary.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
