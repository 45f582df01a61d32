"""What is particular to one variant."""

import keras
import numpy as np
import pytest
import tensorflow as tf
import zoo

from ganzoo import losses
from ganzoo.data.images import Spec
from ganzoo.models.image import dcgan, wgan

SPEC = Spec(16, 16, 1, 3)
BATCH = {"image": tf.random.uniform([4, 16, 16, 1], -1, 1, seed=1), "label": tf.constant([0, 1, 2, 0])}


def test_dcgan_starts_as_the_paper_says():
    game = dcgan.DCGAN(width=32).build(SPEC)
    for net in (game.generator, game.discriminator):
        for weight in net.trainable_variables:
            values = np.array(weight)
            mean = {"gamma": 1.0}.get(weight.name, 0.0)
            spread = {"bias": 0.0, "beta": 0.0}.get(weight.name, 0.02)
            assert abs(values.mean() - mean) < 0.02, weight.path
            np.testing.assert_allclose(values.std(), spread, rtol=0.3, err_msg=weight.path)


def test_layers_of_one_shape_do_not_start_equal():
    net = zoo.VARIANTS["wgan_gp"][0].build(SPEC).discriminator
    kernels = [np.array(weight) for weight in net.trainable_variables if weight.shape == (3, 3, 4, 4)]
    assert len(kernels) == 5
    assert len({kernel.tobytes() for kernel in kernels}) == 5


@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
def test_wgan_keeps_every_critic_weight_clipped(policy):
    keras.config.set_dtype_policy(policy)
    game = wgan.WGAN(width=4, z_dim=5, clip=0.02).build(SPEC)
    game.compile(keras.optimizers.SGD(10.0), keras.optimizers.SGD(0.0), losses.wasserstein, run_eagerly=True)
    for _ in range(3):
        limits = [np.max(np.abs(weight)) for weight in game.discriminator.trainable_variables]
        assert max(limits) <= np.float32(0.02)
        game.train_step(BATCH)
    assert np.max(np.abs(game.generator.trainable_variables[1])) > 0.5  # G's scales are not clipped


def test_acgan_class_terms_are_the_cross_entropies_of_both_kinds():
    model, adversarial, _ = zoo.VARIANTS["acgan"]
    game = model.build(SPEC)
    game.compile(keras.optimizers.SGD(), keras.optimizers.SGD(), adversarial, run_eagerly=True)
    head = game.discriminator.get_layer("class")
    head.kernel.assign(tf.zeros_like(head.kernel))
    head.bias.assign(np.log([0.5, 0.25, 0.25]))
    one = -np.mean(np.log([0.5, 0.25, 0.25, 0.5]))
    np.testing.assert_allclose(game.d_loss(BATCH)["class"], 2 * one, rtol=1e-5)
    np.testing.assert_allclose(game.g_loss(BATCH)["class"], one, rtol=1e-5)


def test_acgan_d_is_not_told_the_class():
    assert set(zoo.VARIANTS["acgan"][0].build(SPEC).discriminator.input) == {"image"}


def test_projection_adds_the_inner_product_of_features_and_class():
    net = zoo.VARIANTS["projection"][0].build(SPEC).discriminator
    inputs = {"image": BATCH["image"]}
    logits = [net(inputs | {"label": tf.fill([4], label)}) for label in range(3)]
    embedding, dense = (
        next(layer for layer in net.layers if type(layer).__name__ == kind)
        for kind in ("SpectralEmbedding", "SpectralDense")
    )
    features = keras.Model(net.input, dense.input)(inputs | {"label": BATCH["label"]})
    table = embedding.power.normalized(False)
    for label in range(3):
        expected = dense(features)[:, 0] + tf.linalg.matvec(features, table[label])
        np.testing.assert_allclose(logits[label], expected, rtol=1e-4, atol=1e-5)


def test_vanilla_dropout_acts_in_training_only():
    net = zoo.VARIANTS["vanilla"][0].build(SPEC).discriminator
    inputs = {"image": BATCH["image"]}
    np.testing.assert_array_equal(net(inputs), net(inputs))
    assert np.any(net(inputs, training=True) != net(inputs, training=True))
