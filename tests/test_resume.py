"""A killed run, started again by the same command, ends with the weights of one that was never killed."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

RECIPE = '''"""A small run with everything that has state: average, lazy R1, two D steps, batch norm.

Task: test
"""

from ganzoo.recipe import Data, Game, Recipe, Train


def recipe() -> Recipe:
    from ganzoo import averaging, losses, regularizers, schedules
    from ganzoo.models.image import dcgan

    return Recipe(
        model=dcgan.DCGAN(width=2, z_dim=4),
        data=Data(source="bundled", name="fashion_mnist", limit=100, flip=True),
        game=Game(
            d_optimizer=schedules.Adam(),
            g_optimizer=schedules.Adam(),
            adversarial=losses.non_saturating,
            regularizers=(regularizers.R1(gamma=1.0, interval=2),),
            ema=averaging.EMA(halflife=100),
            d_steps=2,
        ),
        train=Train(images=960, batch=8, tick=96),
    )


smoke = recipe
'''
# Runs the command line, and dies by SIGKILL between the temporary write and the rename of the n-th checkpoint.
DIE_BEFORE_RENAME = """
import os, signal, sys
from ganzoo import checkpoint, cli
rename, calls = checkpoint.replace, []
def replace(temporary, path):
    calls.append(path)
    if len(calls) == {n}:
        assert temporary.stat().st_size > 0 and not path.exists()
        os.kill(os.getpid(), signal.SIGKILL)
    rename(temporary, path)
checkpoint.replace = replace
sys.argv = ["ganzoo", *sys.argv[1:]]
cli.app()
"""


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "everything.py"
    path.write_text(RECIPE)
    return path


def start(recipe, run, *overrides, program=("-m", "ganzoo")):
    command = [sys.executable, *program, "train", recipe, "--run", run, *overrides]
    return subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish(recipe, run, *overrides):
    process = start(recipe, run, *overrides)
    text, _ = process.communicate(timeout=300)
    assert process.returncode == 0, text
    return text


def ticks(process, count):
    """Read the output until that many ticks are done."""
    seen = 0
    for line in process.stdout:
        seen += " sec/kimg " in line
        if seen == count:
            return


def everything(run):
    """All arrays of the last checkpoint, and the log without what depends on the clock."""
    newest = max((run / "checkpoints").glob("0*.npz"))
    with np.load(newest) as archive:
        arrays = {name: archive[name] for name in archive.files if name != "header"}
    log = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    for line in log:
        for clock in ("seconds", "sec_per_kimg", "memory_gb"):
            del line[clock]
    pictures = {path.name: path.read_bytes() for path in (run / "samples").iterdir()}
    return newest.name, arrays, log, pictures


def same(left, right):
    assert left[0] == right[0] and left[1].keys() == right[1].keys()
    for name, value in left[1].items():
        np.testing.assert_array_equal(value, right[1][name], err_msg=name)
    assert left[2:] == right[2:]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What a run that nothing disturbs leaves behind, by its overrides."""
    runs = {}

    def make(recipe, *overrides):
        if overrides not in runs:
            runs[overrides] = tmp_path_factory.mktemp("whole") / "run"
            finish(recipe, runs[overrides], *overrides)
        return everything(runs[overrides])

    return make


def killed_run_equals_whole(recipe, tmp_path, whole, *overrides):
    seed = int(os.environ.get("GANZOO_TEST_SEED", time.time_ns() % 100_000))
    print(f"GANZOO_TEST_SEED={seed}")
    draw, run = random.Random(seed), tmp_path / "run"

    process = start(recipe, run, *overrides)  # dies somewhere in or after a tick
    ticks(process, draw.randint(1, 4))
    time.sleep(draw.uniform(0, 0.2))
    process.kill()
    assert process.wait() == -signal.SIGKILL

    program = ("-c", DIE_BEFORE_RENAME.format(n=draw.randint(1, 3)))
    process = start(recipe, run, *overrides, program=program)  # dies while it saves
    text, _ = process.communicate(timeout=300)
    assert process.returncode == -signal.SIGKILL, text
    assert list((run / "checkpoints").glob("*.tmp"))

    assert "resumes at" in finish(recipe, run, *overrides)
    same(whole(recipe, *overrides), everything(run))


def test_a_killed_run_ends_bit_for_bit_like_a_whole_one(recipe, tmp_path, whole):
    killed_run_equals_whole(recipe, tmp_path, whole)


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_so_it_does_in_low_precision(recipe, tmp_path, whole, precision):
    killed_run_equals_whole(recipe, tmp_path, whole, f"train.precision={precision}")


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_a_signal_saves_and_the_same_command_goes_on(recipe, tmp_path, whole, number):
    run = tmp_path / "run"
    process = start(recipe, run)
    ticks(process, 2)
    process.send_signal(number)
    text, _ = process.communicate(timeout=60)
    assert process.returncode == 128 + number and "all saved" in text
    newest = max((run / "checkpoints").glob("0*.npz"))
    assert f"resumes at {int(newest.stem) / 1000:g}" in finish(recipe, run)
    name, arrays, _, _ = whole(recipe)  # the log is not compared: the tick was logged in two parts
    assert everything(run)[0] == name
    for part, value in everything(run)[1].items():
        np.testing.assert_array_equal(value, arrays[part], err_msg=part)
