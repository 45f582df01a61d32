"""A run starts from the networks of another."""

import io
import json
import pathlib
import shutil

import keras
import numpy as np
import pytest
import toy

from ganzoo import checkpoint, console, gan, losses, runs, schedules, train, transfer
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.models.image import stylegan2

TOY = pathlib.Path(__file__).parent / "toy_recipe.py"


def trained(path, **options):
    """A toy game after two steps, its checkpoint at `path`."""
    model = toy.model(run_eagerly=True, **options)
    toy.fit(model, 8, 0, 2)
    checkpoint.write(path, model, {"images": 16})
    return model


def equal(left, right):
    return all(np.array_equal(one, two) for one, two in zip(left, right, strict=True))


def test_networks_come_along_and_nothing_else(tmp_path):
    other = trained(tmp_path / "one.npz")
    model = toy.model(seed=1)
    found = transfer.start(model, str(tmp_path / "one.npz"))
    assert found == {"images": 16, "weights": {"d_net0": [4, 4], "g_net0": [8, 8], "average0": [8, 8]}}
    for ours, theirs in ((model.discriminator, other.discriminator), (model.generator, other.generator)):
        assert equal(ours.get_weights(), theirs.get_weights())
    assert equal(model.average.get_weights(), other.average.get_weights())
    assert not equal(model.average.get_weights(), model.generator.get_weights())
    assert int(model.step.value) == int(model.images.value) == 0 and int(model.seed.value) == 1
    for optimizer in (model.d_optimizer, model.optimizer):
        assert int(optimizer.iterations.value) == 0 and not any(np.any(each) for each in optimizer.variables[2:])


def test_an_average_that_was_not_kept_begins_as_its_network(tmp_path):
    other = trained(tmp_path / "one.npz", ema=False)
    model = toy.model(seed=1)
    transfer.start(model, str(tmp_path / "one.npz"))
    assert equal(model.average.get_weights(), other.generator.get_weights())


def wide(classes=2):
    """The toy's D with more outputs, and one more layer where they are 3."""
    image = keras.Input((4, 4, 1), name="image")
    x = keras.layers.Dense(8, activation="tanh")(keras.layers.Flatten()(image))
    if classes == 3:
        x = keras.layers.Dense(5)(x)
    return keras.Model({"image": image}, keras.ops.sum(keras.layers.Dense(classes, dtype="float32")(x), axis=1))


@pytest.mark.parametrize("classes, taken, whole", [(2, 2, 4), (3, 2, 6)])
def test_what_does_not_fit_is_named_and_left_alone_where_that_is_asked_for(tmp_path, classes, taken, whole):
    other = trained(tmp_path / "one.npz", norm=False)
    model = gan.NoiseGAN(lambda: toy.generator(norm=False), lambda: wide(classes), z_dim=3, image=(4, 4, 1))
    model.compile(schedules.Adam().build(8), schedules.Adam().build(8), losses.hinge)
    before = model.discriminator.get_weights()
    named = r"one.npz does not fit: d_net0 dense\w*/kernel is \[8, 1\] there and \[8, \d\] here; .*init_partial=true"
    with pytest.raises(BadInput, match=named):
        transfer.start(model, str(tmp_path / "one.npz"))
    assert equal(model.discriminator.get_weights(), before)
    found = transfer.start(model, str(tmp_path / "one.npz"), partial=True)
    assert found["weights"] == {"d_net0": [taken, whole], "g_net0": [4, 4]}
    after = model.discriminator.get_weights()
    assert equal(after[:2], other.discriminator.get_weights()[:2]) and equal(after[2:], before[2:])
    assert "d_net0 2 of" in transfer.tell("one", found) and "0.016 kimg" in transfer.tell("one", found)


def test_networks_of_two_sizes_keep_the_layers_they_share(tmp_path):
    nets, ends = stylegan2.StyleGAN2(cbase=32, cmax=8, z_dim=5, w_dim=6, depth=2), []
    for side in (8, 16):
        game = nets.build(Spec(side, side, 1, 0))
        game.compile(schedules.Adam().build(8), schedules.Adam().build(8), losses.hinge)
        ends.append(game)
    small, large = ends
    for weight in [*small.generator.variables, *small.discriminator.variables]:
        weight.assign(np.random.default_rng(0).normal(size=weight.shape))
    checkpoint.write(tmp_path / "small.npz", small, {"images": 0})
    fresh = [each.numpy() for each in large.generator.variables]
    transfer.start(large, str(tmp_path / "small.npz"), partial=True)
    # D's tail is the small one's but for its first layer; of G it is the head, to the last resolution they share.
    tail = len(small.discriminator.variables) - 2
    assert equal(large.discriminator.get_weights()[-tail:], small.discriminator.get_weights()[-tail:])
    mapping = small.generator.get_layer("mapping").get_weights()
    assert equal(large.generator.get_layer("mapping").get_weights(), mapping)
    assert any(np.array_equal(one, two) for one, two in zip(fresh, large.generator.get_weights(), strict=True))


