"""Regularisers: critics whose gradients are known by hand."""

import numpy as np
import pytest
import tensorflow as tf
import toy

from ganzoo import augment, checkpoint, gan, regularizers, schedules
from ganzoo.errors import BadInput

SHAPE = (4, 2, 3, 2)
REAL = tf.reshape(tf.linspace(-1.0, 1.0, 48), SHAPE)
FAKE = tf.reverse(REAL, [0]) * 0.5
SLOPE = tf.reshape(tf.range(12.0) / 10, SHAPE[1:])
SQUARED = 506 / 100  # 0^2 + ... + 11^2 = 506


def linear(images):
    return tf.reduce_sum(images * SLOPE, axis=[1, 2, 3])


def quadratic(images):
    """D(x) = |x|^2 / 2, whose gradient is x."""
    return tf.reduce_sum(tf.square(images), axis=[1, 2, 3]) / 2


def constant(images):
    return tf.reduce_sum(images, axis=[1, 2, 3]) * 0.0 + 3.0


def progress(step=0, images=0):
    return gan.Progress(step, images, seed=1)


BY_HAND = [
    (regularizers.GradientPenalty(), 10 * (SQUARED**0.5 - 1) ** 2),
    (regularizers.GradientPenalty(weight=3.0, target=2.0), 3 * (SQUARED**0.5 - 2) ** 2),
    (regularizers.R1(), 5 * SQUARED),
    (regularizers.R1(gamma=0.2), 0.1 * SQUARED),
    (regularizers.R2(gamma=2.0), SQUARED),
    (regularizers.Dragan(), 10 * (SQUARED**0.5 - 1) ** 2),
    (regularizers.WGANDiv(), 2 * SQUARED**3),
    (regularizers.WGANDiv(weight=0.5, power=3.0), 0.5 * SQUARED**1.5),
]


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize(("regularizer", "value"), BY_HAND, ids=lambda item: getattr(item, "name", ""))
def test_linear_critic_by_hand(regularizer, value, jit):
    call = tf.function(lambda: regularizer(linear, REAL, FAKE, progress()), jit_compile=jit)
    np.testing.assert_allclose(call(), value, rtol=1e-5)


def test_r1_is_taken_at_reals_and_r2_at_fakes():
    real, fake = (np.mean(np.sum(np.square(images), axis=(1, 2, 3))) for images in (REAL, FAKE))
    np.testing.assert_allclose(regularizers.R1(gamma=2.0)(quadratic, REAL, FAKE, progress()), real, rtol=1e-6)
    np.testing.assert_allclose(regularizers.R2(gamma=2.0)(quadratic, REAL, FAKE, progress()), fake, rtol=1e-6)


def test_gamma_may_follow_the_images_seen():
    gamma = schedules.Linear(2.0, 0.0, finish=100)
    for images, weight in ((0, 1.0), (50, 0.5), (100, 0.0)):
        value = regularizers.R1(gamma=gamma)(linear, REAL, FAKE, progress(images=images))
        np.testing.assert_allclose(value, weight * SQUARED, rtol=1e-6)


def test_r1_gradient_with_respect_to_a_weight_by_hand():
    weight = tf.Variable(3.0)  # D(x) = w * sum(x): |grad|^2 = 12 w^2
    with tf.GradientTape() as tape:
        penalty = regularizers.R1(gamma=1.0)(
            lambda images: weight * tf.reduce_sum(images, [1, 2, 3]), REAL, FAKE, progress()
        )
    np.testing.assert_allclose(tape.gradient(penalty, weight), 12 * 3.0, rtol=1e-6)


@pytest.mark.parametrize("kind", [regularizers.GradientPenalty, regularizers.WGANDiv])
def test_pairs_are_mixed_each_by_its_own_share(kind):
    seen = []

    def critic(images):
        seen.append(images)
        return linear(images)

    kind()(critic, tf.zeros(SHAPE), tf.ones(SHAPE), progress())
    shares = np.reshape(seen[0], [4, -1])
    assert np.all(shares == shares[:, :1])
    assert len(np.unique(shares[:, 0])) == 4
    assert np.all((shares >= 0) & (shares < 1))


def test_gradient_penalty_mixes_anew_as_images_pass():
    seen = []
    for images in (0, 4):
        regularizers.GradientPenalty()(
            lambda mixed: seen.append(mixed) or linear(mixed), tf.zeros(SHAPE), tf.ones(SHAPE), progress(images=images)
        )
    assert np.all(seen[0] != seen[1])


