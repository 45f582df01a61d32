"""Times the training step of a recipe on random data of its spec: a dry run, and a benchmark.

The step is the one that `fit` runs, on a batch that is at hand: the input pipeline has a benchmark of its own
(tests/bench_data.py).
"""

import dataclasses
import datetime
import functools
import json
import math
import statistics
import time
from collections.abc import Callable

import numpy as np
import tensorflow as tf

import ganzoo.data
import ganzoo.recipe
from ganzoo import callbacks, compiled, environment
from ganzoo import train as training
from ganzoo.bench_all import first_step

REPEATS = 5
ELSEWHERE = ("folder", "npz", "tfrecord", "tfds")  # images that need not be at hand
CLASSES = 10  # that such images are taken to have; games that are not told classes ignore them


def dry_run(name: str, overrides: tuple[str, ...] = (), smoke: bool = False) -> dict:
    """The resolved recipe, parameter counts, and the time and the peak memory of a step on random data: the median of 3
    steps, or where penalties are lazy the mean of as many as it takes them to be due once."""
    recipe, spec = _open(name, overrides, smoke)
    timed = measure(recipe, spec, steps=1, repeats=3, most=16)
    return {
        "recipe": ganzoo.recipe.describe(recipe),
        "image": ganzoo.data.shape_of(spec),
        "classes": spec.classes,
        **timed,
    }


def tell_dry_run(report: dict) -> str:
    """A dry run for a person."""
    counts = [f"  {name}: {count:,} trainable weights" for name, count in report["parameters"].items()]
    seconds = report["recipe"]["train"]["images"] / report["images_per_second"]
    return "\n".join(
        [
            json.dumps(report["recipe"], indent=2),
            f"rows {_shapes(report['image'])}, {report['classes'] or 'no'} classes",
            *counts,
            f"{report['ms_per_step']:.1f} ms a step, {report['images_per_second']:,.0f} images/s: "
            f"about {seconds / 60:.0f} minutes for {report['recipe']['train']['images']:,} images",
            f"{report['peak_memory_gb']:.2f} GB at the peak on {report['hardware']}, {report['precision']}",
        ]
    )


def _shapes(shape: list[int] | dict[str, list[int]]) -> str:
    if isinstance(shape, dict) and "words" in shape:
        return f"{shape['length']} tokens of {shape['vocabulary']:,}"
    if isinstance(shape, dict):
        return " and ".join(map(_shapes, shape.values()))
    return " x ".join(map(str, shape))


def bench(
    name: str, overrides: tuple[str, ...] = (), smoke: bool = False, steps: int = 20, phases: bool = False
) -> dict:
    """Median over `REPEATS` repeats of `steps` steps: images/s, ms a step, sec/kimg, time to the first step, memory.

    Steps of a repeat are rounded up to whole calls (`train.steps_per_execution`) and whole periods of lazy penalties.

    phases: also what `measure_phases` gives.
    """
    recipe, spec = _open(name, overrides, smoke)
    asked = {"recipe": name, "overrides": list(overrides), "smoke": smoke, "steps": steps}
    report = asked | measure(recipe, spec, steps, REPEATS)
    report["date"] = datetime.date.today().isoformat()
    return report | (measure_phases(recipe, spec, steps) if phases else {})


def tell(report: dict) -> str:
    """A benchmark for a person."""
    lines = []
    if "phases" in report:
        share = report["share_of_peak"]
        turns = "  ".join(f"{player}: {_phase(phase)}" for player, phase in report["phases"].items())
        lines = [
            f"  {turns}  {report['gflop_per_step']:.1f} GFLOP a step, {share:.1%} of the "
            f"{report['peak_tflops']:.2f} TFLOP/s of a matrix product here"
        ]
    return "\n".join(
        [
            f"{report['recipe']} on {report['hardware']}, {report['precision']}"
            f", XLA {'on' if report['xla'] else 'off'}",
            f"  {report['images_per_second']:,.0f} images/s  {report['ms_per_step']:.1f} ms a step "
            f"({report['ms_per_step_min']:.1f} to {report['ms_per_step_max']:.1f})  "
            f"{report['sec_per_kimg']:.3f} sec/kimg",
            f"  {first_step(report)} to the first step, "
            f"{report['peak_memory_gb']:.2f} GB at the peak, batch {report['batch']}, d_steps {report['d_steps']}",
            *lines,
        ]
    )


