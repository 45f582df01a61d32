"""PacGAN's experiment with all trials in one program: trials share nothing, and both players move at once."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import console, losses, regularizers, schedules, train
from ganzoo.data.points import PointSpec
from ganzoo.models.points import trials

NETS = trials.Trials(m=2, trials=3, g_width=6, d_width=4, pieces=2)
SPEC = PointSpec(2)


def game(**kwargs):
    keras.utils.set_random_seed(0)
    made = NETS.build(SPEC)
    choices = {"adversarial": losses.non_saturating, "jit_compile": False} | kwargs
    made.compile(schedules.SGD(0.5).build(1), schedules.SGD(0.5).build(1), **choices)
    return made


def play(made, real):
    made.fit(tf.data.Dataset.from_tensors({"image": real}).repeat(), steps_per_epoch=1, verbose=0)


def weights(made, trial=slice(None)):
    """Kernels and biases of a trial; those of batch norm have the trials side by side."""
    found = []
    for net in (made.discriminator, made.generator):
        for weight in net.trainable_variables:
            value = weight.numpy()
            found.append((value if value.ndim > 1 else value.reshape(NETS.trials, -1))[trial])
    return found


def test_the_papers_sizes():
    made = trials.Trials(m=1, trials=2).build(SPEC)
    assert made.generator.count_params() - 2 * 4 * 2 * 400 == 2 * (800 + 480_000 + 3200 + 802)
    assert made.discriminator.count_params() == 2 * (3000 + 402_000 + 201)


def test_a_trial_does_not_see_another():
    real = tf.random.stateless_normal([24, 2], [0, 1])
    packs = tf.reshape(real, [4, 3, 4])
    other = tf.reshape(tf.concat([packs[:, :2], packs[:, 2:] + 5.0], axis=1), [24, 2])
    one, two = game(), game()
    play(one, real)
    play(two, other)
    for trial in (0, 1):
        for a, b in zip(weights(one, trial), weights(two, trial), strict=True):
            np.testing.assert_array_equal(a, b)
    assert any((a != b).any() for a, b in zip(weights(one, 2), weights(two, 2), strict=True))


def test_both_move_at_once():
    """G's update is by the gradient at D's old weights: the same as if D had not moved."""
    real = tf.random.stateless_normal([24, 2], [0, 1])
    made = game()
    before = [weight.numpy() for weight in made.generator.trainable_variables]
    with tf.GradientTape() as tape:
        fake = made.generator({"z": made.latents(8, "d")}, training=True)
        packs = tf.transpose(tf.reshape(fake, [4, 2, 3, 2]), [0, 2, 1, 3])
        logits = made.discriminator({"image": tf.reshape(packs, [4, 3, 4])}, training=True)
        loss = 3 * losses.non_saturating.g(logits)
    gradients = tape.gradient(loss, made.generator.trainable_variables)
    made = game()
    play(made, real)
    for weight, start, gradient in zip(made.generator.trainable_variables, before, gradients, strict=True):
        np.testing.assert_allclose(weight.numpy(), start - 0.5 * gradient, atol=1e-6)
    assert int(made.images.value) == 24


def test_every_weight_learns():
    made = game()
    for net in (made.discriminator, made.generator):  # from N(0, 0.02^2) the first updates are below float32's steps
        net.set_weights([weight * 20 if weight.ndim == 3 else weight for weight in net.get_weights()])
    before = weights(made)
    for _ in range(2):
        play(made, tf.random.stateless_normal([24, 2], [0, 1]))
    assert all((a != b).any() for a, b in zip(before, weights(made), strict=True))
    assert made.points(5).shape == (3, 5, 2)


def test_what_the_experiment_does_not_know_is_refused():
    with pytest.raises(ValueError, match="regularizers"):
        game(regularizers=(regularizers.R1(),))
    with pytest.raises(ValueError, match="a relativistic loss"):
        game(adversarial=losses.relativistic)
    assert game().multiples(8) == {"model.m x model.trials": 6}


def test_ten_trials_train_from_the_recipe_to_the_export(tmp_path):
    with console.Show(open("/dev/null", "w")) as show:
        train.train("pacgan_table1_ring8", (), str(tmp_path / "run"), smoke=True, show=show)
    line = json.loads((tmp_path / "run" / "log.jsonl").read_text().splitlines()[-1])
    assert line["images"] == 160 and line["state"] == "healthy"
    assert (tmp_path / "run/export/1/saved_model.pb").exists()
