"""A batch in micro-batches makes the update that it makes at once."""

import keras
import numpy as np
import pytest
import tensorflow as tf
import toy

from ganzoo import accumulation, augment, averaging, gan, losses, recipe, regularizers, schedules
from ganzoo.errors import BadInput
from ganzoo.layers import deviation, normalization, spectral
from ganzoo.models.image import stylegan2
from ganzoo.models.unrolled import UnrolledGAN

LAZY = (regularizers.R1(1.0, interval=2), regularizers.R2(0.5))


def critic():
    """With every state and look at others that an update in micro-batches keeps: spectral norms, deviation."""
    image = keras.Input((4, 4, 1), name="image")
    x = keras.layers.Flatten()(deviation.MinibatchDeviation(2)(image))
    x = keras.layers.LeakyReLU()(spectral.SpectralDense(8)(x))
    return keras.Model({"image": image}, keras.layers.Reshape((), dtype="float32")(spectral.SpectralDense(1)(x)))


def played(accumulate, steps=4, kind=gan.NoiseGAN, norm=False, **choices):
    """A game after some steps by gradient descent, and its logs. Adam would make steps of rounding errors."""
    keras.utils.set_random_seed(1)
    model = kind(lambda: toy.generator(norm=norm), critic, z_dim=3, image=(4, 4, 1))
    options = {"adversarial": losses.hinge, "d_steps": 2, "ema": averaging.EMA(halflife=100), "jit_compile": False}
    optimizers = [schedules.SGD(0.05).build(8) for _ in range(2)]
    model.compile(*optimizers, accumulate=accumulate, **options | choices)
    return model, toy.fit(model, 8 * model.d_steps, 0, steps)


def same(one, other, logs, others, besides=()):
    for left, right in zip(toy.weights(one), toy.weights(other), strict=True):
        np.testing.assert_allclose(right, left, rtol=2e-4, atol=2e-5)
    for name in logs:
        if name not in besides:
            assert others[name] == pytest.approx(logs[name], rel=1e-3, abs=1e-4), name


def test_two_micro_batches_make_the_update_of_one_batch():
    penalties = (*LAZY, regularizers.GradientPenalty(1.0), regularizers.Consistency(1.0, 0.5, pixels=1))
    choices = {"regularizers": penalties, "adversarial": losses.relativistic, "augment": augment.ADA(p=0.5)}
    (whole, logs), (parts, others) = (played(count, steps=2, **choices, run_eagerly=True) for count in (1, 2))
    same(whole, parts, logs, others)
    assert int(parts.images.value) == int(whole.images.value) == 32


@pytest.mark.slow
def test_so_do_four_compiled_by_xla():
    choices = {"regularizers": LAZY[:1], "d_steps": 1, "steps": 2}
    whole, logs = played(1, **choices, run_eagerly=True)
    parts, others = played(4, **choices, jit_compile=True)
    same(whole, parts, logs, others)


def test_so_do_micro_batches_of_two_replicas(two_cpus):
    # The deviation, which is over groups of one device's rows, aside.
    choices = {"augment": augment.DiffAugment(("translation",)), "ema": None, "d_steps": 1, "steps": 2}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deviation.MinibatchDeviation, "call", lambda self, x: tf.concat([x, tf.zeros_like(x)], axis=3))
        whole, logs = played(1, **choices, run_eagerly=True)
        with two_cpus.scope():
            parts, others = played(2, **choices)
    same(whole, parts, logs, others, besides=("d_gradient", "g_gradient"))  # a replica's own norm, see GAN.minimize


def test_an_adaptive_strength_counts_updates_and_images_and_not_micro_batches():
    choice = augment.Adaptive(target=-2.0, images=100, interval=2)  # always below: p only rises
    (whole, logs), (parts, others) = (
        played(count, augment=augment.ADA(p=choice), steps=3, run_eagerly=True) for count in (1, 4)
    )
    strengths = [model.augment.strength for model in (whole, parts)]
    assert float(strengths[0].p) == pytest.approx(3 * 2 * 8 / 100)  # six updates of D, three moves
    assert float(strengths[1].p) == pytest.approx(float(strengths[0].p))
    assert [float(each.count) for each in strengths] == [0, 0]
    same(whole, parts, logs, others)


