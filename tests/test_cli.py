"""What a user types: answers without TensorFlow where none is needed, and one line for what cannot be."""

import json
import pathlib
import re
import subprocess
import sys

import numpy as np
import PIL.Image
import pytest

from ganzoo import cli

TOY = pathlib.Path(__file__).parent / "toy_recipe.py"


@pytest.fixture
def ganzoo(monkeypatch, capfd, tmp_path):
    """Runs the command line in an empty folder: (*arguments) -> (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["ganzoo", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit:
            cli.app()
        out, err = capfd.readouterr()
        return exit.value.code or 0, out, err

    return run


def steps_of(batch):
    """Overrides that make a run of one step."""
    return [f"train.{length}={batch}" for length in ("images", "batch", "tick", "evaluate")]


def refused(result, *words):
    code, out, err = result
    assert code == 2 and not out, (out, err)
    lines = [line for line in err.splitlines() if line]
    assert len(lines) == 1 and lines[0].startswith("ganzoo: error: "), err
    for word in words:
        assert word in lines[0], lines[0]


def test_the_help_of_evaluate_names_every_metric(ganzoo):
    from ganzoo.metrics.protocol import ALL, VIEWED

    said = set(re.findall(r"\w+", ganzoo("evaluate", "--help")[1]))
    views = {view for kind in VIEWED.values() for view in kind.VIEWS}
    # Of the many temperatures of n-grams one stands for all.
    assert not {*ALL, *(view for view in views if not re.fullmatch(r"n\dt\d+", view))} - said


def test_answers_that_need_no_tensorflow_do_not_import_it():
    script = (
        "import sys\n"
        "from ganzoo import cli\n"
        "for line in sys.stdin.read().splitlines():\n"
        "    sys.argv = ['ganzoo', *line.split()]\n"
        "    try:\n"
        "        cli.app()\n"
        "    except SystemExit as exit:\n"
        "        assert exit.code in (None, 0, 2), line\n"
        "    assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules, line\n"
    )
    commands = """--help
        train --help
        list
        list --json
        data list
        train dcgan_fashion
        train dcgan_fashion_mnist train.imagess=3
        train dcgan_fashion_mnist train.images=many
        train dcgan_fashion_mnist data.size=red
        train dcgan_fashion_mnist game.augment=blur
        train dcgan_fashion_mnist nonsense
        bench nothing
        evaluate . --metrics fid50k
        sample . --out x.png --n 0
        mix . --out x.gif
        mix . --out x.png --layers low
        project . x.png --out x --steps 0
        directions . --out x --count 0
        train
        frobnicate"""
    subprocess.run([sys.executable, "-c", script], input=commands, text=True, check=True, capture_output=True)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("train", "dcgan_fashon_mnist"), ["dcgan_fashon_mnist", "nearest", "dcgan_fashion_mnist"]),
        (("train", "no_such.py"), ["no_such.py"]),
        (("train", "dcgan_fashion_mnist", "train.img=3"), ["train.img", "allowed: images"]),
        (("train", "dcgan_fashion_mnist", "train.images=lots"), ["train.images", "lots", "whole number"]),
        (("train", "dcgan_fashion_mnist", "train.precision=half"), ["train.precision", "half", "mixed_bfloat16"]),
        (("train", "dcgan_fashion_mnist", "data.flip=perhaps"), ["data.flip", "true or false"]),
        (("train", "dcgan_fashion_mnist", "data.size=4y4"), ["data.size", "height x width"]),
        (("train", "dcgan_fashion_mnist", "images"), ["images", "field=value"]),
        (("train", "dcgan_fashion_mnist", "model.widht=3"), ["model.widht", "width"]),
        (("train", "dcgan_fashion_mnist", "game.d_optimizer.beta_1=x"), ["game.d_optimizer.beta_1", "a number"]),
        (("train", "relativistic_small", "game.regularizers.r3.gamma=1"), ["regularizers.r3'", "0 (r1), 1 (r2)"]),
        (("train", "relativistic_small", "game.regularizers.2.gamma=1"), ["regularizers.2'", "0 (r1), 1 (r2)"]),
        (("train", "relativistic_small", "game.regularizers.r1.name=x"), ["r1.name", "allowed: gamma, interval"]),
        (("train", "relativistic_small", "game.regularizers.r1=x"), ["regularizers.r1", "allowed: gamma, interval"]),
        (("train", "dcgan_fashion_mnist", "game.regularizers.r1.gamma=1"), ["regularizers.r1", "no elements"]),
        (("train", "dcgan_fashion_mnist", "game.augment=blur"), ["game.augment", "'blur'", "none, ada, diffaugment"]),
        (("train", "dcgan_fashion_mnist", "game.augment.p=1"), ["game.augment is none", "game.augment.p"]),
        (("train", "gan_ring8", "game.augment=ada"), ["game.augment: NoiseGAN has no place", "given ADA"]),
        (("train", "dcgan_fashion_mnist", "train.images=1000"), ["train.images", "1000", "640 or 1280"]),
        (
            ("train", "stylegan2_tiny_fashion_mnist", "--smoke", *steps_of(6)),
            ["train.batch: 6 is not a multiple of model.group", "= 4"],
        ),
        (
            ("train", "stylegan2_tiny_fashion_mnist", "--smoke", *steps_of(12), "train.accumulate=2"),
            ["train.batch: 12 is not a multiple of model.group x train.accumulate", "= 8"],
        ),
        (("train", "pacgan_ring8", "--smoke", *steps_of(9)), ["train.batch: 9", "model.m", "= 2"]),
        (("train", "pacgan_table1_ring8", "--smoke", *steps_of(6)), ["train.batch: 6", "m x model.trials", "= 4"]),
        (("train", "dcgan_fashion_mnist", "train.seed=-1"), ["train.seed", "-1"]),
        (("train", "dcgan_fashion_mnist", "train.replicas=2"), ["train.steps_per_execution", "10"]),
        (("train", "dcgan_fashion_mnist", "data.size=24", "metrics="), ["data.size", "24x24", "28x28"]),
        (("train", "dcgan_fashion_mnist", "data.name=mist"), ["data.name", "mist", "fashion_mnist"]),
        (("train", "dcgan_fashion_mnist", "data.channels=3"), ["lenet", "28x28"]),
        (("train", "dcgan_folder"), ["data.path"]),
        (("train", "dcgan_fashion_mnist", "data.path=pictures"), ["data.path", "pictures", "data.source=folder"]),
        (("train", "dcgan_folder", "data.path=nowhere"), ["nowhere"]),
        (("train", "cgan_projection_folder", "data.path=pictures", "metrics="), ["data.classes"]),
        (("sample", "nowhere", "--out", "x.png"), ["nowhere"]),
        (("sample", ".", "--out", "x.png", "--n", "0"), ["--n", "0"]),
        (("evaluate", "nowhere"), ["nowhere"]),
        (("evaluate", ".", "--metrics", "fid50k"), ["fid50k", "fd10k_lenet"]),
        (("evaluate", ".", "--n", "0"), ["--n", "0"]),
        (("export", "nowhere"), ["nowhere"]),
        (("bench", "dcgan_fashion_mnist", "--steps", "0"), ["--steps", "0"]),
        (("bench", "dcgan_fashion_mnist", "--out", "speed.json"), ["--out", "speed.json", "leave RECIPE out"]),
        (("list", "--task", "cooking"), ["cooking", "noise-to-image"]),
        (("data", "prepare", "nothing"), ["nothing"]),
        (("train", "dcgan_fashion_mnist", "--nonsense"), ["--nonsense"]),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(ganzoo, tmp_path, arguments, words):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for index in range(4):
        PIL.Image.fromarray(np.full([64, 64, 3], index, np.uint8)).save(pictures / f"{index}.png")
    before = sorted(tmp_path.rglob("*"))
    refused(ganzoo(*arguments), *words)
    assert sorted(tmp_path.rglob("*")) == before, "something was written"


def test_a_run_is_trained_sampled_judged_and_exported(ganzoo, tmp_path):
    code, out, _ = ganzoo("train", TOY, "--run", "run", "--json")
    result = json.loads(out)
    assert code == 0 and result["images"] == 32 and result["metrics"]["fd64_lenet"]["value"] > 0
    for name in ("recipe.py", "recipe.json", "log.jsonl", "metrics.jsonl", "samples/reals.png", "checkpoints/best.npz"):
        assert (tmp_path / "run" / name).is_file(), name
    assert list((tmp_path / "run/tensorboard").glob("*tfevents*"))

    code, out, _ = ganzoo("train", TOY, "--run", "run")
    assert code == 0 and "complete" in out

    code, out, _ = ganzoo("sample", "run", "--out", "grid.png", "--n", "6")
    assert code == 0 and PIL.Image.open(tmp_path / "grid.png").size == (3 * 28, 2 * 28)
    ganzoo("sample", result["export"], "--out", "singles", "--n", "3", "--seed", "2")
    first = np.array(PIL.Image.open(tmp_path / "singles/000000.png"))
    np.testing.assert_array_equal(first, np.array(PIL.Image.open(tmp_path / "grid.png"))[:28, 56:84])

    code, out, _ = ganzoo("evaluate", "run", "--n", "64", "--json")
    assert json.loads(out)["metrics"]["fd64_lenet"]["value"] == result["metrics"]["fd64_lenet"]["value"]
    code, out, _ = ganzoo("evaluate", result["export"], "--n", "64", "--json")
    judged = json.loads(out)["metrics"]["fd64_lenet"]["value"]  # row by row, where the run's were made in a batch
    assert judged == pytest.approx(result["metrics"]["fd64_lenet"]["value"], rel=1e-3)

    code, out, _ = ganzoo("export", "run")
    assert code == 0 and (tmp_path / "saved_models/toy_recipe/1/saved_model.pb").is_file()
    refused(ganzoo("export", "run"), "saved_models/toy_recipe/1", "--force")
    assert ganzoo("export", "run", "--force")[0] == 0

    refused(ganzoo("train", TOY, "--run", "run", "train.batch=4"), "train.batch", "8", "--run")
    refused(ganzoo("train", TOY, "--run", "run", "train.images=16"), "train.images", "32")
    refused(ganzoo("sample", "run", "--out", "x.png", "--label", "3"), "label", "3")
    assert ganzoo("train", TOY, "--run", "run")[0] == 0, "a refused command has damaged the run"


def test_a_damaged_checkpoint_is_reported_and_a_longer_run_goes_on_from_the_one_before(ganzoo, tmp_path):
    ganzoo("train", TOY, "--run", "run", "metrics=")
    newest = max((tmp_path / "run/checkpoints").glob("0*.npz"))
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 255
    newest.write_bytes(content)
    code, out, _ = ganzoo("train", TOY, "--run", "run", "metrics=", "train.images=48")
    assert code == 0 and newest.name in out and "damaged" in out and "resumes at 0.016 of 0.048 kimg" in out


def test_a_loss_that_is_not_finite_stops_the_run_and_is_named(ganzoo, tmp_path):
    recipe = tmp_path / "explodes.py"  # at the second tick
    rate = "schedules.Linear(2e-4, 1e38, begin=16, finish=24)"
    recipe.write_text(TOY.read_text().replace("schedules.Adam()", f"schedules.Adam({rate})"))
    code, _, err = ganzoo("train", recipe, "--run", "run", "metrics=", "train.images=64")
    assert code == 1 and re.search("the loss term [dg]_adv is (nan|inf)", err) and len(err.strip().splitlines()) == 1
    (kept,) = (tmp_path / "run/checkpoints").iterdir()
    with np.load(kept) as arrays:
        assert kept.stem == "000000000016" and np.isfinite(arrays["g_net0/000"]).all()


def test_a_run_that_diverges_goes_back_three_times_and_then_stops(ganzoo, tmp_path):
    recipe = tmp_path / "explodes.py"  # at the second tick, with any seed
    rate = "schedules.Linear(2e-4, 1e38, begin=16, finish=24)"
    recipe.write_text(TOY.read_text().replace("schedules.Adam()", f"schedules.Adam({rate})"))
    back = "train.on_divergence=rollback"
    code, out, err = ganzoo("train", recipe, "--run", "run", "metrics=", "train.images=64", back)
    assert code == 1 and "diverged: after 3 rollbacks, the loss term" in err and len(err.strip().splitlines()) == 1
    assert out.count("going on from 0.016 kimg with seed") == 3
    backs = [json.loads(line) for line in (tmp_path / "run/rollbacks.jsonl").read_text().splitlines()]
    assert [each["to"] for each in backs] == [16] * 3 and len({each["seed"] for each in backs}) == 3

    code, out, _ = ganzoo("diagnose", "run")
    assert code == 0 and "divergence" in out and out.count("rolled back at 0.032 kimg") == 3
    assert PIL.Image.open(tmp_path / "run/diagnosis.png").size[0] > 500
    code, out, _ = ganzoo("diagnose", "run", "--plot", "other.png", "--json")
    assert json.loads(out)["state"] == "divergence" and (tmp_path / "other.png").exists()
    refused(ganzoo("diagnose", "run", "--plot", "other.txt"), "--plot: 'other.txt' is not a .png")
    refused(ganzoo("diagnose", "nowhere"), "nowhere is not a run folder")
    (tmp_path / "run/log.jsonl").unlink()
    refused(ganzoo("diagnose", "run"), "run/log.jsonl holds no tick yet")


def test_a_folder_that_cannot_be_written_is_named(ganzoo, tmp_path):
    (tmp_path / "file").write_text("")
    refused(ganzoo("train", TOY, "--run", "file/run"), "file/run")


def test_a_full_disk_is_one_line_and_damages_nothing(tmp_path):
    """A limit on the size of a file stands for the disk: the second checkpoint is over it."""
    limited = (
        "import resource, sys\n"
        "from ganzoo import checkpoint, cli\n"
        "write = checkpoint.write\n"
        "def full(path, *rest):\n"
        "    if path.stem.endswith('32'):\n"
        "        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))\n"
        "    write(path, *rest)\n"
        "checkpoint.write = full\n"
        "sys.argv = ['ganzoo', *sys.argv[1:]]\n"
        "cli.app()\n"
    )
    command = ["train", TOY, "--run", tmp_path / "run", "metrics="]
    ended = subprocess.run([sys.executable, "-c", limited, *command], capture_output=True, text=True, timeout=200)
    (line,) = [line for line in ended.stderr.splitlines() if line.startswith("ganzoo: error: ")]
    assert ended.returncode == 2 and "cannot write" in line
    assert [path.name for path in (tmp_path / "run/checkpoints").iterdir()] == ["000000000016.npz"]
    with np.load(tmp_path / "run/checkpoints/000000000016.npz") as kept:
        assert kept["header"]


def test_a_dry_run_says_sizes_time_and_memory_and_writes_nothing(ganzoo, tmp_path):
    code, out, _ = ganzoo("train", TOY, "--dry-run", "--json")
    report = json.loads(out)
    assert code == 0 and report["parameters"]["g"] > 0 and report["ms_per_step"] > 0 and report["peak_memory_gb"] > 0
    assert report["recipe"]["train"]["images"] == 32
    assert not list(tmp_path.iterdir())


def test_bench_measures_a_step(ganzoo):
    code, out, _ = ganzoo("bench", TOY, "--steps", "2", "--json")
    report = json.loads(out)
    assert code == 0
    assert report["images_per_second"] == pytest.approx(1000 * report["batch"] / report["ms_per_step"])
    assert report["sec_per_kimg"] == pytest.approx(report["ms_per_step"] / report["batch"])
    assert report["xla"] is False and report["xla_cache"] is None
