"""The benchmark's own arithmetic, and the cache of compiled programs."""

import functools
import json
import math
import pathlib
import subprocess
import sys

import pytest
import tensorflow as tf

from ganzoo import bench, bench_all, compiled, recipe
from ganzoo.errors import BadInput


def test_operations_are_those_of_the_matrix_products():
    left, right = tf.ones([8, 16]), tf.ones([16, 4])
    product = tf.function(lambda batch: tf.matmul(batch["image"], right))
    assert bench.operations(product, {"image": left}) == 2 * 8 * 16 * 4


def test_operations_that_nothing_asks_for_are_not_counted():
    right = tf.Variable(tf.ones([16, 4]))

    def step(batch):
        tf.matmul(batch["image"], right)
        right.assign_add(tf.matmul(batch["image"], batch["image"], transpose_a=True)[:, :4])
        return tf.zeros([])

    assert bench.operations(tf.function(step), {"image": tf.ones([8, 16])}) == 2 * 16 * 8 * 16


@pytest.mark.parametrize("name", ["stylegan2_paper256_folder", "cgan_projection_folder", "esrgan_div2k"])
def test_images_that_are_not_at_hand_are_timed_too(name, monkeypatch):
    monkeypatch.setattr("ganzoo.data.open", None)
    assert bench._open(name, (), False)[1].classes == bench.CLASSES


def test_repeats_are_whole_periods():
    assert bench._whole(1, 1) == 1 and bench._whole(20, 16) == 32 and bench._whole(16, 16, 10) == 80
    game = recipe.load("stylegan2_tiny_fashion_mnist", (), smoke=True)
    from ganzoo.data.images import Spec

    model = bench.training.build(game, Spec(28, 28, 1, 10))
    intervals = [each.interval for each in game.game.regularizers]
    assert model.period % model.path_interval == 0 and all(model.period % each == 0 for each in intervals)


@pytest.mark.slow
def test_a_dry_run_has_one_whole_period():
    found = bench.dry_run("stylegan2_tiny_fashion_mnist", smoke=True)
    game = recipe.load("stylegan2_tiny_fashion_mnist", (), smoke=True)
    intervals = (each.interval for each in game.game.regularizers)
    assert found["steps_timed"] % math.lcm(*intervals, game.train.steps_per_execution) == 0 < found["steps_timed"]


def test_phases_have_times_and_operations(monkeypatch):
    models, build = [], bench.training.build
    monkeypatch.setattr(bench.training, "build", lambda *given: models.append(build(*given)) or models[-1])
    loaded = recipe.load(str(pathlib.Path(__file__).parent / "toy_recipe.py"), smoke=True)
    import ganzoo.data

    found = bench.measure_phases(loaded, ganzoo.data.open(loaded.data).spec, steps=1)
    d, g = found["phases"]["d"], found["phases"]["g"]
    assert min(d["ms"], g["ms"], d["gflop"], g["gflop"], found["peak_tflops"]) > 0
    assert found["gflop_per_step"] == pytest.approx(loaded.game.d_steps * d["gflop"] + g["gflop"])
    assert 0 < found["share_of_peak"] < 1
    # A penalty that is due at every k-th step is not timed at each.
    assert int(models[0].step.value) == 2 * (1 + bench.REPEATS)


def test_every_recipe_is_timed_and_one_that_fails_is_named(monkeypatch, capsys, tmp_path):
    played = []

    def play(command, timeout, **_):
        played.append(command[4])
        if "endless" in command:
            raise subprocess.TimeoutExpired(command, timeout)
        if "broken" in command:
            return subprocess.CompletedProcess(command, 2, "", "a log\nganzoo: error: data.path: nothing at here\n")
        numbers = {"images_per_second": 5.0, "ms_per_step": 2.0, "seconds_to_first_step": 1.0, "peak_memory_gb": 0.5}
        report = {"recipe": command[4], "smoke": "--smoke" in command, "steps": 2, **numbers}
        return subprocess.CompletedProcess(command, 0, json.dumps(report), "")

    monkeypatch.setattr(subprocess, "run", play)
    monkeypatch.setattr(recipe, "entries", lambda: ["whole", "broken", "endless"])
    time = functools.partial(bench_all.run, sys.stdout, 2, timeout=90, out=tmp_path / "out.json")
    reports = time()
    assert reports[0]["ms_per_step"] == 2.0
    assert reports[1] == {"recipe": "broken", "error": "data.path: nothing at here"}
    assert reports[2] == {"recipe": "endless", "error": "not done within 90 s"}
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert json.loads((tmp_path / "out.json").read_text()) == reports
    # The same command goes on: what is there stays, errors are tried again.
    monkeypatch.setattr(recipe, "entries", lambda: ["broken", "new", "whole"])
    assert [report["recipe"] for report in time()] == ["broken", "new", "whole"]
    assert played == ["whole", "broken", "endless", "broken", "new"]
    before = (tmp_path / "out.json").read_text()
    with pytest.raises(BadInput, match=r"--out: .* was written with steps=2, smoke=false"):
        time(smoke=True)
    assert (tmp_path / "out.json").read_text() == before
    for text in ("{", "3", '[{"recipe": "whole"}]'):
        (tmp_path / "out.json").write_text(text)
        with pytest.raises(BadInput, match="is not what this command wrote"):
            time()
    assert len(played) == 5


