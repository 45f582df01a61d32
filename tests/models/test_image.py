"""What holds for every variant: shapes, precision, gradients to every weight, twice differentiable, with XLA."""

import keras
import numpy as np
import pytest
import tensorflow as tf
import zoo

from ganzoo.data.images import Spec
from ganzoo.errors import BadInput

SMALL = Spec(16, 16, 1, 3)
ROWS = 3


def build(name, spec=SMALL):
    model, adversarial, penalties = zoo.VARIANTS[name]
    game = zoo.wake(model.build(spec))
    game.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), adversarial, penalties, run_eagerly=True)
    return game


def slow_among(names, *slow):
    """Those names as parameters, some of them in the slow tests: other variants stand for them."""
    return [pytest.param(name, marks=[pytest.mark.slow] if name in slow else []) for name in names]


def batch_of(spec=SMALL):
    image = tf.random.uniform([ROWS, spec.height, spec.width, spec.channels], -1, 1, seed=1)
    return {"image": image, "label": tf.range(ROWS) % 3}


def g_inputs(game, batch):
    truncation = {"truncation": tf.ones([ROWS])} if game.truncates else {}
    return {"z": tf.random.normal([ROWS, game.z_dim], seed=2)} | truncation | game.condition(batch)


def d_inputs(game, batch):
    """The inputs among image and label that this D takes."""
    return {name: batch[name] for name in game.discriminator.input}


def logit_of(verdict):
    return verdict["logit"] if isinstance(verdict, dict) else verdict


@pytest.mark.parametrize("size", [(16, 16, 4), (28, 28, 1)])
@pytest.mark.parametrize("name", zoo.VARIANTS)
def test_shapes_and_ranges(name, size):
    spec = Spec(*size, 3)
    game, batch = zoo.VARIANTS[name][0].build(spec), batch_of(spec)
    image = game.generator(g_inputs(game, batch))
    verdict = game.discriminator(d_inputs(game, batch))
    assert image.shape == (ROWS, *size) == (ROWS, *game.image)
    assert name in zoo.UNBOUNDED or np.all(np.abs(image) <= 1)
    assert logit_of(verdict).shape == (ROWS,)
    assert game.classes == (3 if name in zoo.CONDITIONAL else 0)
    if name == "acgan":
        assert verdict["class"].shape == (ROWS, 3)


SHAPED = (
    "wgan_gp",
    "sngan",
    "projection",
    "sagan",
    "biggan",
    "biggan_deep",
    "acgan",
    "vanilla",
    "stylegan2",
    "progan",
    "stylegan3",
    "r3gan",
    "fastgan",
    "reacgan",
)


@pytest.mark.parametrize("name", SHAPED)
def test_non_square_images(name):
    spec = Spec(16, 24, 3, 3)
    game, batch = zoo.VARIANTS[name][0].build(spec), batch_of(spec)
    assert game.generator(g_inputs(game, batch)).shape == (ROWS, 16, 24, 3)
    assert logit_of(game.discriminator(d_inputs(game, batch))).shape == (ROWS,)


@pytest.mark.parametrize("name", ["dcgan", "lsgan", "wgan", "concatenation"])
@pytest.mark.parametrize("size", [(30, 30), (8, 8), (48, 48), (32, 64)])
def test_dcgan_networks_refuse_other_sizes_by_name(name, size):
    with pytest.raises(BadInput, match=f"data.size: {size[0]}x{size[1]} .* allowed: "):
        zoo.VARIANTS[name][0].build(Spec(*size, 1, 3))


@pytest.mark.parametrize("name", zoo.CONDITIONAL)
def test_conditional_variants_refuse_data_without_labels(name):
    with pytest.raises(BadInput, match=r"data.classes: 0, .* allowed: "):
        zoo.VARIANTS[name][0].build(Spec(16, 16, 1, 0))


@pytest.mark.parametrize("name", zoo.CONDITIONAL)
def test_the_class_changes_the_picture(name):
    game = zoo.VARIANTS[name][0].build(SMALL)
    for table in (weight for weight in game.generator.trainable_variables if tuple(weight.shape)[:1] == (3,)):
        table.assign(tf.random.normal(table.shape))  # conditional batch norm starts equal for all classes
    z = tf.repeat(tf.random.normal([1, game.z_dim]), 2, axis=0)
    inputs = {"z": z, "label": tf.constant([0, 1])} | ({"truncation": tf.ones([2])} if game.truncates else {})
    first, second = game.generator(inputs)
    assert np.max(np.abs(first - second)) > 1e-4


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("name", slow_among(zoo.VARIANTS, "stylegan2_conditional", "stylegan", "biggan_deep"))
def test_images_and_logits_are_float32_in_half_precision(name, policy):
    keras.config.set_dtype_policy(policy)
    game, batch = zoo.VARIANTS[name][0].build(SMALL), batch_of()
    verdict = game.discriminator(d_inputs(game, batch), training=True)
    assert {value.dtype for value in tf.nest.flatten(verdict)} == {tf.float32}
    assert game.generator(g_inputs(game, batch), training=True).dtype == tf.float32
    half = {layer.compute_dtype for layer in game.discriminator.layers if isinstance(layer, keras.layers.Layer)}
    assert policy.removeprefix("mixed_") in half
    assert {weight.dtype for weight in game.trainable_variables} == {"float32"}


