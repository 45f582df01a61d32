"""What happens at the end of a tick: diagnose, log, guard, save, draw, judge.

All of it hangs on Keras' epoch end. Nothing runs between two steps: a callback with `on_train_batch_end` would wait
for the device after every call.
"""

import json
import math
import resource
import signal
import time
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from tensorboard.plugins.hparams import api as hparams
from tensorboard.plugins.image import metadata as image_plugin

from ganzoo import checkpoint, diagnosis, movies, pictures, runs


class Diverged(Exception):
    """The game diverged; the message says by what. images: seen by then."""

    def __init__(self, reason: str, images: int):
        super().__init__(f"diverged: {reason} at {images / 1000:g} kimg; the last good checkpoint is kept")
        self.reason, self.images = reason, images


class Diagnose(keras.callbacks.Callback):
    """The state of the game, from the log so far, this tick's numbers and what a probe measures."""

    def __init__(self, run: runs.Run, writer: tf.summary.SummaryWriter, measure: Callable[[], dict]):
        """measure: () -> the measures of this moment, see `ganzoo.probe`."""
        super().__init__()
        self.run, self.writer, self.measure = run, writer, measure

    def on_epoch_end(self, epoch, logs=None):
        images = int(self.model.images.value)
        tick = {"images": images} | {name: float(value) for name, value in logs.items()}
        # Weights that are not finite have nothing to measure.
        measures = self.measure() if all(map(math.isfinite, tick.values())) else {}
        before = runs.lines(self.run.log)
        self.state = diagnosis.state([*before, tick | {"diagnosis": measures}])
        self.record = {"state": self.state, "diagnosis": measures}
        with self.writer.as_default(step=images):
            for name, value in measures.items():
                if value is not None:
                    tf.summary.scalar(f"diagnosis/{name}", value)
            tf.summary.scalar("diagnosis/state", diagnosis.STATES.index(self.state))
            if not before or before[-1].get("state") != self.state:
                tf.summary.text("diagnosis", "\n".join([self.state, "", *diagnosis.ADVICE[self.state]]))
        self.writer.flush()


class Guard(keras.callbacks.Callback):
    """Stops a game that diverged, before anything of it is saved."""

    def __init__(self, diagnose: Diagnose):
        super().__init__()
        self.diagnose = diagnose

    def on_epoch_end(self, epoch, logs=None):
        if self.diagnose.state == diagnosis.DIVERGENCE:
            raise Diverged(diagnosis.why_divergence(logs), int(self.model.images.value))


class Stopped(Exception):
    """A signal ended the run; everything is saved. signal: its number."""

    def __init__(self, number: int):
        super().__init__(f"stopped by {signal.Signals(number).name}, all saved; the same command goes on")
        self.signal = number


class Stop(keras.callbacks.Callback):
    """SIGTERM and Ctrl-C end the run after the step in hand, once it is saved; a second signal ends it at once."""

    def __init__(self):
        super().__init__()
        self.signal = None
        self.saved = True  # nothing to lose: the newest checkpoint holds this moment

    def __enter__(self):
        self._before = {number: signal.signal(number, self._handle) for number in (signal.SIGTERM, signal.SIGINT)}
        return self

    def __exit__(self, *_):
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, number, _frame):
        again, self.signal = self.signal is not None, number
        if self.saved:
            raise Stopped(number)
        if again:
            raise KeyboardInterrupt
        self.model.stop_training = True

    def on_epoch_begin(self, epoch, logs=None):
        self.saved = False
        if self.signal:  # `fit` clears the flag when it begins
            self.model.stop_training = True

    def on_epoch_end(self, epoch, logs=None):
        if self.signal:
            raise Stopped(self.signal)


class Log(keras.callbacks.Callback):
    """A line per tick in log.jsonl, in TensorBoard and on the console."""

    def __init__(
        self,
        run: runs.Run,
        writer: tf.summary.SummaryWriter,
        total: int,
        seconds: float,
        diagnose: Diagnose,
        show: Callable,
    ):
        """total: images of the whole run. seconds: spent before this process. show: takes the tick's record."""
        super().__init__()
        self.run, self.writer, self.total, self.seconds, self.show = run, writer, total, seconds, show
        self.diagnose, self.rollbacks = diagnose, len(runs.lines(run.rollbacks))

    def on_epoch_begin(self, epoch, logs=None):
        self._began, self._images = time.perf_counter(), int(self.model.images.value)

    def on_epoch_end(self, epoch, logs=None):
        images, spent = int(self.model.images.value), time.perf_counter() - self._began
        self.seconds += spent
        pace = spent / (images - self._images) * 1000
        record = {
            "images": images,
            "kimg": images / 1000,
            "seconds": round(self.seconds, 3),
            "sec_per_kimg": round(pace, 5),
            "memory_gb": round(memory_gb(), 3),
        } | {name: float(value) for name, value in logs.items()}
        state = self.diagnose.record | ({"rollbacks": self.rollbacks} if self.rollbacks else {})
        # JSON knows no number that is not finite.
        finite = {name: value if math.isfinite(value) else None for name, value in record.items()}
        runs.append(self.run.log, finite | state)
        with self.writer.as_default(step=images):
            for name, value in record.items():
                if name not in ("images", "kimg"):
                    tf.summary.scalar(f"train/{name}", value)
        self.writer.flush()
        self.show(record | state | {"eta_seconds": (self.total - images) / 1000 * pace})


