"""Every recipe end to end: train, be stopped, resume, evaluate, export, reload where there is no ganzoo."""

import ast
import io
import json
import re
import subprocess
import sys

import numpy as np
import pytest

import ganzoo.recipe
from ganzoo import bench, console, evaluation, runs, samplers, train

ENTRIES = ganzoo.recipe.entries()
# One recipe for each kind of game goes the whole way in the suite: batch norm, a penalty with several D steps, labels,
# lazy regularisers with an average of weights. The others are slow.
SHOWN = (
    "gan_fashion_mnist",
    "dcgan_fashion_mnist",
    "wgan_gp_lite_fashion_mnist",
    "cgan_concatenation_fashion_mnist",
    "stylegan2_tiny_fashion_mnist",
)
REST = [name for name in ENTRIES if name not in SHOWN]
# Deep networks, whose graphs alone take 10 to 40 s.
DEEP = ("biggan_deep_lite_fashion_mnist", "stylegan2_folder")


def method(name):
    """The variant whatever its size."""
    return re.sub(r" \((small|tiny|lite|transfer|ten trials)\)$", "", ENTRIES[name].variant)


def slow_twins():
    """REST; a recipe is slow if a lighter one of its variant is in the suite already."""
    seen = set(map(method, SHOWN))
    for name in sorted(REST, key=lambda name: (not re.search("small|tiny|lite", name), name)):
        yield pytest.param(name, marks=[pytest.mark.slow] if name in DEEP or method(name) in seen else [])
        seen.add(method(name))


@pytest.fixture(scope="module")
def exports():
    """Folders exported by the tests of this module, reloaded together at its end."""
    return {}


def end_to_end(name, folder, exports, overrides=()):
    run, said = folder / name, io.StringIO()
    show = console.Show(said)
    whole = ganzoo.recipe.load(name, overrides, smoke=True).train.images
    train.train(name, (*overrides, f"train.images={whole // 2}"), run, smoke=True, show=show)
    result = train.train(name, overrides, run, smoke=True, show=show)
    assert "resumes" in said.getvalue()
    assert [line["images"] for line in runs.lines(runs.Run(run).log)] == [whole // 2, whole]
    if result["metrics"]:
        metric = next(iter(result["metrics"]))
        report = evaluation.evaluate(str(run), [metric])
        assert report["metrics"][metric]["value"] == result["metrics"][metric]["value"]
        assert np.isfinite(report["metrics"][metric]["value"])
        assert report["metrics"][metric]["ceiling"] != report["metrics"][metric]["floor"]
    sampler, seeds = samplers.load(run), np.arange(3)
    labels = [0] * 3 if sampler.classes else None
    pictures = sampler.generate(seeds, labels, sampler.untruncated)
    exported = samplers.load(result["export"])
    np.testing.assert_array_equal(exported.generate(seeds, labels, exported.untruncated), pictures)
    exports[result["export"]] = pictures, sampler.untruncated or 0.0


@pytest.mark.parametrize("name", SHOWN)
def test_a_variant_goes_from_data_to_an_exported_model(name, tmp_path_factory, exports):
    end_to_end(name, tmp_path_factory.mktemp("runs"), exports)


@pytest.mark.slow
@pytest.mark.parametrize("name", REST)
def test_every_other_recipe_does_too(name, tmp_path_factory, exports):
    end_to_end(name, tmp_path_factory.mktemp("runs"), exports)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHOWN)
def test_every_variant_trains_in_bfloat16(name, tmp_path_factory, exports):
    end_to_end(name, tmp_path_factory.mktemp("runs"), exports, ("train.precision=mixed_bfloat16",))


def test_exports_load_where_there_is_no_ganzoo(exports, tmp_path):
    if not exports:
        pytest.skip("no recipe was trained")
    for index, (folder, (pictures, untruncated)) in enumerate(exports.items()):
        np.savez(tmp_path / f"{index}.npz", folder=folder, pictures=pictures, untruncated=untruncated)
    script = tmp_path / "reload.py"
    script.write_text(
        "import glob, sys\n"
        "import numpy as np, tensorflow as tf\n"
        "for file in sorted(glob.glob('*.npz')):\n"
        "    wanted = np.load(file)\n"
        "    generate = tf.saved_model.load(str(wanted['folder'])).signatures['generate']\n"
        "    inputs = {'seed': tf.range(3, dtype=tf.int64)}\n"
        "    if 'label' in generate.structured_input_signature[1]:\n"
        "        inputs['label'] = tf.zeros([3], tf.int32)\n"
        "    if 'truncation' in generate.structured_input_signature[1]:\n"
        "        inputs['truncation'] = tf.fill([3], float(wanted['untruncated']))\n"
        "    (made,) = generate(**inputs).values()\n"
        "    assert np.array_equal(made, wanted['pictures']), file\n"
        "assert not any(name.split('.')[0] == 'ganzoo' for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, script], cwd=tmp_path, check=True, timeout=300)


@pytest.mark.parametrize("name", ENTRIES)
def test_a_recipe_says_what_it_is(name):
    entry = ENTRIES[name]
    assert all((entry.summary, entry.task, entry.variant, entry.data, entry.paper, entry.command))
    assert entry.command.split()[:3] == ["ganzoo", "train", name]
    body = ast.parse(entry.path.read_text()).body
    imported = [node for node in body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert {getattr(node, "module", None) or node.names[0].name for node in imported} == {
        "dataclasses",
        "ganzoo.recipe",
    }
    function = next(node for node in body if isinstance(node, ast.FunctionDef) and node.name == "recipe")
    assert sum(isinstance(node, ast.Return) for node in ast.walk(function)) == 1
    assert not any(isinstance(node, (ast.If, ast.For, ast.While)) for node in ast.walk(function))


@pytest.mark.parametrize("name", slow_twins())
def test_a_recipe_builds_and_makes_a_step(name):
    """The other recipes: valid lengths at full size, and a dry run of the smoke."""
    full = ganzoo.recipe.load(name)
    ganzoo.recipe.check_lengths(full)
    json.dumps(ganzoo.recipe.describe(full))
    report = bench.dry_run(name, smoke=True)
    # Where pixels alone are compared there is no D.
    assert report["ms_per_step"] > 0 and report["parameters"]["g"] > 0
    smoke = ganzoo.recipe.load(name, smoke=True)
    if isinstance(full.data, ganzoo.recipe.Pairs):  # whose paper sizes are for a GPU
        assert all(getattr(smoke.data, part).channels == getattr(full.data, part).channels for part in "ab")
        return
    for field in ("size", "channels"):
        assert getattr(smoke.data, field) == getattr(full.data, field)