@pytest.mark.parametrize("name", [name for name in zoo.VARIANTS if name not in zoo.GROWING])
def test_every_weight_gets_a_gradient_from_its_own_loss(name):
    game, batch = build(name), batch_of()
    for loss, net in ((game.d_loss, game.discriminator), (game.g_loss, game.generator)):
        with tf.GradientTape() as tape:
            total = tf.add_n(list(loss(batch).values()))
        weights = net.trainable_variables
        slopes = tape.gradient(total, weights)
        assert [weight.path for weight, slope in zip(weights, slopes, strict=True) if slope is None] == []
        # A loss of logit differences does not see D's last bias, the one weight of shape [1] there.
        seen = [(weight, slope) for weight, slope in zip(weights, slopes, strict=True) if weight.shape != (1,)]
        assert [weight.path for weight, slope in seen if not np.any(slope)] == []


@pytest.mark.parametrize("name", zoo.VARIANTS)
def test_terms_are_the_declared_ones_and_finite(name):
    game, batch = build(name), batch_of()
    d, g = game.d_loss(batch), game.g_loss(batch)
    assert tuple(d) == (*game.d_terms, *(each.name for each in game.regularizers))
    assert tuple(g) == game.g_terms
    for value in (*d.values(), *g.values()):
        assert value.dtype == tf.float32
        assert value.shape == ()
        assert np.isfinite(value)


def squared_slope(net, inputs, about):
    """Gradient with respect to the weights of |d sum(output) / d input|^2."""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(inputs[about])
            total = tf.add_n([tf.reduce_sum(tf.square(part)) for part in tf.nest.flatten(net(inputs, training=True))])
        penalty = tf.reduce_sum(tf.square(inner.gradient(total, inputs[about])))
    return outer.gradient(penalty, [weight.value for weight in net.trainable_variables], unconnected_gradients="zero")


# One for each network of its own, as coarse as it goes: the other variants play on these.
@pytest.mark.parametrize(
    ("name", "player", "size"),
    [
        ("vanilla", "generator", 8),
        ("vanilla", "discriminator", 8),
        ("dcgan", "generator", 16),
        ("dcgan", "discriminator", 16),
        ("wgan_gp", "discriminator", 8),
        ("projection", "generator", 8),
        ("projection", "discriminator", 8),
        pytest.param("sagan", "discriminator", 8, marks=pytest.mark.slow),
        pytest.param("biggan", "generator", 8, marks=pytest.mark.slow),
        ("acgan", "generator", 8),
        ("acgan", "discriminator", 8),
        ("stylegan2", "generator", 8),
        ("stylegan2", "discriminator", 8),
        ("progan", "discriminator", 8),
        pytest.param("stylegan3", "generator", 8, marks=pytest.mark.slow),  # its layer: layers/test_filtered.py
        ("r3gan", "generator", 16),
        ("r3gan", "discriminator", 16),
        # Its recipes have no penalty.
        pytest.param("fastgan", "generator", 16, marks=pytest.mark.slow),
        pytest.param("fastgan", "discriminator", 16, marks=pytest.mark.slow),
    ],
)
def test_double_gradients_agree_with_and_without_xla(name, player, size):
    spec = Spec(size, size, 1, 3)
    game, batch = zoo.wake(zoo.VARIANTS[name][0].build(spec)), batch_of(spec)
    net = getattr(game, player)
    inputs = g_inputs(game, batch) if player == "generator" else d_inputs(game, batch)
    about = "z" if player == "generator" else "image"
    start = net.get_weights()
    plain, compiled = (tf.function(lambda: squared_slope(net, inputs, about), jit_compile=jit) for jit in (False, True))
    expected = plain()
    net.set_weights(start)
    # Biases before batch norm have no gradient but rounding's, so each is compared on the scale of the largest.
    scale = max(np.max(np.abs(slope)) for slope in expected)
    assert scale > 0
    for weight, slope, other in zip(net.trainable_variables, expected, compiled(), strict=True):
        np.testing.assert_allclose(other / scale, slope / scale, atol=1e-3, err_msg=weight.path)
