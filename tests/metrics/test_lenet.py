"""The shipped classifier: its accuracy, its size and what it refuses."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

import ganzoo.data
from ganzoo.data import images
from ganzoo.errors import BadInput
from ganzoo.metrics import frechet, lenet
from ganzoo.recipe import Data


@pytest.fixture(scope="module")
def eyes():
    return lenet.extractor()


@pytest.fixture(scope="module")
def reals():
    return ganzoo.data.open(Data(name="fashion_mnist"))


def test_it_knows_the_classes_of_test_images(eyes, reals):
    features, classes = eyes(reals.images[:2000])
    assert features.shape == (2000, 64) and features.dtype == np.float32
    assert np.mean(classes == reals.labels[:2000]) > 0.91


def test_its_files_are_small():
    assert lenet.WEIGHTS.stat().st_size < 2**20
    assert lenet.REALS.stat().st_size < 1.5 * 2**20


def test_no_feature_is_dead(reals):
    features = lenet.training_features(reals)
    assert features.shape == (10_000, 64)
    assert features.std(axis=0).min() > 0.1


def test_training_features_are_only_for_the_test_images(reals):
    assert lenet.training_features(images.ImageSet("fashion_mnist", reals.images[:5000])) is None
    assert lenet.training_features(images.ImageSet("fashion_mnist", reals.images[::-1])) is None


def test_test_images_lie_close_to_the_training_images(eyes, reals):
    distance = frechet.FrechetDistance(64)
    distance.update(eyes(reals.images[:2000])[0])
    floor = frechet.FrechetDistance(64)
    floor.update(lenet.training_features(reals)[:2000])
    assert 0 < floor.to(distance)["value"] < 2


def test_the_distance_grows_with_noise(eyes, reals):
    draw = np.random.default_rng(0)
    clean = frechet.FrechetDistance(64)
    clean.update(eyes(reals.images[:1000])[0])
    values = []
    for sigma in (4, 16, 64):
        noisy = reals.images[1000:2000] + draw.normal(0, sigma, [1000, 28, 28, 1])
        distance = frechet.FrechetDistance(64)
        distance.update(eyes(np.clip(noisy, 0, 255).astype(np.uint8))[0])
        values.append(distance.to(clean)["value"])
    assert values == sorted(values) and values[-1] > 10 * values[0]


def test_features_do_not_depend_on_the_precision_policy_nor_move_the_seed(eyes, reals):
    keras.config.set_dtype_policy("mixed_bfloat16")
    keras.utils.set_random_seed(3)
    expected = keras.random.uniform([1]).numpy()
    keras.utils.set_random_seed(3)
    features, _ = lenet.extractor()(reals.images[:8])
    assert keras.random.uniform([1]).numpy() == expected
    np.testing.assert_array_equal(features, eyes(reals.images[:8])[0])


def test_it_runs_inside_a_strategy(eyes, reals):
    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        features, _ = lenet.extractor()(reals.images[:8])
    np.testing.assert_allclose(features, eyes(reals.images[:8])[0], atol=1e-5)


@pytest.mark.parametrize("shape", [(32, 32, 1), (28, 28, 3)])
def test_other_sizes_are_refused_by_both_sizes(eyes, shape):
    with pytest.raises(BadInput, match=f"28x28 with 1 channel.*{shape[0]}x{shape[1]} with {shape[2]}"):
        eyes.check(shape)


def test_a_short_training_repeats_and_writes_its_files(reals, tmp_path, monkeypatch):
    monkeypatch.setattr(lenet, "EPOCHS", 1)
    for name in ("FILES", "WEIGHTS", "REALS", "CARD"):
        monkeypatch.setattr(lenet, name, tmp_path / getattr(lenet, name).name)
    x, y = reals.images[:500], reals.labels[:500]
    first, again = lenet.train(x, y), lenet.train(x, y)
    for a, b in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    card = lenet.write(first, x, reals.images[-300:], reals.labels[-300:])
    assert card["test_accuracy"] == json.loads(lenet.CARD.read_text())["test_accuracy"]
    assert lenet.extractor()(x[:3])[0].shape == (3, 64)


@pytest.mark.slow
def test_stored_features_are_those_of_training_images(eyes):
    training = ganzoo.data.open(Data(source="package", name="fashion_mnist"))
    with np.load(lenet.REALS) as stored:
        chosen, features = stored["indices"][:500], stored["features"][:500]
    np.testing.assert_allclose(eyes(training.read(chosen))[0], features, atol=0.02)