class Save(keras.callbacks.Callback):
    """A checkpoint at the end of every tick, and of the part of a tick before a signal."""

    def __init__(self, run: runs.Run, log: Log, stop: Stop):
        super().__init__()
        self.run, self.log, self.stop = run, log, stop

    def on_epoch_end(self, epoch, logs=None):
        checkpoint.save(self.run.checkpoints, self.model, {"seconds": self.log.seconds})
        self.stop.saved = True


class Samples(keras.callbacks.Callback):
    """Pictures of the same latents at every tick: samples/<kimg>.png and TensorBoard; of sentences their text too, of
    clips a GIF."""

    def __init__(self, run: runs.Run, writer: tf.summary.SummaryWriter, tick: int, exhibit):
        """exhibit: an object as `exhibit.Exhibit`; where it has `lines()` or `movie()`, they are written as well."""
        super().__init__()
        self.run, self.writer, self.tick, self.exhibit = run, writer, tick, exhibit

    def on_train_begin(self, logs=None):
        self.draw()

    def on_epoch_end(self, epoch, logs=None):
        self.draw()

    def draw(self):
        """Draw the grid of this moment if it belongs to a tick and is not there yet."""
        images = int(self.model.images.value)
        path = self.run.samples / f"{images / 1000:010.3f}.png"
        if images % self.tick or path.exists():
            return
        picture = self.exhibit.picture()
        pictures.save(picture, path)
        with self.writer.as_default(step=images):
            tf.summary.image("samples", pictures.array(picture)[None])
            if hasattr(self.exhibit, "lines"):
                lines = self.exhibit.lines()
                path.with_suffix(".txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
                tf.summary.text("samples", "\n".join(f"- {line}" for line in lines))
            if hasattr(self.exhibit, "movie"):
                movie = path.with_suffix(".gif")
                movies.write(self.exhibit.movie(), movie, movies.FPS)
                _summarise_gif(movie)
        self.writer.flush()


def _summarise_gif(path):
    """A GIF for TensorBoard's images, as the file has it: `tf.summary.image` would write its first frame."""
    content = path.read_bytes()
    width, height = (str(int.from_bytes(content[at : at + 2], "little")) for at in (6, 8))
    metadata = image_plugin.create_summary_metadata(display_name=None, description="")
    tf.summary.write("movie", tf.constant([width.encode(), height.encode(), content]), metadata=metadata)


class Evaluate(keras.callbacks.Callback):
    """Metrics when they are due: metrics.jsonl, TensorBoard, and the best checkpoint by the recipe's first metric."""

    def __init__(self, run: runs.Run, writer: tf.summary.SummaryWriter, every: int, exhibit, show: Callable):
        """every: images between evaluations, 0 = none. exhibit: an object as `exhibit.Exhibit`, whose `judge()` gives
        {metric: result}; where it has `curve(records)`, that picture is written as well. show: takes the record."""
        super().__init__()
        self.run, self.writer, self.every, self.exhibit, self.show = run, writer, every, exhibit, show

    def on_train_begin(self, logs=None):
        self._measure_if_due()  # the process may have died between the checkpoint and its evaluation

    def on_epoch_end(self, epoch, logs=None):
        self._measure_if_due()

    def _measure_if_due(self):
        images = int(self.model.images.value)
        if self.every and images and images % self.every == 0:
            self.measure()

    def measure(self) -> dict:
        """The metrics of this moment, computed unless metrics.jsonl has them."""
        images = int(self.model.images.value)
        done = runs.lines(self.run.metrics)
        for record in done:
            if record["images"] == images:
                break
        else:
            record = {"images": images, "kimg": images / 1000, "metrics": self.exhibit.judge()}
            runs.append(self.run.metrics, record)
            done.append(record)
            with self.writer.as_default(step=images):
                for name, result in record["metrics"].items():
                    tf.summary.scalar(f"metrics/{name}", result["value"])
                if hasattr(self.exhibit, "curve") and (curve := self.exhibit.curve(done)):
                    tf.summary.image("curve", np.asarray(curve)[None])
            self.writer.flush()
            self.show(record)
        checkpoint.keep_best(self.run.checkpoints, runs.best(done)["images"])
        return record


def memory_gb() -> float:
    """Peak memory of this process in GB: of the GPU where there is one, else of the process."""
    if tf.config.list_logical_devices("GPU"):
        return tf.config.experimental.get_memory_info("GPU:0")["peak"] / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def describe(writer: tf.summary.SummaryWriter, resolved: dict):
    """The recipe as text and as hyperparameters in TensorBoard."""
    flat = {
        f"{part}.{name}": value
        for part in ("model", "data", "game", "train")
        for name, value in resolved["recipe"][part].items()
    }
    with writer.as_default(step=0):
        tf.summary.text("recipe", "```\n" + json.dumps(resolved["recipe"], indent=2) + "\n```")
        hparams.hparams(
            {
                name: value if isinstance(value, (bool, int, float)) else json.dumps(value)
                for name, value in flat.items()
            }
        )
    writer.flush()
