"""Times the training step of a recipe on random data of its spec: a dry run, and a benchmark.

The step is the one that `fit` runs, on a batch that is at hand: the input pipeline has a benchmark of its own
(tests/bench_data.py).
"""

import datetime
import functools
import json
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


def dry_run(name: str, overrides: tuple[str, ...] = (), smoke: bool = False) -> dict:
    """The resolved recipe, parameter counts, and the median time and the peak memory of 3 steps on random data."""
    recipe, spec = _open(name, overrides, smoke)
    timed = measure(recipe, spec, steps=1, repeats=3)
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
        turns = "  ".join(f"{player}: {phase['ms']:.1f} ms" for player, phase in report["phases"].items())
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


def measure(recipe: ganzoo.recipe.Recipe, spec, steps: int, repeats: int) -> dict:
    """Build the model and run `repeats` x `steps` steps after a first one. spec: `ganzoo.data.Spec`.

    "xla_cache" is what the first step found there, see `compiled.state`; None where XLA is off or keeps no programs.
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
    calls = max(1, steps // recipe.train.steps_per_execution)
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


def measure_phases(recipe: ganzoo.recipe.Recipe, spec, steps: int) -> dict:
    """{"phases": {"d" and "g": {"ms", "gflop"}}, "gflop_per_step", "peak_tflops", "share_of_peak"} on one device.

    A phase is one update of one player; a step has `d_steps` of D and one of G. Its operations are those of the forward
    and backward passes that TensorFlow's registry counts (convolutions and matrix products are nearly all); what a lazy
    penalty does inside its condition is timed, every so many steps, and not counted. The peak is that of a matrix
    product here and now in the type that the networks compute in, so that the share needs no data sheet.
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
        seconds = _median(functools.partial(tf.function(turn, jit_compile=model.jit_compile), batch), steps)
        flops = operations(tf.function(turn), batch)
        found[player] = {"ms": seconds * 1000, "gflop": flops / 1e9}
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


def operations(function, batch: dict[str, tf.Tensor]) -> int:
    """Floating-point operations of a tf.function at that batch, as far as TensorFlow's registry counts them."""
    graph = function.get_concrete_function(batch).graph
    options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
    options["output"] = "none"
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("ERROR")  # the profiler calls a function of TensorFlow's that warns of its age
    try:
        return tf.compat.v1.profiler.profile(graph, options=options).total_float_ops
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
    # Data that state their spec need not be at hand.
    return recipe, ganzoo.data.spec(recipe.data) or ganzoo.data.open(recipe.data).spec


def _distribute(model, dataset: tf.data.Dataset):
    strategy = model.distribute_strategy
    return strategy.experimental_distribute_dataset(dataset) if strategy else dataset


def _wait(logs: dict):
    for value in logs.values():
        np.asarray(value)


def _count(nets) -> int:
    return sum(int(np.prod(weight.shape)) for net in nets for weight in net.trainable_variables)
