import json

import pytest
import tensorflow as tf
from tensorboard.backend.event_processing import event_accumulator

from ganzoo import callbacks, runs
from ganzoo.errors import BadInput

RESOLVED = {
    "name": "toy",
    "smoke": False,
    "image": [4, 4, 1],
    "classes": 0,
    "data": {"hash": "abc"},
    "versions": {"keras": "1"},
    "recipe": {
        "kind": "Recipe",
        "model": {"kind": "Toy", "width": 2},
        "data": {"kind": "Data", "size": 4},
        "game": {"kind": "Game", "d_steps": 1, "ema": None},
        "train": {"kind": "Train", "images": 100, "batch": 10},
    },
}


@pytest.fixture
def run(tmp_path):
    made = runs.Run(tmp_path / "run")
    made.begin(RESOLVED, "# a recipe")
    return made


def events(run):
    """TensorBoard's own view of the folder."""
    accumulator = event_accumulator.EventAccumulator(str(run.tensorboard), {"images": 0, "tensors": 0})
    return accumulator.Reload()


def steps(run, tag):
    return [event.step for event in events(run).Tensors(tag)]


def test_tensorboard_reads_scalars_pictures_recipe_and_hyperparameters(run):
    writer = tf.summary.create_file_writer(str(run.tensorboard))
    callbacks.describe(writer, RESOLVED)
    with writer.as_default(step=10):
        tf.summary.scalar("train/d_adv", 0.5)
        tf.summary.image("samples", tf.zeros([1, 4, 4, 1]))
    writer.close()
    accumulator = events(run)
    tags = accumulator.Tags()["tensors"]
    assert {"train/d_adv", "samples", "recipe"} <= set(tags)
    assert b'"d_steps": 1' in accumulator.Tensors("recipe")[0].tensor_proto.string_val[0]
    assert accumulator.PluginTagToContent("hparams")


def test_a_run_is_cut_back_to_its_checkpoint(run):
    for images in (10, 20, 30):
        runs.append(run.log, {"images": images})
        runs.append(run.metrics, {"images": images})
        (run.samples / f"{images / 1000:010.3f}.png").write_bytes(b"")
        writer = tf.summary.create_file_writer(str(run.tensorboard))
        with writer.as_default(step=images):
            tf.summary.scalar("train/d_adv", images)
        writer.close()
    with open(run.log, "a") as file:
        file.write('{"images": 40, "kim')  # the process died while it wrote
    with open(max(run.tensorboard.iterdir()), "ab") as file:
        file.write(b"half a record")
    run.cut(20)
    assert [line["images"] for line in runs.lines(run.log)] == [10, 20]
    assert [line["images"] for line in runs.lines(run.metrics)] == [10, 20]
    assert sorted(path.stem for path in run.samples.iterdir()) == ["000000.010", "000000.020"]
    assert sorted(steps(run, "train/d_adv")) == [10, 20]


@pytest.mark.parametrize(
    "change, field",
    [
        ({"data": {"hash": "xyz"}}, "data.hash"),
        ({"smoke": True}, "smoke"),
        ({"recipe": RESOLVED["recipe"] | {"model": {"kind": "Toy", "width": 3}}}, "model.width"),
        ({"recipe": RESOLVED["recipe"] | {"train": {"kind": "Train", "images": 100, "batch": 5}}}, "train.batch"),
    ],
)
def test_another_run_is_refused_by_the_field_that_differs(run, change, field):
    with pytest.raises(BadInput, match=f"its {field} is"):
        run.check_identity(RESOLVED | change)


def test_length_and_versions_are_not_part_of_a_runs_identity(run):
    longer = json.loads(json.dumps(RESOLVED))
    longer["recipe"]["train"]["images"], longer["versions"] = 200, {"keras": "2"}
    run.check_identity(longer)


def test_a_folder_that_is_no_run_is_named(tmp_path):
    with pytest.raises(BadInput, match="it has no recipe"):
        runs.Run(tmp_path).resolved()
    (tmp_path / "recipe.json").write_text("{")
    with pytest.raises(BadInput, match="cannot be read"):
        runs.Run(tmp_path).resolved()
