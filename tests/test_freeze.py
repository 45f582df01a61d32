"""Freeze-D: D's first layers stand still, and everything else goes on."""

import keras
import numpy as np
import pytest
import tensorflow as tf
import toy

from ganzoo import gan, losses, regularizers, schedules
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.layers import normalization, spectral
from ganzoo.models.image import stylegan2


def equal(left, right):
    return all(np.array_equal(one, two) for one, two in zip(left, right, strict=True))


def critic():
    """Two hidden layers, the first with both kinds of state."""
    image = keras.Input((4, 4, 1), name="image")
    x = normalization.BatchNorm()(spectral.SpectralConv2D(3, 3)(image))
    x = keras.layers.Dense(8, activation="tanh")(keras.layers.Flatten()(x))
    return keras.Model({"image": image}, keras.layers.Reshape(())(keras.layers.Dense(1)(x)))


def freezing(count, **options):
    model = gan.NoiseGAN(lambda: toy.generator(norm=False), critic, z_dim=3, image=(4, 4, 1))
    choices = {"regularizers": (regularizers.R1(1.0),), "freeze_d": count, "run_eagerly": True} | options
    model.compile(schedules.Adam().build(8), schedules.Adam().build(8), losses.non_saturating, **choices)
    return model


@pytest.mark.parametrize("accumulate", [1, 2])
def test_frozen_layers_stand_still_and_the_others_and_g_move(accumulate):
    model = freezing(2, accumulate=accumulate)
    conv, norm, hidden, last = (layer for layer in model.discriminator.layers if layer.weights)
    still = [conv.kernel, conv.bias, norm.gamma, norm.beta]
    moving = [*hidden.weights, *last.weights, *model.generator.trainable_variables]
    before = [[each.numpy() for each in group] for group in (still, moving)]
    state = conv.power.u.numpy(), norm.moving_mean.numpy()
    toy.fit(model, 8, 0, 1)
    assert equal([each.numpy() for each in still], before[0])
    assert not any(np.array_equal(each.numpy(), old) for each, old in zip(moving, before[1], strict=True))
    # What the batches say of themselves, and of the weight, is still followed.
    assert not np.array_equal(conv.power.u, state[0]) and not np.array_equal(norm.moving_mean, state[1])
    assert {id(each) for each in model.discriminator.trainable_variables} == {id(e) for e in moving[:4]}
    assert len(model.d_optimizer.variables) == 2 + 2 * 4


def test_a_penalty_on_the_slope_sees_through_frozen_layers():
    batch, slopes = next(iter(toy.pictures(8))), []
    for count in (0, 1):
        keras.utils.set_random_seed(0)
        model = freezing(count)
        with tf.GradientTape() as tape:
            term = model.d_loss(batch)["r1"]
        weight = model.discriminator.layers[-2].kernel
        slopes.append((float(term), tape.gradient(term, weight.value).numpy()))
    assert slopes[0][0] == slopes[1][0] > 0
    np.testing.assert_array_equal(slopes[0][1], slopes[1][1])
    assert np.any(slopes[0][1])


def test_the_first_layers_of_stylegan2_are_those_of_the_finest_resolution():
    game = stylegan2.StyleGAN2(cbase=64, cmax=64, z_dim=5, w_dim=6, depth=1).build(Spec(16, 16, 3, 0))
    game.compile(schedules.Adam().build(8), schedules.Adam().build(8), losses.hinge, freeze_d=4)
    still = [layer.kernel.shape for layer in game.discriminator.layers if layer.weights and not layer.trainable]
    assert still == [(1, 1, 3, 4), (3, 3, 4, 4), (3, 3, 4, 8), (1, 1, 4, 8)]


@pytest.mark.parametrize("count", [-1, 4])
def test_more_than_all_but_one_layer_cannot_be_frozen(count):
    with pytest.raises(BadInput, match=rf"game\.freeze_d: {count} is not between 0 and 3"):
        freezing(count)


def test_a_frozen_weight_is_no_state_to_replicas(two_cpus):
    with two_cpus.scope():
        model = gan.NoiseGAN(lambda: toy.generator(norm=False), toy.discriminator, z_dim=3, image=(4, 4, 1))
        lazy = (regularizers.R1(1.0, interval=2),)
        model.compile(schedules.Adam().build(8), schedules.Adam().build(8), losses.hinge, lazy, freeze_d=1)
