"""The run folder: what a training run leaves behind, and how it is cut back to a checkpoint.

recipe.py (verbatim), recipe.json (resolved), log.jsonl, metrics.jsonl, rollbacks.jsonl (where there were any),
diagnosis.png (where one was asked for), samples/, checkpoints/, tensorboard/, export/.
"""

import contextlib
import dataclasses
import json
import os
import pathlib

from ganzoo.errors import BadInput
from ganzoo.recipe import Game, Train


class Run:
    """One run folder. `path` need not exist yet."""

    def __init__(self, path: str | pathlib.Path):
        self.path = pathlib.Path(path)
        self.recipe_file = self.path / "recipe.py"
        self.recipe_json = self.path / "recipe.json"
        self.log = self.path / "log.jsonl"
        self.metrics = self.path / "metrics.jsonl"
        self.rollbacks = self.path / "rollbacks.jsonl"
        self.diagnosis = self.path / "diagnosis.png"
        self.samples = self.path / "samples"
        self.checkpoints = self.path / "checkpoints"
        self.tensorboard = self.path / "tensorboard"
        self.export = self.path / "export"

    def resolved(self) -> dict:
        """What recipe.json says. Raises BadInput where there is none or it cannot be read."""
        if not self.recipe_json.is_file():
            raise BadInput(f"run: {self.path} is not a run folder: it has no recipe.json")
        try:
            return json.loads(self.recipe_json.read_text(encoding="utf-8"))
        except ValueError as error:
            raise BadInput(f"run: {self.recipe_json} cannot be read: {error}") from error

    def begin(self, resolved: dict, recipe_source: str):
        """Write recipe.py and recipe.json; the latter last, and whole, for it is what makes the folder a run."""
        self.path.mkdir(parents=True, exist_ok=True)
        for folder in (self.samples, self.checkpoints, self.tensorboard):
            folder.mkdir(exist_ok=True)
        self.recipe_file.write_text(recipe_source, encoding="utf-8")
        temporary = self.recipe_json.with_suffix(".tmp")
        temporary.write_text(json.dumps(resolved, indent=2) + "\n", encoding="utf-8")
        os.replace(temporary, self.recipe_json)

    def check_identity(self, resolved: dict):
        """Refuse to go on with a run of another recipe; raising train.images only extends the run."""
        before, now = _identity(self.resolved()), _identity(resolved)
        for field in sorted(before.keys() | now.keys()):
            if before.get(field) != now.get(field):
                raise BadInput(
                    f"run: {self.path} holds another run: its {field} is {before.get(field)}, not {now.get(field)}; "
                    "give another folder with --run"
                )

    @contextlib.contextmanager
    def writing(self):
        """Turn a full disk, or a folder that cannot be written, into BadInput that names the run."""
        import tensorflow as tf

        try:
            yield
        except OSError as error:
            raise BadInput(
                f"run: cannot write {error.filename or self.path}: {error.strerror or error}; what is saved stays, and "
                "the same command goes on from it"
            ) from error
        except tf.errors.OpError as error:  # TensorBoard's files are written by TensorFlow
            if str(self.tensorboard) not in error.message:
                raise
            raise BadInput(f"run: cannot write {error.message.splitlines()[0]}") from error

    def cut(self, images: int):
        """Forget what was logged after `images`: the resumed run will say it again."""
        for path in (self.log, self.metrics):
            kept = [line for line in lines(path) if line["images"] <= images]
            if path.exists():
                temporary = path.with_suffix(".tmp")
                temporary.write_text("".join(json.dumps(line) + "\n" for line in kept), encoding="utf-8")
                os.replace(temporary, path)
        for path in sorted(self.tensorboard.glob("*tfevents*")):
            _cut_events(path, images)
        for path in self.samples.glob("[0-9]*.*"):
            if float(path.stem) * 1000 > images:
                path.unlink()


def _identity(resolved: dict) -> dict[str, object]:
    """What makes two runs the same, by dotted field.

    Versions, commit, hardware and the length are not part of it, nor what to do when it diverges, nor what holding
    images back does not say by the hash of those that are left.
    """
    flat = {}

    def walk(prefix: str, value):
        if isinstance(value, dict):
            for name, item in value.items():
                walk(f"{prefix}.{name}" if prefix else name, item)
        else:
            flat[prefix] = value

    recipe = resolved["recipe"]
    known = {"game": _defaults(Game) | recipe["game"], "train": _defaults(Train) | recipe["train"]}
    walk("", {name: resolved.get(name) for name in ("name", "smoke", "image", "classes")} | recipe | known)
    flat["data.hash"] = resolved["data"]["hash"]
    for field in ("train.images", "train.on_divergence", "data.held_out"):
        flat.pop(field, None)
    return flat


def _defaults(kind: type) -> dict:
    """What fields were that recipe.json does not know, because it is older than they are."""
    return {each.name: each.default for each in dataclasses.fields(kind) if each.default is not dataclasses.MISSING}


def lines(path: pathlib.Path) -> list[dict]:
    """The records of a .jsonl file; a last line that was cut off while being written is left out."""
    if not path.exists():
        return []
    records = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            records.append(json.loads(line))
        except ValueError:
            break
    return records


def best(records: list[dict]) -> dict:
    """The record of metrics.jsonl whose first metric is best: the lowest, or highest where higher is better."""
    from ganzoo import metrics

    name = next(iter(records[0]["metrics"]))
    sign = -1 if metrics.higher(name) else 1
    return min(records, key=lambda record: sign * record["metrics"][name]["value"])


def append(path: pathlib.Path, record: dict):
    """Add one record to a .jsonl file, in one write."""
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")


def _cut_events(path: pathlib.Path, images: int):
    import tensorflow as tf
    from tensorflow.core.util import event_pb2

    kept, dropped = [], False
    try:
        for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
            if event_pb2.Event.FromString(record).step <= images:
                kept.append(record)
            else:
                dropped = True
    except tf.errors.DataLossError:  # the process died while it wrote the last record
        dropped = True
    if dropped:
        temporary = path.with_name("cut.tmp")
        with tf.io.TFRecordWriter(str(temporary)) as writer:
            for record in kept:
                writer.write(record)
        os.replace(temporary, path)