def test_the_means_of_lecam_move_once_by_those_of_the_micro_batches():
    choices = {"regularizers": (regularizers.LeCam(),), "d_steps": 1, "steps": 1, "run_eagerly": True}
    (whole, _), (parts, _) = (played(count, **choices) for count in (1, 2))
    np.testing.assert_allclose(parts.regularizers[0].sums, whole.regularizers[0].sums, rtol=1e-4)
    assert float(parts.regularizers[0].total) == pytest.approx(0.01)


def test_batch_norm_moves_once_a_turn_by_the_mean_of_the_micro_batches():
    (whole, _), (parts, _) = (played(count, norm=True, d_steps=1, steps=1, run_eagerly=True) for count in (1, 2))
    (one,), (two,) = (
        [layer for layer in model.generator.layers if isinstance(layer, normalization.BatchNorm)]
        for model in (whole, parts)
    )
    # What comes in is a function of z alone, and G has not moved yet in either turn.
    np.testing.assert_allclose(two.moving_mean, one.moving_mean, rtol=1e-4, atol=1e-6)
    assert np.all(two.moving_variance.numpy() > 0.9**2)  # two moves from 1 towards a variance above 0


def test_the_mean_style_moves_once_a_step():
    nets = stylegan2.StyleGAN2(cbase=32, cmax=4, z_dim=5, w_dim=6, depth=2, group=2, mixing=0.0, path_length=0.0)
    ends = []
    for count in (1, 2):
        keras.utils.set_random_seed(1)
        from ganzoo.data.images import Spec

        game = nets.build(Spec(8, 8, 1, 0))
        optimizers = [schedules.SGD(0.01).build(8) for _ in range(2)]
        game.compile(*optimizers, losses.non_saturating, (regularizers.R1(),), accumulate=count, run_eagerly=True)
        pixels = np.random.default_rng(0).uniform(-1, 1, (8, 8, 8, 1)).astype("float32")
        game.train_step({"image": tf.constant(pixels)})
        ends.append({weight.path: weight.numpy() for weight in game.weights})
    for (path, one), two in zip(ends[0].items(), ends[1].values(), strict=True):
        np.testing.assert_allclose(two, one, rtol=1e-3, atol=1e-5, err_msg=path)


def test_a_part_has_every_so_manieth_row():
    batch = {"image": tf.range(6), "label": tf.range(12)[::2]}
    parts = accumulation.split(batch, 3)
    assert [part["image"].numpy().tolist() for part in parts] == [[0, 3], [1, 4], [2, 5]]
    assert parts[1]["label"].numpy().tolist() == [2, 8]


def test_gradients_are_added_where_there_are_any():
    sparse = tf.IndexedSlices(tf.constant([[1.0]]), tf.constant([1]), tf.constant([2, 1]))
    first = accumulation.added([], [sparse, None, tf.constant(1.0)])
    total = accumulation.added(first, [sparse, None, tf.constant(2.0)])
    assert total[0].numpy().tolist() == [[0.0], [2.0]] and total[1] is None and float(total[2]) == 3.0


def test_what_cannot_be_divided_is_refused():
    made = recipe.Recipe(None, None, recipe.Game(None, None, None), recipe.Train(images=96, batch=12, tick=96))
    recipe.check_lengths(made)
    for accumulate, replicas, words in ((5, 1, "train.batch: 12 .* = 5"), (4, 2, "= 8"), (0, 1, "train.accumulate: 0")):
        train = recipe.Train(images=96, batch=12, tick=96, accumulate=accumulate, replicas=replicas)
        with pytest.raises(BadInput, match=words):
            recipe.check_lengths(recipe.Recipe(None, None, made.game, train))
    with pytest.raises(BadInput, match=r"train\.accumulate: 2, but unrolled"):
        played(2, kind=lambda *args, **kwargs: UnrolledGAN(*args, k=1, **kwargs))