def _phase(phase: dict) -> str:
    lazy = f" ({phase['ms_plain']:.1f}, {phase['ms_due']:.1f} with lazy penalties)" if "ms_due" in phase else ""
    return f"{phase['ms']:.1f} ms{lazy}"


def measure(recipe: ganzoo.recipe.Recipe, spec, steps: int, repeats: int, most: int | None = None) -> dict:
    """Build the model and run `repeats` x `steps` steps after a first one. spec: `ganzoo.data.Spec`.

    steps: rounded up as `bench` says. most: steps of a repeat from which on there is one repeat alone. "xla_cache" is
    what the first step found there, see `compiled.state`; None where XLA is off or keeps no programs.
    """
    began = time.perf_counter()
    programs = compiled.programs()
    model = training.build(recipe, spec)
    training.check_batch(recipe, model)
    per_step = ganzoo.recipe.images_per_step(recipe)
    model.make_train_function()
    batches = iter(_distribute(model, random_batches(spec, per_step)))
    _wait(model.train_function(batches))
    first = time.perf_counter() - began
    state = compiled.state(programs, compiled.programs()) if model.jit_compile else None
    calls = _whole(steps, model.period, recipe.train.steps_per_execution) // recipe.train.steps_per_execution
    if most and calls * recipe.train.steps_per_execution >= most:
        repeats = 1
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(calls):
            logs = model.train_function(batches)
        _wait(logs)
        times.append((time.perf_counter() - start) / (calls * recipe.train.steps_per_execution))
    seconds = statistics.median(times)
    return {
        "parameters": {"d": _count(model.d_nets), "g": _count(model.g_nets)},
        "batch": recipe.train.batch,
        "d_steps": recipe.game.d_steps,
        "precision": training.precision(recipe.train.precision),
        "xla": bool(model.jit_compile),
        "steps_timed": repeats * calls * recipe.train.steps_per_execution,
        "ms_per_step": seconds * 1000,
        "ms_per_step_min": min(times) * 1000,
        "ms_per_step_max": max(times) * 1000,
        "images_per_second": per_step / seconds,
        "sec_per_kimg": 1000 * seconds / per_step,
        "seconds_to_first_step": first,
        "xla_cache": state,
        "peak_memory_gb": callbacks.memory_gb(),
        **environment.describe(),
    }


