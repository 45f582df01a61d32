"""Extractors from files: what they are given, what a result says of them, what is refused."""

import hashlib

import keras
import numpy as np
import pytest

import ganzoo.data
from ganzoo import metrics
from ganzoo.errors import BadInput
from ganzoo.metrics import frechet, own
from ganzoo.recipe import Data


@pytest.fixture
def save(tmp_path):
    def save(*outputs, image):
        path = tmp_path / "own.keras"
        keras.Model(image, list(outputs)).save(path)
        return path

    return save


def mean_and_deviation(image):
    x = keras.layers.Flatten()(image)
    return keras.layers.Concatenate()([keras.ops.mean(x, 1, keepdims=True), keras.ops.std(x, 1, keepdims=True)])


def test_a_model_of_keras_sees_the_images_as_they_are_stored(save, tmp_path):
    image = keras.Input([28, 28, 1], dtype="float32")
    path = save(mean_and_deviation(image), image=image)
    reals = ganzoo.data.open(Data(name="fashion_mnist"))
    eyes = own.extractor(f"keras:{path}")
    samples = reals.images[:300]
    features = eyes(samples)[0]
    np.testing.assert_allclose(features[:, 0], samples.mean(axis=(1, 2, 3)), rtol=1e-4)
    np.testing.assert_allclose(features[:, 1], samples.std(axis=(1, 2, 3)), rtol=1e-4)

    result = metrics.evaluate(["fd300_own"], lambda a, n: samples[a : a + n], reals, own=eyes, cache=tmp_path)
    chosen = reals.images[np.random.default_rng(0).permutation(10_000)[:300]]
    sides = [frechet.FrechetDistance(2), frechet.FrechetDistance(2)]
    for side, batch in zip(sides, (samples, chosen), strict=True):
        side.update(np.stack([batch.mean(axis=(1, 2, 3)), batch.std(axis=(1, 2, 3))], axis=1))
    assert result["fd300_own"]["value"] == pytest.approx(sides[0].to(sides[1])["value"], rel=1e-3)
    assert result["fd300_own"]["weights"] == hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(BadInput, match="needs an extractor that classifies"):
        metrics.check(["is300_own"], reals, own=eyes)
    with pytest.raises(BadInput, match=r"own takes images of 28x28 with 1 channel\(s\), these are 32x32 with 1"):
        eyes.check((32, 32, 1))


def test_a_second_output_is_class_logits(save):
    image = keras.Input([None, None, 3], dtype="uint8")
    features = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(image))
    path = save(features, keras.layers.Dense(7)(features), image=image)
    eyes = own.extractor(f"keras:{path}")
    views = eyes.views(np.full([2, 20, 24, 3], 51, np.uint8))
    assert (eyes.classes, views["logits"].shape) == (7, (2, 7))
    np.testing.assert_allclose(views["features"], np.full([2, 3], 0.2), rtol=1e-5)


def test_features_that_are_not_finite_are_refused(save, tmp_path):
    image = keras.Input([28, 28, 1], dtype="float32")
    path = save(keras.ops.log(keras.layers.GlobalMaxPooling2D()(image) - 255), image=image)
    reals = ganzoo.data.open(Data(name="fashion_mnist"))
    with pytest.raises(BadInput, match="images are not finite numbers"):
        metrics.evaluate(
            ["fd50_own"], lambda a, n: reals.images[:n], reals, own=own.extractor(f"keras:{path}"), cache=tmp_path
        )


def test_files_that_are_no_extractor_are_refused(save, tmp_path):
    (tmp_path / "bad.keras").write_bytes(b"nothing")
    (tmp_path / "bad.h5").write_bytes(b"nothing")
    image = keras.Input([8, 8, 1])
    maps = save(keras.layers.Conv2D(2, 3)(image), image=image)
    for text, words in [
        ("lenet", "allowed: keras:PATH or inception:PATH"),
        ("keras:", "allowed: keras:PATH"),
        (f"keras:{tmp_path}/none.keras", "none.keras is not a file"),
        (f"keras:{tmp_path}/bad.keras", "bad.keras is no model of Keras"),
        (f"inception:{tmp_path}/bad.h5", "bad.h5 holds no weights of InceptionV3"),
        (f"keras:{maps}", r"gives \[\(None, 6, 6, 2\)\]"),
    ]:
        with pytest.raises(BadInput, match=words) as error:
            own.extractor(text)
        assert "\n" not in str(error.value)


@pytest.mark.slow
@pytest.mark.parametrize("top", [True, False])
def test_inception_is_that_of_keras(top, tmp_path):
    model = keras.applications.InceptionV3(weights=None, include_top=top, classifier_activation=None)
    model.save_weights(tmp_path / "inception.weights.h5")
    eyes = own.extractor(f"inception:{tmp_path}/inception.weights.h5")
    images = np.random.default_rng(0).integers(0, 256, (2, 299, 299, 3), np.uint8)
    views = eyes.views(images)
    assert views["features"].shape == (2, 2048) and eyes.classes == (1000 if top else 0)
    expected = model(images / 127.5 - 1, training=False)
    if top:
        np.testing.assert_allclose(views["logits"], expected, atol=1e-4)
    else:
        np.testing.assert_allclose(views["features"], keras.ops.mean(expected, (1, 2)), atol=1e-4)
    assert eyes.views(images[:, :40, :40, :1])["features"].shape == (2, 2048)
