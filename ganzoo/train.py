"""train(recipe, run): the whole flow on one page, from a recipe to an exported model.

The same call resumes: everything a step depends on is in the checkpoint or a pure function of (seed, images seen), so
a run that was killed ends with the weights of one that was not.
"""

import dataclasses
import datetime
import functools
import json
import pathlib
from collections.abc import Callable, Iterator

import keras
import tensorflow as tf

import ganzoo.data
import ganzoo.recipe
from ganzoo import (
    callbacks,
    checkpoint,
    console,
    environment,
    export,
    pictures,
    runs,
    transfer,
)
from ganzoo.errors import BadInput
from ganzoo.gan import GAN

ROLLBACKS = 3  # of a run with train.on_divergence=rollback, before it is given up


def train(name: str, overrides: tuple[str, ...] = (), run: str | None = None, smoke: bool = False, *, show) -> dict:
    """Train a recipe to its last image, judge it and export it; the same call again resumes or says it is complete.

    name: a recipe's name or path. overrides: "field=value". run: the run folder, `runs/<recipe>` by default. show: an
    object with methods `text(str)`, `tick(record)` and `evaluation(record)` that tells a person, see `ganzoo.console`.
    Returns {"run", "images", "seconds", "metrics", "export"}. Raises BadInput, `callbacks.Diverged`
    and `callbacks.Stopped` (by a signal, everything saved).
    """
    while True:
        try:
            return _train(name, overrides, run, smoke, show)
        except _RolledBack as rollback:
            show.text(str(rollback))


class _RolledBack(Exception):
    """The run stands at a checkpoint again, to go on with another seed; the message says why."""


def _train(name: str, overrides: tuple[str, ...], run: str | None, smoke: bool, show) -> dict:
    entry = ganzoo.recipe.find(name)
    recipe = ganzoo.recipe.load(name, overrides, smoke)
    ganzoo.recipe.check_lengths(recipe)
    folder = runs.Run(run or f"runs/{entry.name}{'-smoke' if smoke else ''}")

    with callbacks.Stop() as stop, folder.writing():
        images = ganzoo.data.open(recipe.data)
        if images.skipped:
            show.text(f"data: {images.skipped:,} {images.KIND} skipped ({images.SKIPPED}), {len(images):,} kept")
        resolved = resolve(entry.name, recipe, overrides, smoke, images)
        resume = folder.recipe_json.exists()
        if resume:
            folder.check_identity(resolved)
        seed = seed_in_force(recipe.train.seed, len(runs.lines(folder.rollbacks)))
        lookup = functools.partial(images.lookup, seed=seed) if recipe.data.on_device else None
        model = build(recipe, images.spec, lookup)
        check_batch(recipe, model)
        exhibit = model.exhibit(images, recipe, fresh=lambda: untrained(recipe, images.spec))
        header = checkpoint.restore_newest(folder.checkpoints, model, show.text) if resume else None
        model.seed.assign(seed)
        if (source := recipe.train.init_from) and header:
            resolved["init"] = folder.resolved()["init"]
        elif source:
            transfer.check_words(source, resolved)
            resolved["init"] = transfer.start(model, source, recipe.train.init_partial, show.text)
            show.text(transfer.tell(source, resolved["init"]))
            # Before the folder is a run: what a run began with is read once, for the other may go on.
            checkpoint.save(folder.checkpoints, model, {"seconds": 0.0})
        seen, total = int(model.images.value), recipe.train.images
        if seen > total:
            raise BadInput(f"train.images: {folder.path} is at {seen} images already, more than {total}")
        folder.begin(resolved, entry.path.read_text(encoding="utf-8"))
        folder.cut(seen)
        target = folder.export / str(version(total))
        if header:
            done = "is complete" if seen == total and exported(target, total) else "resumes"
            show.text(f"{folder.path} {done} at {seen / 1000:g} of {total / 1000:g} kimg")
        else:
            size = "x".join(map(str, images.spec.shape))
            show.text(
                f"{entry.name}: {total / 1000:g} kimg of {images.name} ({len(images):,} {images.KIND} {size}) in "
                f"{resolved['precision']} on {resolved['hardware']}; pictures in {folder.samples}"
            )

        if not (folder.samples / "reals.png").exists():
            pictures.save(exhibit.originals(), folder.samples / "reals.png")
        every = recipe.train.evaluate if recipe.metrics else 0
        writer = tf.summary.create_file_writer(str(folder.tensorboard))
        seconds = header["seconds"] if header else 0.0
        diagnose = callbacks.Diagnose(folder, writer, exhibit.measure)
        log = callbacks.Log(folder, writer, total, seconds, diagnose, show.tick)
        samples = callbacks.Samples(folder, writer, recipe.train.tick, exhibit)
        evaluate = callbacks.Evaluate(folder, writer, every, exhibit, show.evaluation)
        save = callbacks.Save(folder, log, stop)
        hooks = [diagnose, log, callbacks.Guard(diagnose), save, stop, samples, evaluate]
        if not header:
            callbacks.describe(writer, resolved)

        try:
            for start, ticks, length in segments(seen, total, recipe.train.tick):
                model.fit(
                    dataset(images, recipe, start, seed),
                    epochs=ticks,
                    steps_per_epoch=length // ganzoo.recipe.images_per_step(recipe),
                    callbacks=hooks,
                    shuffle=False,
                    verbose=0,
                )
        except callbacks.Diverged as error:
            if recipe.train.on_divergence == "rollback":
                raise roll_back(folder, recipe.train.seed, error) from error
            raise
        stop.saved = True  # the rest is computed from the last checkpoint

        evaluate.set_model(model)
        record = evaluate.measure() if recipe.metrics else {}
        if not exported(target, total):
            export.export(model, target, card(folder, total), force=True)
        writer.close()
    return {
        "run": str(folder.path),
        "images": total,
        "seconds": round(log.seconds, 1),
        "metrics": record.get("metrics", {}),
        "export": str(target),
    }