def _whole(steps: int, *parts: int) -> int:
    """The least multiple of all `parts` that is not below `steps`."""
    part = math.lcm(*parts)
    return -(-steps // part) * part


def measure_phases(recipe: ganzoo.recipe.Recipe, spec, steps: int) -> dict:
    """{"phases": {"d" and "g": {"ms", "gflop"}}, "gflop_per_step", "peak_tflops", "share_of_peak"} on one device.

    A phase is one update of one player; a step has `d_steps` of D and one of G. Where penalties are lazy "ms" is the
    mean over their period, "ms_plain" an update in which none is due and "ms_due" one in which all are. Operations are
    those of the forward and backward passes that TensorFlow's registry counts (convolutions and matrix products are
    nearly all), without what a lazy penalty does inside its condition. The peak is that of a matrix product here and
    now in the type that the networks compute in, so that the share needs no data sheet.
    """
    model = training.build(recipe, spec)
    batch = next(iter(random_batches(spec, recipe.train.batch)))
    turns = {
        "d": (model.d_loss, model.d_nets, model.d_optimizer),
        "g": (model.g_loss, model.g_nets, model.optimizer),
    }
    found = {}
    for player, (loss, nets, optimizer) in turns.items():
        turn = functools.partial(_turn, model, player, loss, nets, optimizer)
        call = functools.partial(tf.function(turn, jit_compile=model.jit_compile), batch)
        seconds = _median(call, _whole(steps, model.period))
        found[player] = {"ms": seconds * 1000, "gflop": operations(tf.function(turn), batch) / 1e9}
        if model.period > 1:
            for kind, step in (("ms_plain", 1), ("ms_due", 0)):
                found[player][kind] = 1000 * _median(functools.partial(_at, model, step, call), steps)
    total = found["d"]["gflop"] * recipe.game.d_steps + found["g"]["gflop"]
    spent = (found["d"]["ms"] * recipe.game.d_steps + found["g"]["ms"]) / 1000
    ceiling = peak(tf.as_dtype(model.compute_dtype))
    return {
        "phases": found,
        "gflop_per_step": total,
        "peak_tflops": ceiling / 1e12,
        "share_of_peak": total * 1e9 / spent / ceiling,
    }


def _turn(model, player, loss, nets, optimizer, batch):
    model.minimize(player, loss, batch, nets, optimizer)
    model.step.assign_add(1)  # else a penalty that is due at every k-th step would be due at each
    return tf.zeros([])


def _at(model, step: int, call: Callable[[], tf.Tensor]) -> tf.Tensor:
    model.step.assign(step)
    return call()


def operations(function, batch: dict[str, tf.Tensor]) -> int:
    """Floating-point operations of a tf.function at that batch, as far as TensorFlow's registry counts them, of those
    nodes that are executed: a gradient leaves others, which nothing asks for, in the graph."""
    graph = function.get_concrete_function(batch).graph
    needed = [*(output.op.name for output in graph.outputs), *(op.name for op in graph.control_outputs)]
    options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
    options["output"] = "none"
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("ERROR")  # these functions of TensorFlow's call others that warn of their age
    try:
        executed = tf.Graph()
        with executed.as_default():
            kept = tf.compat.v1.graph_util.extract_sub_graph(graph.as_graph_def(add_shapes=True), needed)
            tf.import_graph_def(kept, name="")
        return tf.compat.v1.profiler.profile(executed, options=options).total_float_ops
    finally:
        logger.setLevel(level)


def peak(dtype: tf.DType) -> float:
    """Operations a second of a square matrix product of that type: the median of some."""
    side = 8192 if tf.config.list_physical_devices("GPU") else 2048
    square = tf.cast(tf.random.stateless_normal([side, side], [0, 0]), dtype)
    product = tf.function(lambda: tf.reduce_sum(tf.cast(tf.matmul(square, square), tf.float32)))
    return 2 * side**3 / _median(product, 5)


def _median(call: Callable[[], tf.Tensor], steps: int) -> float:
    """Seconds of a call: the median of `REPEATS` repeats of `steps` calls after a first one."""
    np.asarray(call())
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        for _ in range(steps):
            last = call()
        np.asarray(last)
        times.append((time.perf_counter() - start) / steps)
    return statistics.median(times)


def random_batches(spec, count: int) -> tf.data.Dataset:
    """One batch of noise, again and again."""
    draw = np.random.default_rng(0)
    batch = {
        name: draw.uniform(-1, 1, (count, *part.shape)).astype(np.float32)
        for name, part in spec.element().items()
        if part.dtype == tf.float32
    }
    if hasattr(spec, "words"):  # tokens
        batch["tokens"] = draw.integers(spec.vocabulary, size=(count, spec.length)).astype(np.int32)
    if spec.classes:
        batch["label"] = draw.integers(spec.classes, size=count).astype(np.int32)
    return tf.data.Dataset.from_tensors(batch).repeat()


def _open(name: str, overrides, smoke: bool):
    recipe = ganzoo.recipe.load(name, overrides, smoke)
    ganzoo.recipe.check_lengths(recipe)
    data = recipe.data
    if spec := ganzoo.data.spec(data):
        return recipe, spec
    if isinstance(data, ganzoo.recipe.Data) and data.source in ELSEWHERE and not data.path and data.classes is None:
        return recipe, ganzoo.data.spec(dataclasses.replace(data, classes=CLASSES)) or ganzoo.data.open(data).spec
    return recipe, ganzoo.data.open(data).spec


def _distribute(model, dataset: tf.data.Dataset):
    strategy = model.distribute_strategy
    return strategy.experimental_distribute_dataset(dataset) if strategy else dataset


def _wait(logs: dict):
    for value in logs.values():
        np.asarray(value)


def _count(nets) -> int:
    return sum(int(np.prod(weight.shape)) for net in nets for weight in net.trainable_variables)
