"""Perceptual losses over random networks of the right build: no weights are downloaded."""

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import perceptual
from ganzoo.errors import BadInput
from ganzoo.perceptual import Perceptual

SHAPE = (16, 16, 3)


def pictures(seed=0, rows=2, shape=SHAPE):
    return tf.constant(np.random.default_rng(seed).uniform(-1, 1, [rows, *shape]), tf.float32)


@pytest.fixture
def vgg(tmp_path):
    """The path of a file in the published layout, four channels wide, and its weights."""
    draw, weights, width = np.random.default_rng(0), {}, 3
    path = tmp_path / "vgg.h5"
    with h5py.File(path, "w") as file:
        for name in perceptual._names(perceptual.VGG19):
            kernel, bias = draw.normal(0, 0.2, [3, 3, width, 4]).astype(np.float32), draw.normal(0, 1, [4])
            file[f"{name}/{name}_W_1:0"], file[f"{name}/{name}_b_1:0"] = kernel, bias.astype(np.float32)
            weights[name], width = (kernel, bias.astype(np.float32)), 4
    return str(path), weights


def test_random_loss_is_that_of_its_convolutions():
    a, b = pictures(1), pictures(2)
    choice = Perceptual("random", ("block1_conv1", "block2_conv1"), (1.0, 3.0), weight=0.5, seed=4)
    weights = perceptual._random(3, seed=4)

    def maps(x):
        first = tf.nn.conv2d(x, weights["block1_conv1"][0], 1, "SAME")
        second = tf.nn.conv2d(tf.nn.relu(first), weights["block1_conv2"][0], 1, "SAME")
        pooled = tf.nn.max_pool2d(tf.nn.relu(second), 2, 2, "VALID")
        return first, tf.nn.conv2d(pooled, weights["block2_conv1"][0], 1, "SAME")

    parts = [float(tf.reduce_mean(tf.abs(x - y))) for x, y in zip(maps(a), maps(b), strict=True)]
    assert float(choice.build(SHAPE)(a, b)) == pytest.approx(0.5 * (parts[0] + 3 * parts[1]), rel=1e-5)


def test_random_weights_are_hes_and_belong_to_the_seed():
    one, same, other = (perceptual._random(3, seed) for seed in (0, 0, 1))
    for name, (kernel, bias) in one.items():
        assert kernel.std() == pytest.approx(np.sqrt(2 / np.prod(kernel.shape[:3])), rel=0.15) and not bias.any()
        np.testing.assert_array_equal(kernel, same[name][0])
        assert (kernel != other[name][0]).any()


def test_l2_and_none():
    a, b = pictures(1), pictures(2)
    assert float(Perceptual("none").build(SHAPE)(a, b)) == 0
    absolute, squared = (
        Perceptual("random", ("block1_conv1",), distance=distance).build(SHAPE) for distance in ("l1", "l2")
    )
    # The first layer is linear: twice the difference is twice or four times the loss.
    assert float(absolute(2 * a, 2 * b)) == pytest.approx(2 * float(absolute(a, b)), rel=1e-5)
    assert float(squared(2 * a, 2 * b)) == pytest.approx(4 * float(squared(a, b)), rel=1e-5)


def test_the_loss_is_an_island_of_float32_and_its_gradient_reaches_the_image_alone():
    a, b = pictures(1), pictures(2)
    keras.config.set_dtype_policy("mixed_bfloat16")
    loss = Perceptual("random").build(SHAPE)
    with tf.GradientTape() as tape:
        tape.watch([a, b])
        value = loss(a, b)
    to_image, to_target = tape.gradient(value, [a, b])
    assert value.dtype == tf.float32 and to_target is None
    assert np.count_nonzero(to_image) == tf.size(a)
    assert float(loss(a - 0.05 * to_image / tf.norm(to_image), b)) < float(value)
    assert loss(tf.cast(a, tf.bfloat16), b).dtype == tf.float32
    assert float(loss(a, a)) == 0 and not tape.watched_variables()


