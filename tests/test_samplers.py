import keras
import numpy as np
import pytest
import tensorflow as tf
import toy

import ganzoo
import ganzoo.recipe
from ganzoo import checkpoint, runs, samplers, train
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.export import export
from ganzoo.models.image import cgan, stylegan2, vanilla

CARD = {
    "recipe": "small",
    "summary": "",
    "paper": "",
    "command": "",
    "data": "shapes",
    "licence": "MIT",
    "images": 1,
    "seed": 0,
    "precision": "float32",
    "hardware": "",
    "versions": {},
    "commit": "",
    "date": "2026-01-02",
}


@pytest.fixture(scope="module")
def plain():
    keras.utils.set_random_seed(0)
    model = vanilla.Vanilla(g_width=16, d_width=4).build(Spec(4, 5, 3))
    model.generator.set_weights([8 * weight for weight in model.generator.get_weights()])
    return model


@pytest.fixture(scope="module")
def labelled():
    keras.utils.set_random_seed(0)
    return samplers.of(cgan.Concatenation(width=4).build(Spec(16, 16, 1, 3)))


@pytest.fixture(scope="module")
def folder(plain, tmp_path_factory):
    """Versions 9 and 10; 10 is another network."""
    folder = tmp_path_factory.mktemp("models") / "small"
    export(plain, folder / "9", CARD)
    other = vanilla.Vanilla(g_width=8, d_width=4).build(Spec(4, 5, 3))
    export(other, folder / "10", CARD | {"images": 2})
    return folder


def test_load_opens_a_version_or_the_newest_by_number(folder, plain):
    assert ganzoo.load(folder).card["images"] == 2
    assert ganzoo.load(str(folder / "10")).card["images"] == 2
    version = ganzoo.load(folder / "9")
    assert (version.image, version.classes, version.z_dim) == ((4, 5, 3), 0, 100)
    np.testing.assert_array_equal(version.generate(range(9)), samplers.of(plain).generate(range(9)))


def test_a_large_request_is_made_in_parts_with_the_same_pixels(plain):
    sampler = samplers.of(plain)
    images = sampler.generate(range(-10, 2 * samplers.ROWS))
    assert images.shape == (2 * samplers.ROWS + 10, 4, 5, 3)
    np.testing.assert_array_equal(
        images[samplers.ROWS - 3 : samplers.ROWS + 3], sampler.generate(range(samplers.ROWS - 13, samplers.ROWS - 7))
    )
    assert len(np.unique(images.reshape(len(images), -1), axis=0)) == len(images)


def test_noise_can_be_given(plain, folder):
    z = np.random.default_rng(0).normal(size=[3, 100])
    np.testing.assert_array_equal(ganzoo.load(folder / "9").from_noise(z), samplers.of(plain).from_noise(z))


def test_one_label_serves_for_all(labelled):
    np.testing.assert_array_equal(labelled.generate([5, 6], 2), labelled.generate([5, 6], [2, 2]))
    assert (labelled.generate([5], 1) != labelled.generate([5], 2)).any()


def test_no_seeds_give_no_images(plain):
    assert samplers.of(plain).generate([]).shape == (0, 4, 5, 3)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"seed": [0]}, r"label: this model needs one for each image or one for all; allowed: 0\.\.2"),
        ({"seed": [0], "label": 3}, r"label: 3; allowed: 0\.\.2"),
        ({"seed": [0, 1], "label": [0, -1]}, r"label: -1; allowed: 0\.\.2"),
        ({"seed": [0, 1], "label": [0.5, 1]}, r"label: \[0\.5, 1\]; allowed: 0\.\.2"),
        ({"seed": [0, 1, 2], "label": [1]}, r"label: shape \[1\]; allowed: one for all, or \[3\] as seed has"),
        ({"seed": [0], "label": [0, 1, 2]}, r"label: shape \[3\]; allowed: one for all, or \[1\] as seed has"),
        ({"seed": 0, "label": 0}, r"seed: 0; allowed: a list of whole numbers"),
        ({"seed": [0.5], "label": 0}, r"seed: \[0\.5\]; allowed: a list of whole numbers"),
        ({"seed": [2**63], "label": 0}, r"seed: \[9223372036854775808\]; allowed"),
        ({"seed": [0], "label": 0, "truncation": 0.7}, r"truncation: 0\.7 given, and this model takes no truncation"),
    ],
)
def test_a_wrong_request_is_one_line(labelled, arguments, says):
    with pytest.raises(BadInput, match=f"^{says}.*$") as raised:
        labelled.generate(**arguments)
    assert "\n" not in str(raised.value)