def test_sources_that_are_none_are_refused(tmp_path):
    model = toy.model()
    (tmp_path / "export").mkdir()
    (tmp_path / "export/saved_model.pb").write_bytes(b"")
    (tmp_path / "run/checkpoints").mkdir(parents=True)
    (tmp_path / "run/recipe.json").write_text("{}")
    said = []
    for name, words in (
        ("nowhere", "neither a run folder nor a checkpoint"),
        ("export", "an exported model, without D"),
        ("run", "has no checkpoint that can be read"),
    ):
        with pytest.raises(BadInput, match=rf"train\.init_from: .*{name} .*{words}"):
            transfer.start(model, str(tmp_path / name))
    trained(tmp_path / "run/checkpoints/000000000016.npz")
    (tmp_path / "run/checkpoints/000000000024.npz").write_bytes(b"half of one")
    assert transfer.start(model, str(tmp_path / "run"), report=said.append)["images"] == 16
    assert len(said) == 1 and "damaged" in said[0]


def sentences(words, seed=0, joint=" ", vocabulary=4):
    """What recipe.json says of the tokens of a run."""
    image = {"length": 3, "vocabulary": vocabulary, "words": words, "joint": joint}
    return {"image": image, "recipe": {"data": {"kind": "Text", "seed": seed}}}


WORDS = ["", "[UNK]", "x", "y"]


@pytest.mark.parametrize(
    "theirs, ours, line",
    [
        (sentences(WORDS), sentences(["", "[UNK]", "y", "x"]), "its entry 2 is 'x', here 'y'"),
        (sentences(WORDS, joint=""), sentences(WORDS), "its tokens are joined by '', here by ' '"),
        (sentences([], seed=3), sentences([]), "its oracle is of data.seed=3, here 0"),
        (sentences([]), sentences(WORDS), "its tokens are numbers, here words"),
        (sentences(WORDS, seed=3), sentences(WORDS), None),  # a seed of what is drawn only
        (sentences([]), sentences([]), None),
        (sentences([*WORDS, "z"], vocabulary=5), sentences(WORDS), None),  # which shapes tell
        ({"image": [8, 8, 3]}, sentences(WORDS), None),
    ],
)
def test_another_vocabulary_is_refused(tmp_path, theirs, ours, line):
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints/000000000016.npz").write_bytes(b"")
    (tmp_path / "recipe.json").write_text(json.dumps(theirs))
    for source in (tmp_path, tmp_path / "checkpoints/000000000016.npz"):
        if line is None:
            transfer.check_words(str(source), ours)
            continue
        with pytest.raises(BadInput, match=f"train.init_from: {source} has another vocabulary; .*{line}"):
            transfer.check_words(str(source), ours)


def test_a_run_of_another_oracle_is_refused_before_anything_is_written(tmp_path):
    def go(run, *overrides):
        show = console.Show(io.StringIO())
        return train.train("mle_lite_oracle", ("metrics=", *overrides), str(run), smoke=True, show=show)

    go(tmp_path / "first")
    with pytest.raises(BadInput, match=r"its oracle is of data\.seed=0, here 1"):
        go(tmp_path / "second", f"train.init_from={tmp_path / 'first'}", "data.seed=1")
    assert not (tmp_path / "second").exists()
    go(tmp_path / "second", f"train.init_from={tmp_path / 'first'}", "train.seed=1")


def test_a_run_that_began_elsewhere_says_so_and_does_not_look_there_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = io.StringIO()

    def go(run, *overrides):
        return train.train(str(TOY), ("metrics=", *overrides), run, show=console.Show(said))

    go("first", "train.images=16")
    init = ("train.init_from=first", "train.seed=1")
    monkeypatch.setattr(train, "dataset", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))  # killed at the start
    with pytest.raises(KeyboardInterrupt):
        go("second", *init)
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    first, begun = (
        checkpoint.read(tmp_path / name)[1]
        for name in ("first/checkpoints/000000000016.npz", "second/checkpoints/000000000000.npz")
    )
    for name in first:
        if name.startswith(("d_net", "g_net", "average")):
            np.testing.assert_array_equal(first[name], begun[name], err_msg=name)
    assert not np.any(begun["d_optimizer/000"]) and np.any(first["d_optimizer/000"])
    shutil.rmtree("first")
    go("second", *init)
    assert "weights of first at 0.016 kimg: d_net0" in said.getvalue() and "resumes at 0 of" in said.getvalue()
    resolved = json.loads(pathlib.Path("second/recipe.json").read_text())
    assert resolved["init"]["images"] == 16 and resolved["recipe"]["train"]["init_from"] == "first"
    with pytest.raises(BadInput, match=r"its train\.init_from is first, not None"):
        go("second", "train.seed=1")


def test_a_run_from_before_a_field_was_known_has_its_default():
    old = {"recipe": {"train": {"batch": 8}, "game": {}}, "data": {"hash": ""}}
    new = {"recipe": {"train": {"batch": 8, "accumulate": 1}, "game": {"d_steps": 1}}, "data": {"hash": ""}}
    assert runs._identity(old) == runs._identity(new)
    new["recipe"]["train"]["accumulate"] = 2
    assert runs._identity(old) != runs._identity(new)