def test_dragan_moves_the_reals_by_at_most_half_their_deviation():
    seen = []
    regularizers.Dragan()(lambda images: seen.append(images) or linear(images), REAL, FAKE, progress())
    moved = (seen[0] - REAL) / np.std(REAL)
    assert np.all(moved >= 0)
    assert 0.1 < np.max(moved) < 0.5


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("kind", [regularizers.GradientPenalty, regularizers.Dragan])
def test_gradient_is_finite_for_a_constant_critic(kind, jit):
    weight = tf.Variable(0.0)

    @tf.function(jit_compile=jit)
    def gradient():
        with tf.GradientTape() as tape:
            penalty = kind()(lambda images: constant(images) + weight * linear(images), REAL, FAKE, progress())
        return penalty, tape.gradient(penalty, weight)

    penalty, slope = gradient()
    assert penalty == 10.0  # (0 - 1)^2
    assert np.isfinite(slope)


def test_r1_is_zero_for_a_constant_critic():
    assert regularizers.R1()(constant, REAL, FAKE, progress()) == 0.0


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize(
    "kind",
    [
        regularizers.R1,
        regularizers.R2,
        regularizers.GradientPenalty,
        regularizers.Dragan,
        regularizers.WGANDiv,
    ],
)
def test_lazy_penalty_is_its_interval_times_as_large_every_interval_th_step(kind, jit):
    lazy = kind(interval=4)
    call = tf.function(lambda step: lazy(linear, REAL, FAKE, progress(step)), jit_compile=jit)
    full = kind()(linear, REAL, FAKE, progress())
    values = [float(call(tf.constant(step))) for step in range(9)]
    np.testing.assert_allclose(values, [4 * full if step % 4 == 0 else 0.0 for step in range(9)], rtol=1e-5)


def test_wgan_div_has_no_gradient_for_a_constant_critic():
    weight = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        penalty = regularizers.WGANDiv()(lambda images: weight * linear(images), REAL, FAKE, progress())
    assert penalty == 0.0
    assert tape.gradient(penalty, weight) == 0.0


def test_drift_is_the_mean_square_of_the_logits_of_reals():
    logits = (tf.constant([1.0, -2.0, 3.0, 0.0]), tf.constant([9.0] * 4))
    value = regularizers.Drift()(linear, REAL, FAKE, progress(), logits)
    np.testing.assert_allclose(value, 1e-3 * 14 / 4, rtol=1e-6)


def test_works_on_points_as_on_images():
    points = tf.constant([[1.0, 2.0], [0.0, -1.0]])
    for regularizer in (regularizers.GradientPenalty(), regularizers.Dragan(), regularizers.R1(gamma=2.0)):
        penalty = regularizer(lambda x: 3 * x[:, 0] + 4 * x[:, 1], points, points, progress())
        np.testing.assert_allclose(penalty, 25.0 if regularizer.name == "r1" else 160.0, rtol=1e-5)


def lecam(layer, reals, fakes, images=0):
    logits = (tf.constant(reals), tf.constant(fakes))
    return float(layer(linear, REAL, FAKE, progress(images=images), logits))


def test_lecam_over_three_updates_by_hand():
    layer = regularizers.LeCam(weight=0.5, decay=0.9).layer()
    # The first means are the batch's: a_R = 2, a_F = -1; 1 - -1 = 2, 3 - -1 = 4 and 2 - -2 = 4, 2 - 0 = 2.
    assert lecam(layer, [1.0, 3.0], [-2.0, 0.0]) == pytest.approx(0.5 * ((4 + 16) / 2 + (16 + 4) / 2))
    # 0.9 of the first batch's weight and 1 of the second's: a_R = (0.9 * 2 + 0) / 1.9, a_F = (0.9 * -1 + 1) / 1.9.
    real, fake = 1.8 / 1.9, 0.1 / 1.9
    by_hand = ((0.5 - fake) ** 2 + 0) / 2 + ((real - 0.0) ** 2 + 0) / 2
    assert lecam(layer, [0.5, -0.5], [0.0, 2.0]) == pytest.approx(0.5 * by_hand, rel=1e-5)
    # The weights are now 0.81, 0.9 and 1 of 2.71.
    real, fake = (0.81 * 2 + 0.9 * 0 + 1 * 4) / 2.71, (0.81 * -1 + 0.9 * 1 + 1 * 3) / 2.71
    by_hand = (4 - fake) ** 2 + 0  # a_R is below the fakes' 3
    assert real < 3
    assert lecam(layer, [4.0, 4.0], [3.0, 3.0]) == pytest.approx(0.5 * by_hand, rel=1e-5)


def test_lecam_adds_nothing_before_its_start_and_then_begins_with_the_last_means():
    layer = regularizers.LeCam(weight=1.0, decay=0.9, start=100).layer()
    assert lecam(layer, [50.0], [-50.0], images=0) == 0.0
    assert lecam(layer, [2.0], [0.0], images=99) == 0.0
    real, fake = 0.9 * 2 + 0.1 * 3, 0.1 * 1
    assert lecam(layer, [3.0], [1.0], images=100) == pytest.approx((3 - fake) ** 2 + (real - 1) ** 2, rel=1e-5)