def test_vgg_sees_blue_first_without_the_mean(vgg):
    path, weights = vgg
    a, b = pictures(1), pictures(2)

    def first(x):
        x = (x.numpy() * 127.5 + 127.5)[..., ::-1] - [103.939, 116.779, 123.68]
        kernel, bias = weights["block1_conv1"]
        return tf.nn.conv2d(tf.constant(x, tf.float32), kernel, 1, "SAME") + bias

    expected = float(tf.reduce_mean(tf.abs(first(a) - first(b)))) / 12.75
    assert float(Perceptual(path, ("block1_conv1",)).build(SHAPE)(a, b)) == pytest.approx(expected, rel=1e-5)
    # The mean of ImageNet itself is 0 to the network: what is left are the biases.
    mean = tf.constant(np.broadcast_to(np.array(perceptual.MEAN) / 127.5 - 1, [1, *SHAPE]), tf.float32)
    maps, _ = Perceptual(path, ("block1_conv1",))._maps(SHAPE)
    expected = np.broadcast_to(weights["block1_conv1"][1] / 12.75, [1, 16, 16, 4])
    np.testing.assert_allclose(maps(mean)[0], expected, atol=1e-4)


def test_vgg_is_as_deep_as_keras_vgg19(vgg):
    path, _ = vgg
    theirs = [layer.name for layer in keras.applications.VGG19(weights=None, include_top=False).layers]
    assert perceptual._names(perceptual.VGG19) == [name for name in theirs if "conv" in name]
    maps, names = Perceptual(path, ("block3_conv4", "block5_conv4"))._maps((32, 48, 3))
    assert [each.shape[1:] for each in maps(pictures(0, 1, (32, 48, 3)))] == [(8, 12, 4), (2, 3, 4)]
    assert names == ("block3_conv4", "block5_conv4")


def test_a_saved_model_is_compared_at_its_layers(tmp_path):
    image = keras.Input([None, None, 1])
    middle = keras.layers.Conv2D(2, 1, use_bias=False, kernel_initializer="ones", name="middle")(image)
    model = keras.Model(image, keras.layers.Conv2D(2, 1, name="end")(middle))
    model.save(tmp_path / "own.keras")
    a, b = pictures(1, 2, (8, 8, 1)), pictures(2, 2, (8, 8, 1))
    loss = Perceptual(str(tmp_path / "own.keras"), ("middle",)).build((8, 8, 1))
    assert float(loss(a, b)) == pytest.approx(float(tf.reduce_mean(tf.abs(a - b))), rel=1e-5)
    with pytest.raises(BadInput, match=r"none of .*allowed: .*middle, end"):
        Perceptual(str(tmp_path / "own.keras")).build((8, 8, 1))


def test_missing_weights_are_named_and_nothing_takes_their_place(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    path = tmp_path / "models" / perceptual.FILE
    with pytest.raises(BadInput, match=f"needs {path}.*keras.applications.VGG19"):
        Perceptual("vgg19").build((64, 64, 3))
    path.parent.mkdir()
    path.write_bytes(b"something else")
    with pytest.raises(BadInput, match="not the published file"):
        Perceptual("vgg19").build((64, 64, 3))
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["block1_conv1/kernel"] = np.zeros([3, 3, 3, 4])
    for extractor, words in (("other.h5", "no kernel and bias of block1_conv1"), ("none.h5", "is not there")):
        with pytest.raises(BadInput, match=words):
            Perceptual(str(tmp_path / extractor)).build((64, 64, 3))


@pytest.mark.parametrize(
    "choose, words",
    [
        (lambda: Perceptual("alexnet").build(SHAPE), "'alexnet'; allowed: none, random, lite0, vgg19"),
        (lambda: Perceptual("random", ("conv9",)).build(SHAPE), "'conv9' is not in random"),
        (lambda: Perceptual("random", weights=(1.0,)), "1 of them for the layers block1_conv2"),
        (lambda: Perceptual("random", distance="cosine"), "'cosine'; allowed: l1, l2"),
        (lambda: Perceptual("random").build((2, 16, 3)), "block3_conv2 takes images of 4 pixels or more, not 2x16"),
        (lambda: Perceptual("lite0").build((4, 16, 3)), "8 takes images of 8 pixels or more"),
    ],
)
def test_bad_choices_are_refused(choose, words):
    with pytest.raises(BadInput, match=words):
        choose()


def test_compiles_under_xla():
    a, b = pictures(1), pictures(2)
    loss = Perceptual("random", ("block1_conv2",)).build(SHAPE)

    @tf.function(jit_compile=True)
    def slope(a):
        return tf.gradients(loss(a, b), a)[0]

    with tf.GradientTape() as tape:
        tape.watch(a)
        value = loss(a, b)
    np.testing.assert_allclose(slope(a), tape.gradient(value, a), atol=1e-5)