def seed_in_force(seed: int, rollbacks: int) -> int:
    """The seed of the game and of the order of the data after so many rollbacks of a run with `train.seed`."""
    return (seed + rollbacks * 1_000_003) % 2**31


def roll_back(folder: runs.Run, seed: int, error: callbacks.Diverged) -> Exception:
    """Note in rollbacks.jsonl that the run goes on from its newest checkpoint with another seed.

    Nothing else need be done: from there on it is a resumed run, so that a kill at any moment changes nothing.
    Returns what to raise; where no checkpoint is or after `ROLLBACKS`, that is a `Diverged` which says so.
    """
    done, files = len(runs.lines(folder.rollbacks)), checkpoint.files(folder.checkpoints)
    if done == ROLLBACKS:
        return callbacks.Diverged(f"after {done} rollbacks, {error.reason}", error.images)
    if not files:
        return callbacks.Diverged(f"before the first checkpoint, {error.reason}", error.images)
    record = {
        "images": error.images,
        "to": int(files[0].stem),
        "seed": seed_in_force(seed, done + 1),
        "reason": error.reason,
    }
    runs.append(folder.rollbacks, record)
    return _RolledBack(f"{error}; going on from {record['to'] / 1000:g} kimg with seed {record['seed']}")


def export_run(run: str, out: str | None = None, force: bool = False) -> pathlib.Path:
    """Export the newest checkpoint of a run folder to `out`, `saved_models/<recipe>/<kimg>` by default."""
    folder = runs.Run(run)
    resolved = folder.resolved()
    model = restore(run)
    images = int(model.images.value)
    target = pathlib.Path(out) if out else pathlib.Path("saved_models") / resolved["name"] / str(version(images))
    export.export(model, target, card(folder, images), force)
    return target