def test_first_steps_are_those_of_an_empty_and_of_a_full_cache(monkeypatch):
    places = []

    def play(command, env, xla=True, **_):
        places.append(env["TF_XLA_FLAGS"].split()[-1])
        state = ["cold", "warm"][places.index(places[-1]) != len(places) - 1] if xla else None
        seconds = {"cold": 9.0, "warm": 2.0, None: 5.0}[state]
        return subprocess.CompletedProcess(
            command, 0, json.dumps({"seconds_to_first_step": seconds, "xla_cache": state})
        )

    monkeypatch.setattr(subprocess, "run", play)
    cold, warm = "seconds_to_first_step_cold", "seconds_to_first_step_warm"
    found = bench_all.first_steps(["whole"])
    assert found == {cold: 9.0, warm: 2.0} and bench_all.first_step(found) == "9.0 s cold, 2.0 s warm"
    monkeypatch.setattr(subprocess, "run", functools.partial(play, xla=False))
    assert bench_all.first_steps(["whole"]) == {cold: None, warm: None}
    assert len(places) == 3 and places[0] == places[1] != places[2]


@pytest.mark.parametrize(
    "before, after, state",
    [
        (None, None, None),
        (set(), {"a"}, "cold"),
        ({"a"}, {"a", "b"}, "cold"),
        ({"a"}, {"a"}, "warm"),
        (set(), set(), "cold"),
    ],
)
def test_a_cache_is_warm_if_nothing_was_added(before, after, state):
    assert compiled.state(before, after) == state


def test_programs_are_kept_unless_the_user_decided(monkeypatch, tmp_path):
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path))
    environ = {"TF_XLA_FLAGS": "--tf_xla_clustering_debug"}
    compiled.keep(environ, root=tmp_path)
    first, second = environ.pop("TF_XLA_FLAGS").split()
    assert first == "--tf_xla_clustering_debug" and not environ
    assert second == f'{compiled.FLAG}="{compiled.folder()}"' and compiled.folder().is_relative_to(tmp_path)
    for decided in (f"{compiled.FLAG}=/mine", "a_file_of_flags"):
        compiled.keep(environ := {"TF_XLA_FLAGS": decided}, root=tmp_path)
        assert environ == {"TF_XLA_FLAGS": decided}
    compiled.keep(environ := {"GANZOO_XLA_CACHE": "0"}, root=tmp_path)
    assert environ == {"GANZOO_XLA_CACHE": "0"}


def test_autotuning_is_kept_where_there_is_a_gpu(monkeypatch, tmp_path):
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path))
    (tmp_path / "driver/nvidia/gpus/0000:01:00.0").mkdir(parents=True)
    compiled.keep(environ := {"XLA_FLAGS": "--xla_gpu_autotune_level=1"}, root=tmp_path)
    tuned = compiled.folder() / "autotuning"
    assert environ["XLA_FLAGS"] == f'--xla_gpu_autotune_level=1 {compiled.TUNED}="{tuned}"' and tuned.is_dir()
    compiled.keep(environ := {"XLA_FLAGS": f"{compiled.TUNED}=/mine"}, root=tmp_path)
    assert environ["XLA_FLAGS"] == f"{compiled.TUNED}=/mine"
    environ = compiled.elsewhere(tmp_path / "new", environ, root=tmp_path)
    assert environ["XLA_FLAGS"] == f'{compiled.TUNED}=/mine {compiled.TUNED}="{tmp_path / "new/autotuning"}"'


def test_another_device_or_driver_has_another_folder(tmp_path):
    gpu = tmp_path / "driver/nvidia/gpus/0000:01:00.0"
    gpu.mkdir(parents=True)
    (tmp_path / "cpuinfo").write_text("processor : 0\nmodel name : A\nflags : x y\nprocessor : 1\nmodel name : A\n")
    assert compiled.devices(tmp_path) == "model name : A\nflags : x y"
    (gpu / "information").write_text("Model: \t\t NVIDIA H100\nIRQ: 5\n")
    (tmp_path / "driver/nvidia/version").write_text("NVRM version: NVIDIA 550.1\n")
    assert compiled.devices(tmp_path).splitlines()[:2] == ["Model: \t\t NVIDIA H100", "NVRM version: NVIDIA 550.1"]


def test_a_compiled_program_is_found_again_by_another_process(tmp_path):
    script = (
        "from ganzoo import compiled\ncompiled.keep()\nbefore = compiled.programs()\nimport tensorflow as tf\n"
        "print(tf.function(lambda x: x * 2 + 1, jit_compile=True)(tf.ones([4])).numpy().sum())\n"
        "print(compiled.state(before, compiled.programs()))"
    )
    cache = tmp_path / "a user's"
    first = {"GANZOO_CACHE": str(cache), "PATH": "", "TF_CPP_MIN_LOG_LEVEL": "3"}
    second = first | {"TF_XLA_FLAGS": f"{compiled.FLAG}={tmp_path / 'unused'}"}
    second["XLA_FLAGS"] = f"{compiled.TUNED}={cache}"  # XLA ends a process whose flags it does not know
    environ = first
    for state in ("cold", "warm"):
        done = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)
        assert done.stdout.split() == ["12.0", state]
        (program,) = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert program.suffix == ".pb" and program.is_relative_to(cache)
        environ = compiled.elsewhere(program.parent, second)
