"""Every recipe end to end: train, be stopped, resume, evaluate, export, reload where there is no ganzoo."""

import ast
import dataclasses
import io
import json
import re
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

import ganzoo.data
import ganzoo.recipe
from ganzoo import (
    applying,
    augment,
    bench,
    clips,
    console,
    evaluation,
    export,
    regularizers,
    runs,
    samplers,
    sentences,
    train,
)

ENTRIES = ganzoo.recipe.entries()
# One recipe for each kind of game goes the whole way in the suite: batch norm, a penalty with several D steps, labels,
# sentences. The others are slow.
SHOWN = (
    "dcgan_fashion_mnist",
    "wgan_gp_lite_fashion_mnist",
    "cgan_concatenation_fashion_mnist",
    "mle_wordnet",
)
REST = [name for name in ENTRIES if name not in SHOWN]
# Deep networks, which take long to build.
DEEP = ("biggan_deep_lite_fashion_mnist", "stylegan2_folder")


def method(name):
    """The variant whatever its size."""
    return re.sub(r" \((small|tiny|lite|transfer|ten trials)\)$", "", ENTRIES[name].variant)


def lightest_first(names):
    return sorted(names, key=lambda name: (not re.search("small|tiny|lite", name), name))


def slow_twins():
    """REST; a recipe is slow if a lighter one of its variant is in the suite already."""
    seen = set(map(method, SHOWN))
    for name in lightest_first(REST):
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
        if report["metrics"][metric]["ceiling"] is not None:
            assert report["metrics"][metric]["ceiling"] != report["metrics"][metric]["floor"]
    card = json.loads((export.find(result["export"]) / export.CARD).read_text())
    kinds = {"directions": translated, "words": written, "clip": filmed}
    kind = next((kind for fact, kind in kinds.items() if fact in card), sampled)
    exports[result["export"]] = kind(str(run), result["export"])


def sampled(run, exported):
    """The signature that makes images from noise, inputs, and the images that a run and its export make of them."""
    sampler, exported, seeds = samplers.load(run), samplers.load(exported), np.arange(3)
    labels = [0] * 3 if sampler.classes else None
    images = sampler.generate(seeds, labels, sampler.untruncated)
    np.testing.assert_array_equal(exported.generate(seeds, labels, exported.untruncated), images)
    inputs = {"seed": seeds}
    if sampler.classes:
        inputs["label"] = np.zeros(3, np.int32)
    if sampler.untruncated is not None:
        inputs["truncation"] = np.full(3, sampler.untruncated, np.float32)
    return "generate", inputs, images


def written(run, exported):
    """The same of a writer: the tokens."""
    inputs = {"seed": np.arange(3), "temperature": np.float32([1, 1, 0.5]), "top_k": np.int32([0, 3, 0])}
    made, again = (
        each._signature("serving_default")(**{key: tf.constant(value) for key, value in inputs.items()})
        for each in (sentences.load(run), sentences.load(exported))
    )
    np.testing.assert_array_equal(again["text"].numpy(), made["text"].numpy())
    return "serving_default", inputs, made["token_ids"].numpy()


def filmed(run, exported):
    """The same of a generator of clips."""
    seeds = np.arange(2)
    made, again = (each.film(seeds, seeds + 1, 3) for each in (clips.load(run), clips.load(exported)))
    np.testing.assert_array_equal(again, made)
    return "serving_default", {"content_seed": seeds, "motion_seed": seeds + 1, "num_frames": np.int32(3)}, made


def translated(run, exported):
    """The same of a direction between images."""
    loaded, exported = applying.load(run), applying.load(exported)
    name, about = list(loaded.directions.items())[-1]
    draw = np.random.default_rng(0)
    inputs = {"image": draw.integers(0, 256, (2, 33, 45, about["given"]), np.uint8)}
    if about.get("mask"):
        inputs["mask"] = np.uint8(255) * draw.integers(0, 2, (2, 33, 45, 1), np.uint8)
    if about.get("alpha"):
        inputs["alpha"] = np.float32([0.25, 1.0])
    made, again = (
        each.signature(name)(**{key: tf.constant(value) for key, value in inputs.items()})["image"].numpy()
        for each in (loaded, exported)
    )
    np.testing.assert_array_equal(again, made)
    return name, inputs, made


@pytest.mark.parametrize("name", SHOWN)
def test_a_variant_goes_from_data_to_an_exported_model(name, tmp_path_factory, exports):
    end_to_end(name, tmp_path_factory.mktemp("runs"), exports)


