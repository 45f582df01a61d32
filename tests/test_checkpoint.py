import random

import pytest
import toy

from ganzoo import checkpoint


def test_the_newest_three_and_the_best_stay(tmp_path):
    model = toy.model()
    for step in range(5):
        toy.fit(model, 8, 8 * step, 1)
        checkpoint.save(tmp_path, model, {"seconds": step})
        if step == 1:
            checkpoint.keep_best(tmp_path, 16)
    assert [int(path.stem) for path in checkpoint.files(tmp_path)] == [40, 32, 24]
    assert checkpoint.read(tmp_path / "best.npz")[0] == {"seconds": 1, "images": 16}
    assert not list(tmp_path.glob("*.tmp"))


def test_a_checkpoint_holds_everything_a_later_step_depends_on():
    model = toy.model()
    parts = checkpoint.state(model)
    assert set(parts) == {"game", "d_net0", "g_net0", "average0", "d_optimizer", "g_optimizer"}
    assert [variable.path.split("/")[-1] for variable in parts["game"]] == ["step", "images", "seed"]
    held = {id(variable) for variables in parts.values() for variable in variables}
    metrics = {id(variable) for metric in model.metrics for variable in metric.variables}
    assert {id(variable) for variable in model.variables} <= held | metrics


@pytest.mark.parametrize("seed", range(3))
def test_no_damaged_byte_goes_unnoticed(tmp_path, seed):
    model = toy.model()
    path = checkpoint.save(tmp_path, model, {})
    whole, draw = path.read_bytes(), random.Random(seed)
    for _ in range(40):
        damaged = bytearray(whole)
        damaged[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(checkpoint.Damaged):
            checkpoint.read(path)
    for length in (0, 1, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(checkpoint.Damaged):
            checkpoint.read(path)


def test_a_damaged_file_changes_nothing_and_the_one_before_is_used(tmp_path):
    model = toy.model()
    toy.fit(model, 8, 0, 1)
    checkpoint.save(tmp_path, model, {})
    toy.fit(model, 8, 8, 1)
    newest = checkpoint.save(tmp_path, model, {})
    newest.write_bytes(newest.read_bytes()[:-100])
    said = []
    fresh = toy.model(seed=1)
    header = checkpoint.restore_newest(tmp_path, fresh, said.append)
    assert header["images"] == int(fresh.images.value) == 8
    assert len(said) == 1 and newest.name in said[0] and "damaged" in said[0]


def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    path = checkpoint.save(tmp_path, toy.model(ema=False), {})
    with pytest.raises(checkpoint.Damaged, match="another model: average0"):
        checkpoint.restore(path, toy.model())