def test_lecam_pulls_reals_down_and_fakes_up_and_holds_the_means_constant():
    layer, reals, fakes = regularizers.LeCam(weight=1.0).layer(), tf.Variable([1.0, 3.0]), tf.Variable([-2.0, 0.0])
    with tf.GradientTape() as tape:
        term = layer(linear, REAL, FAKE, progress(), (tf.identity(reals), tf.identity(fakes)))
    slopes = tape.gradient(term, [reals, fakes])
    np.testing.assert_allclose(slopes, [[2.0, 4.0], [-4.0, -2.0]])  # 2 (D(x) - a_F) / 2 and so on


def test_lecams_means_survive_a_checkpoint(tmp_path):
    model = toy.model(regularizers=(regularizers.LeCam(),))
    assert toy.fit(model, 8, 0, 3)["d_lecam"] > 0
    checkpoint.write(tmp_path / "one.npz", model, {})
    other = toy.model(regularizers=(regularizers.LeCam(),))
    checkpoint.restore(tmp_path / "one.npz", other)
    (one,), (two,) = model.regularizers, other.regularizers
    assert float(two.total.value) == pytest.approx(1 - 0.99**3)
    np.testing.assert_array_equal(one.sums, two.sums)


def test_replicas_share_lecams_means(two_cpus):
    with two_cpus.scope():
        layer = regularizers.LeCam(weight=1.0).layer()

    @tf.function
    def call():
        def replica():
            index = tf.cast(tf.distribute.get_replica_context().replica_id_in_sync_group, tf.float32)
            logits = (tf.fill([2], 1.0 + 2 * index), tf.fill([2], -index))
            return layer(linear, REAL, FAKE, progress(), logits)

        return two_cpus.experimental_local_results(two_cpus.run(replica))

    # a_R = 2 and a_F = -0.5 on both: (1 + 0.5)^2 + (2 - 0)^2 on the first, (3 + 0.5)^2 + (2 + 1)^2 on the second.
    np.testing.assert_allclose(call(), [2.25 + 4, 12.25 + 9], rtol=1e-5)


IMAGES = tf.random.stateless_uniform([64, 8, 6, 2], [1, 2])


def total(images):
    return tf.reduce_sum(images, axis=[1, 2, 3])


def corner(images):
    return images[:, 0, 0, 0]


def consistency(critic, regularizer, fake=IMAGES):
    return regularizer(critic, IMAGES, fake, progress(), (critic(IMAGES), critic(fake)))


def test_consistency_is_zero_for_a_critic_that_the_changes_do_not_touch():
    both = regularizers.Consistency(10.0, 10.0, pixels=0)  # flips alone
    np.testing.assert_allclose(consistency(total, both), 0.0, atol=1e-8)
    assert consistency(corner, both) > 0.1
    assert consistency(constant, regularizers.Consistency(10.0, 10.0)) == 0.0


def test_consistency_by_hand():
    flipped = np.square(IMAGES[:, 0, 0, 0] - IMAGES[:, 0, -1, 0])
    seen, real = [], regularizers.Consistency(3.0, pixels=0)
    value = consistency(lambda images: seen.append(images) or corner(images), real)
    assert len(seen) == 3  # two are the game's own
    chosen = np.any(seen[2] != IMAGES, axis=(1, 2, 3))
    assert 16 < chosen.sum() < 48
    np.testing.assert_allclose(value, 3 * np.mean(flipped * chosen), rtol=1e-5)
    fake = IMAGES * 0.5
    both = consistency(corner, regularizers.Consistency(3.0, 2.0, pixels=0), fake)
    alone = consistency(corner, regularizers.Consistency(0.0, 2.0, pixels=0), fake)
    np.testing.assert_allclose(both, value + alone, rtol=1e-5)
    assert alone > 0 and float(alone) != pytest.approx(float(value) * 0.5 / 3, rel=1e-3)  # a draw of its own


def test_consistency_draws_apart_from_the_games_augmentation():
    streams = []

    class Looking:
        stats = ()

        def __call__(self, images, progress, stream):
            streams.append(stream)
            return augment.translation(images, progress, stream)

        def adapt(self, real_logits, progress):
            return {}

    choices = {"augment": Looking(), "regularizers": (regularizers.Consistency(10.0, 10.0),)}
    model = toy.model(run_eagerly=True, **choices)
    assert toy.fit(model, 8, 0, 1)["d_cr"] > 0
    assert streams == ["d/augment/0", "d/augment/1", "d/augment/2", "d/augment/3", "g/augment/0"]


def test_consistency_is_for_images_and_not_negative():
    with pytest.raises(ValueError, match=r"samples of shape \(2,\)"):
        points = tf.zeros([4, 2])
        regularizers.Consistency()(lambda x: x[:, 0], points, points, progress(), (points[:, 0], points[:, 0]))
    with pytest.raises(BadInput, match=r"Consistency\.weight_fake: -1 is not at least 0"):
        regularizers.Consistency(weight_fake=-1)