@pytest.mark.slow
@pytest.mark.parametrize("name", REST)
def test_every_other_recipe_does_too(name, tmp_path_factory, exports):
    end_to_end(name, tmp_path_factory.mktemp("runs"), exports)


@pytest.mark.slow
@pytest.mark.parametrize("name", {method(name): name for name in reversed(lightest_first(ENTRIES))}.values())
def test_every_variant_trains_in_bfloat16(name, tmp_path):
    show = console.Show(io.StringIO())
    train.train(name, ("train.precision=mixed_bfloat16",), tmp_path / "run", smoke=True, show=show)
    *_, last = runs.lines(runs.Run(tmp_path / "run").log)
    terms = [value for key, value in last.items() if key[:2] in ("d_", "g_")]
    assert terms and np.all(np.isfinite(terms))


def test_exports_load_where_there_is_no_ganzoo(exports, tmp_path):
    if not exports:
        pytest.skip("no recipe was trained")
    for index, (folder, (signature, inputs, images)) in enumerate(exports.items()):
        np.savez(
            tmp_path / f"{index}.npz",
            folder=folder,
            signature=signature,
            images=images,
            **{f"input {name}": value for name, value in inputs.items()},
        )
    script = tmp_path / "reload.py"
    script.write_text(
        "import glob, sys\n"
        "import numpy as np, tensorflow as tf\n"
        "for file in sorted(glob.glob('*.npz')):\n"
        "    wanted = np.load(file)\n"
        "    served = tf.saved_model.load(str(wanted['folder'])).signatures[str(wanted['signature'])]\n"
        "    inputs = {name[6:]: tf.constant(wanted[name]) for name in wanted if name.startswith('input ')}\n"
        "    made = served(**inputs)\n"
        "    made = made['token_ids'] if 'token_ids' in made else next(iter(made.values()))\n"
        "    assert np.array_equal(made, wanted['images']), file\n"
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
def test_a_recipe_builds(name):
    """Valid lengths at full size, and the networks and the game of the smoke."""
    full, smoke = ganzoo.recipe.load(name), ganzoo.recipe.load(name, smoke=True)
    for recipe in (full, smoke):
        ganzoo.recipe.check_lengths(recipe)
        json.dumps(ganzoo.recipe.describe(recipe))
    model = train.untrained(smoke, ganzoo.data.spec(smoke.data) or ganzoo.data.open(smoke.data).spec)
    assert all(net.trainable_variables for net in model.g_nets)
    if isinstance(full.data, (ganzoo.recipe.Text, ganzoo.recipe.Video)):
        return
    if isinstance(full.data, ganzoo.recipe.Pairs):
        assert all(getattr(smoke.data, part).channels == getattr(full.data, part).channels for part in "ab")
        return
    assert smoke.data.channels == full.data.channels
    if ENTRIES[name].task != "restoration":  # whose paper sizes are for a GPU
        assert smoke.data.size == full.data.size


def test_overrides_reach_into_tuples_and_name_an_augmentation():
    def game(*overrides, name="relativistic_small"):
        return ganzoo.recipe.load(name, overrides).game

    before, after = game(), game("game.regularizers.r2.gamma=3", "game.regularizers.0.interval=4")
    r1, r2 = before.regularizers
    assert after.regularizers == (dataclasses.replace(r1, interval=4), dataclasses.replace(r2, gamma=3.0))
    decayed = game("game.regularizers.r1.gamma=0.1", name="r3gan_lite_fashion_mnist")  # by a schedule without it
    assert decayed.regularizers[0] == regularizers.R1(0.1)
    assert before.augment is None and game("game.augment=ada").augment == augment.ADA()
    chosen = game("game.augment=diffaugment", "game.augment.policy=color,cutout").augment
    assert chosen == augment.DiffAugment(("color", "cutout"))
    assert game("game.augment=ada", "game.augment.p.target=0.5").augment == augment.ADA(augment.Adaptive(target=0.5))
    assert game("game.augment=none", name="diffaugment_small").augment is None


@pytest.mark.slow  # tracing takes 5 to 40 s; the tests of each variant's own file make steps
@pytest.mark.parametrize("name", REST)
def test_a_recipe_makes_a_step(name):
    report = bench.dry_run(name, smoke=True)
    # Where pixels alone are compared there is no D.
    assert report["ms_per_step"] > 0 and report["parameters"]["g"] > 0