def tell(result: dict) -> str:
    """The result of `train` for a person."""
    lines = [f"{result['images'] / 1000:g} kimg in {console.duration(result['seconds'])}, run folder {result['run']}"]
    for name, metric in result["metrics"].items():
        lines += [console.metric_line(name, metric), *(f"warning: {warning}" for warning in metric["warnings"])]
    return "\n".join([*lines, f"exported to {result['export']}"])


def build(recipe: ganzoo.recipe.Recipe, spec, lookup: Callable | None = None) -> GAN:
    """The compiled model of a recipe for data of that spec, with its precision, devices and seed."""
    train, game = recipe.train, recipe.game
    keras.utils.set_random_seed(train.seed)
    keras.config.set_dtype_policy(precision(train.precision))
    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    if train.replicas > len(devices):
        raise BadInput(f"train.replicas: {train.replicas} is more than the {len(devices)} devices of this machine")
    if train.replicas > 1 and (train.xla == "on" or lookup):
        field = "train.xla=on" if train.xla == "on" else "data.on_device=true"
        raise BadInput(f"{field} needs one device, and train.replicas is {train.replicas}")
    xla = train.xla == "on" or (train.xla == "auto" and train.replicas == 1 and devices[0].device_type == "GPU")
    strategy = tf.distribute.get_strategy()
    if train.replicas > 1:
        strategy = tf.distribute.MirroredStrategy([device.name for device in devices[: train.replicas]])
    with strategy.scope():
        model = recipe.model.build(spec)
        model.compile(
            d_optimizer=game.d_optimizer.build(train.batch),
            g_optimizer=game.g_optimizer.build(ganzoo.recipe.images_per_step(recipe)),
            adversarial=game.adversarial,
            regularizers=game.regularizers,
            augment=game.augment,
            ema=game.ema,
            d_steps=game.d_steps,
            accumulate=train.accumulate,
            freeze_d=game.freeze_d,
            seed=train.seed,
            lookup=lookup,
            steps_per_execution=train.steps_per_execution,
            jit_compile=xla,
        )
    return model


def check_batch(recipe: ganzoo.recipe.Recipe, model: GAN) -> None:
    """Refuse a batch that the game cannot be played on, see `GAN.multiples`."""
    train, rows = recipe.train, ganzoo.recipe.rows(recipe)
    for field, number in model.multiples(rows).items():
        if rows % number:
            raise BadInput(
                f"train.batch: {train.batch} is not a multiple of {field} x train.accumulate x train.replicas = "
                f"{number * train.accumulate * train.replicas}"
            )


def precision(name: str) -> str:
    """The dtype policy: `auto` is bfloat16 on a GPU that has it, else float32."""
    if name != "auto":
        return name
    for gpu in tf.config.list_physical_devices("GPU"):
        if tf.config.experimental.get_device_details(gpu).get("compute_capability", (0, 0)) >= (8, 0):
            return "mixed_bfloat16"
    return "float32"


def dataset(images, recipe: ganzoo.recipe.Recipe, start: int, seed: int) -> tf.data.Dataset:
    """Batches of one step from the image number `start` on, in the order of that seed."""
    step = ganzoo.recipe.images_per_step(recipe)
    if recipe.data.on_device:
        return images.positions(step, start)
    return images.stream(step, seed, start)


def segments(seen: int, total: int, tick: int) -> Iterator[tuple[int, int, int]]:
    """(first image, ticks, images a tick) of the calls of `fit` from `seen` to `total`.

    Ticks end at multiples of `tick`: after a signal the first is the rest of one, and the last may be shorter.
    """
    if seen % tick and seen < total:
        rest = min(tick - seen % tick, total - seen)
        yield seen, 1, rest
        seen += rest
    if ticks := (total - seen) // tick:
        yield seen, ticks, tick
        seen += ticks * tick
    if seen < total:
        yield seen, 1, total - seen


def restore(run: str | pathlib.Path, report=print) -> GAN:
    """The model of a run folder with the weights of its newest good checkpoint. The data are not opened."""
    return load_run(runs.Run(run), report)[1]