def test_a_label_for_an_unconditional_model_is_refused(folder):
    with pytest.raises(BadInput, match=r"label: 0 given, and this model takes no label"):
        ganzoo.load(folder).generate([0], label=0)


def test_truncation_is_one_for_all_or_one_for_each():
    sampler = samplers.of(stylegan2.StyleGAN2(64, 8, z_dim=6, w_dim=8, depth=2).build(Spec(8, 8, 1)))
    assert sampler.untruncated == 1.0
    np.testing.assert_array_equal(sampler.generate([5, 6], truncation=0.5), sampler.generate([5, 6], None, [0.5, 0.5]))
    with pytest.raises(BadInput, match=r"truncation: this model needs one .* allowed: a number"):
        sampler.generate([5, 6])
    take = samplers.steps(sampler)(0, 2)
    assert take.shape == (2, 2, 8, 8, 1) and np.all(np.isfinite(take))


def test_noise_of_another_length_is_refused(plain):
    with pytest.raises(BadInput, match=r"z: shape \[2, 99\]; allowed: \[N, 100\]"):
        samplers.of(plain).from_noise(np.zeros([2, 99]))


def test_what_is_no_source_is_refused(folder, tmp_path):
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(BadInput, match=r"source: .* is no run folder \(recipe.json\) and no exported model"):
            ganzoo.load(path)
    broken = tmp_path / "small" / "1"
    broken.mkdir(parents=True)
    (broken / "saved_model.pb").write_bytes(b"no protocol buffer")
    with pytest.raises(BadInput, match=r"source: cannot read .*card\.json"):
        ganzoo.load(tmp_path / "small")
    (broken / "card.json").write_text((folder / "9" / "card.json").read_text())
    with pytest.raises(BadInput, match=r"source: cannot load .*small.1: "):
        ganzoo.load(broken)
    (broken / "card.json").write_text("{}")
    with pytest.raises(BadInput, match=r"source: .*card\.json lacks classes, image, z_dim"):
        ganzoo.load(broken)


def test_a_foreign_saved_model_is_refused(folder, tmp_path):
    module = tf.Module()
    module.double = tf.function(lambda x: 2 * x, input_signature=[tf.TensorSpec([], tf.float32)])
    tf.saved_model.save(module, str(tmp_path / "1"), signatures={"serving_default": module.double})
    (tmp_path / "1" / "card.json").write_text((folder / "9" / "card.json").read_text())
    with pytest.raises(BadInput, match=r"has no signature generate; it is no export of ganzoo"):
        ganzoo.load(tmp_path)


def test_a_run_gives_the_pixels_of_its_export(tmp_path):
    """A run folder whose only checkpoint was taken before the first step, under mixed precision."""
    entry, overrides = ganzoo.recipe.find("dcgan_fashion_mnist"), ["train.precision=mixed_bfloat16"]
    recipe = ganzoo.recipe.load(entry.name, overrides, smoke=True)
    run = runs.Run(tmp_path / "run")
    resolved = {"name": entry.name, "overrides": overrides, "smoke": True, "image": [28, 28, 1], "classes": 0}
    run.begin(resolved, entry.path.read_text(encoding="utf-8"))
    model = train.build(recipe, Spec(28, 28, 1))
    model.average.set_weights([4 * weight for weight in model.average.get_weights()])
    checkpoint.save(run.checkpoints, model, {})
    export(model, tmp_path / "exported" / "1", CARD)

    keras.config.set_dtype_policy("float32")
    images = ganzoo.load(run.path).generate(range(5))
    np.testing.assert_array_equal(images, ganzoo.load(tmp_path / "exported").generate(range(5)))
    assert images.std() > 1


def test_a_batch_is_within_a_level_of_the_exact_rows():
    sampler = samplers.of(toy.model())
    exact = sampler.generate(range(64)).astype(int)
    assert np.abs(exact - sampler.generate(range(64), signature="batch")).max() <= 1