def load_run(run: runs.Run, report=print) -> tuple[ganzoo.recipe.Recipe, GAN]:
    """The recipe of a run folder, and its model as `restore` gives it; on one device, without XLA."""
    resolved = run.resolved()
    recipe = ganzoo.recipe.load(str(run.recipe_file), resolved["overrides"], resolved["smoke"])
    recipe = dataclasses.replace(recipe, train=dataclasses.replace(recipe.train, replicas=1, xla="off"))
    aligned = getattr(recipe.data, "aligned", False)
    model = build(recipe, ganzoo.data.spec_of(resolved["image"], resolved["classes"], aligned))
    if checkpoint.restore_newest(run.checkpoints, model, report) is None:
        raise BadInput(f"run: {run.path} has no checkpoint that can be read")
    return recipe, model


def reopen(source: str, recipe: ganzoo.recipe.Recipe):
    """The images that the run folder `source` was trained on. Raises BadInput where they have changed since."""
    images = ganzoo.data.open(recipe.data)
    if images.hash != runs.Run(source).resolved()["data"]["hash"]:
        raise BadInput(f"data: {images.name} has changed since {source} was trained on it")
    return images


def untrained(recipe: ganzoo.recipe.Recipe, spec) -> GAN:
    """The model before its first step, on one device without XLA: from its generator comes the ceiling of a metric."""
    policy = keras.config.dtype_policy()
    fresh = dataclasses.replace(recipe, train=dataclasses.replace(recipe.train, replicas=1, xla="off"))
    try:
        return build(fresh, spec)
    finally:
        keras.config.set_dtype_policy(policy)


def card(run: runs.Run, images: int) -> dict:
    """The fields of `card.Card` for the run as it stands at that number of images."""
    resolved = run.resolved()
    entry = ganzoo.recipe.find(str(run.recipe_file))
    measured = next((line["metrics"] for line in runs.lines(run.metrics) if line["images"] == images), {})
    seconds = [line["seconds"] for line in runs.lines(run.log) if line["images"] == images]
    data = resolved["data"]
    return {
        "recipe": resolved["name"],
        "summary": entry.summary,
        "paper": entry.paper,
        "command": " ".join([entry.command, *resolved["overrides"]]),
        "data": f"{data['name']}, {data['images']:,} {data.get('kind', 'images')}",  # older runs do not say it
        "licence": data["licence"],
        "citation": data["citation"],
        "class_names": tuple(data["class_names"]),
        "images": images,
        "seed": resolved["recipe"]["train"]["seed"],
        "precision": resolved["precision"],
        "hardware": resolved["hardware"],
        "versions": resolved["versions"],
        "commit": resolved["commit"] or "",
        "seconds": seconds[0] if seconds else None,
        "metrics": measured,
        "source": {field: resolved["recipe"].get(field) for field in ("data", "metrics", "test")},
        "date": resolved["date"],
    }


def exported(folder: pathlib.Path, images: int) -> bool:
    """Whether the folder holds the export of that moment; two moments of one kimg share a version."""
    path = folder / export.CARD
    return path.is_file() and json.loads(path.read_text(encoding="utf-8"))["images"] == images


def version(images: int) -> int:
    """The number under which TensorFlow Serving knows the model: thousands of images seen."""
    return max(1, images // 1000)


def resolve(name: str, recipe: ganzoo.recipe.Recipe, overrides, smoke: bool, images) -> dict:
    """recipe.json: everything that decides the result, and on what it runs."""
    spec = images.spec
    return {
        "name": name,
        "overrides": list(overrides),
        "smoke": smoke,
        "recipe": ganzoo.recipe.describe(recipe),
        "image": ganzoo.data.shape_of(spec),
        "classes": spec.classes,
        "data": {
            "name": images.name,
            "kind": images.KIND,
            "images": len(images),
            "skipped": images.skipped,
            "hash": images.hash,
            "licence": images.licence,
            "citation": images.citation,
            "class_names": list(images.class_names),
        },
        "precision": precision(recipe.train.precision),
        "date": datetime.date.today().isoformat(),
    } | environment.describe()
