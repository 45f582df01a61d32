import keras
import numpy as np
import pytest
import tensorflow as tf
import toy

from ganzoo import averaging, checkpoint, diagnosis, gan, losses, regularizers, schedules
from ganzoo.errors import BadInput
from ganzoo.layers import kept


def changed(before, after):
    return [not np.array_equal(old, new) for old, new in zip(before, after, strict=True)]


@pytest.mark.parametrize("player", ["d", "g"])
def test_a_player_moves_only_its_own_weights(player):
    model = toy.model()
    batch = next(iter(toy.pictures(8)))
    nets = {"d": model.discriminator, "g": model.generator}
    before = {name: [w.numpy() for w in net.trainable_variables] for name, net in nets.items()}
    loss, optimizer = {"d": (model.d_loss, model.d_optimizer), "g": (model.g_loss, model.optimizer)}[player]
    model.minimize(player, loss, batch, (nets[player],), optimizer)
    for name, net in nets.items():
        moved = changed(before[name], [w.numpy() for w in net.trainable_variables])
        assert all(moved) if name == player else not any(moved)


def test_a_step_counts_the_images_that_d_has_seen():
    model = toy.model(d_steps=3)
    toy.fit(model, batch=24, start=0, steps=4)
    assert (int(model.step.value), int(model.images.value)) == (4, 96)
    assert int(model.d_optimizer.iterations.value) == 12 and int(model.optimizer.iterations.value) == 4


def test_what_is_logged_is_what_is_summed():
    model = toy.model()
    batch = next(iter(toy.pictures(8)))
    assert set(model.d_loss(batch)) == {"adv", "r1"} and set(model.g_loss(batch)) == {"adv"}
    logs = toy.fit(model, 8, 0, 2)
    assert {"d_adv", "d_r1", "g_adv", *model.stats} == set(logs)


def test_d_and_g_and_each_d_step_draw_their_own_noise(monkeypatch):
    model = toy.model(d_steps=2)
    drawn = []
    normal = gan.Progress.normal

    def spy(self, shape, stream):
        drawn.append(normal(self, shape, stream).numpy())
        return normal(self, shape, stream)

    monkeypatch.setattr(gan.Progress, "normal", spy)
    model.train_step(next(iter(toy.pictures(16))))
    model.train_step(next(iter(toy.pictures(16))))
    assert len({z.tobytes() for z in drawn}) == 6


class Shift:
    """Adds a number to each image of a look, and counts the looks of the reals."""

    stats = ("looks",)

    def __init__(self):
        self.streams, self.adapted = [], 0

    def __call__(self, images, progress, stream):
        self.streams.append(stream)
        return images + progress.uniform([images.shape[0], 1, 1, 1], stream)

    def adapt(self, real_logits, progress):
        self.adapted += 1
        return {"looks": tf.constant(float(self.adapted))}


def test_d_sees_every_image_of_both_turns_through_the_augmentation():
    shift = Shift()
    model = toy.model(augment=shift, run_eagerly=True)
    logs = toy.fit(model, 8, 0, 1)
    # Reals, fakes and the same reals for R1 in D's turn, fakes in G's.
    assert shift.streams == ["d/augment/0", "d/augment/1", "d/augment/0", "g/augment/0"]
    assert logs["looks"] == shift.adapted == 1
    image = {"image": tf.zeros([8, 4, 4, 1])}
    seen = model.critic(image)
    first = seen(image["image"])
    np.testing.assert_array_equal(seen(image["image"]), first)
    assert not np.array_equal(seen(tf.identity(image["image"])), first)  # equal, but another tensor
    blunt = model.critic(image, training=False)
    np.testing.assert_array_equal(blunt(image["image"]), model.discriminator(image))


class Adapting:
    """Doubles the images, and triples them once D's logits of the reals are known."""

    stats = ()

    def __init__(self):
        self.factor = tf.Variable(2.0)

    def __call__(self, images, progress, stream):
        return self.factor * images

    def adapt(self, real_logits, progress):
        self.factor.assign(3.0)
        return {}


@pytest.mark.parametrize("interval", [1, 2])
def test_r1_is_with_respect_to_the_clean_image_through_the_augmentation_of_the_logits(interval):
    def linear():
        image = keras.Input((4, 4, 1), name="image")
        return keras.Model(
            {"image": image}, keras.layers.Reshape(())(keras.layers.Dense(1)(keras.layers.Flatten()(image)))
        )

    model = gan.NoiseGAN(toy.generator, linear, z_dim=3, image=(4, 4, 1))
    r1 = regularizers.R1(gamma=0.6, interval=interval)
    model.compile(
        schedules.Adam().build(8), schedules.Adam().build(8), losses.hinge, regularizers=(r1,), augment=Adapting()
    )
    squared = np.sum(np.square(model.discriminator.trainable_variables[0]))
    terms = tf.function(model.d_loss)(next(iter(toy.pictures(8))))
    assert float(terms["r1"]) == pytest.approx(interval * 0.6 / 2 * 4 * squared, rel=1e-5)
    assert float(model.augment.factor) == 3.0


def test_a_game_without_a_place_for_augmentation_refuses_one():
    class Blind(gan.NoiseGAN):
        augments = False

    blind = Blind(toy.generator, toy.discriminator, z_dim=3, image=(4, 4, 1))
    of_points = gan.NoiseGAN(toy.generator, toy.discriminator, z_dim=3, image=(2,))
    for model in (blind, of_points):
        with pytest.raises(BadInput, match=f"game.augment: {type(model).__name__} has no place for one"):
            model.compile(schedules.Adam().build(8), schedules.Adam().build(8), losses.hinge, augment=Shift())


def test_a_choice_with_a_state_is_kept_as_its_layer_and_saved(tmp_path):
    class Counting(kept.Kept):
        def __init__(self):
            super().__init__(name="counting")
            self.count = self.add_weight(name="count", initializer="zeros", trainable=False)

        def call(self, critic, real, fake, progress, logits):
            self.count.assign_add(1.0)
            return 0.0 * tf.reduce_mean(logits[0])

    class Choice:
        layer = Counting

    model = toy.model(regularizers=(Choice(),))
    assert "d_counting" in toy.fit(model, 8, 0, 3)
    assert float(model.regularizers[0].count.value) == 3.0
    checkpoint.write(tmp_path / "one.npz", model, {})
    other = toy.model(regularizers=(Choice(),))
    checkpoint.restore(tmp_path / "one.npz", other)
    assert float(other.regularizers[0].count.value) == 3.0


def test_the_same_seed_gives_the_same_run_and_another_seed_another():
    first, again, other = (toy.fit(toy.model(seed=seed), 8, 0, 4) for seed in (0, 0, 1))
    assert first == again and first != other


def test_xla_gives_the_same_losses():
    plain = toy.fit(toy.model(d_steps=2, lazy=True), 16, 0, 6)
    compiled = toy.fit(toy.model(d_steps=2, lazy=True, jit_compile=True), 16, 0, 6)
    for name, value in plain.items():
        assert compiled[name] == pytest.approx(value, rel=2e-4, abs=1e-5), name


def test_steps_per_execution_changes_nothing():
    one = toy.model()
    toy.fit(one, 8, 0, 8)
    four = toy.model(steps_per_execution=4)
    toy.fit(four, 8, 0, 8)
    for left, right in zip(toy.weights(one), toy.weights(four), strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("d_steps", [1, 2])
@pytest.mark.parametrize("latent", ["normal", "uniform"])
def test_two_replicas_play_the_game_of_one_device(d_steps, latent, two_cpus):
    def play(strategy):
        with strategy.scope():
            model = toy.model(d_steps=d_steps)
            model.latent = latent
        return model, [toy.fit(model, 8 * d_steps, 8 * d_steps * 3 * k, 3) for k in range(2)]

    one, logs = play(tf.distribute.get_strategy())
    two, twin = play(two_cpus)
    for left, right in zip(logs, twin, strict=True):
        for name in left:
            if not name.endswith("gradient"):  # a replica's own norm, see GAN.minimize
                assert right[name] == pytest.approx(left[name], rel=2e-3, abs=2e-5), name
    for left, right in zip(toy.weights(one), toy.weights(two), strict=True):
        np.testing.assert_allclose(right, left, rtol=5e-3, atol=2e-4)


def test_replicas_refuse_a_lazy_penalty_on_a_d_with_state(two_cpus):
    from ganzoo.layers import normalization

    def critic():
        image = keras.Input((4, 4, 1), name="image")
        x = keras.layers.Flatten()(normalization.BatchNorm()(image))
        return keras.Model({"image": image}, keras.layers.Reshape(())(keras.layers.Dense(1)(x)))

    with two_cpus.scope():
        model = gan.NoiseGAN(toy.generator, critic, 3, (4, 4, 1))
        with pytest.raises(ValueError, match="lazy r1 with replicas"):
            model.compile(
                schedules.Adam().build(8),
                schedules.Adam().build(8),
                losses.hinge,
                regularizers=(regularizers.R1(1.0, interval=2),),
            )


def test_float16_scales_both_losses_and_survives_an_overflow():
    keras.config.set_dtype_policy("mixed_float16")
    model = toy.model()
    for optimizer in (model.d_optimizer, model.optimizer):
        assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        optimizer.dynamic_scale.assign(2.0**60)
    logs = toy.fit(model, 8, 0, 4)
    assert float(model.d_optimizer.dynamic_scale.value) < 2.0**60
    assert np.isfinite([logs[name] for name in ("d_adv", "g_adv", "d_gradient", "g_gradient")]).all()
    assert not diagnosis.why_divergence(logs)
    assert all(np.isfinite(weight).all() for weight in toy.weights(model))


def test_the_average_forgets_half_in_a_halflife():
    ema = averaging.EMA(halflife=1000, ramp=0)
    assert float(ema.beta(images=0, batch=1000)) == pytest.approx(0.5)
    assert float(ema.beta(images=0, batch=10)) ** 100 == pytest.approx(0.5, rel=1e-5)
    ramped = averaging.EMA(halflife=1000, ramp=0.05)
    assert float(ramped.beta(images=2000, batch=100)) == pytest.approx(0.5)  # half-life 100 at 2,000 images
    assert float(ramped.beta(images=0, batch=8)) == 0.0


def test_the_average_moves_as_stated_and_copies_statistics():
    model = toy.model()
    start = [w.numpy() for w in model.average.trainable_variables]
    toy.fit(model, 8, 0, 1)
    beta = float(model.ema.beta(images=8, batch=8))
    for old, mean, weight in zip(
        start, model.average.trainable_variables, model.generator.trainable_variables, strict=True
    ):
        np.testing.assert_allclose(mean, beta * old + (1 - beta) * weight.numpy(), atol=1e-6)
    for copy, state in zip(model.average.non_trainable_variables, model.generator.non_trainable_variables, strict=True):
        np.testing.assert_array_equal(copy, state)


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_half_a_run_and_its_resumption_end_like_a_whole_run(policy, tmp_path):
    keras.config.set_dtype_policy(policy)
    options = {"d_steps": 2, "lazy": True}
    whole = toy.model(**options)
    toy.fit(whole, 16, 0, 32)
    half = toy.model(**options)
    toy.fit(half, 16, 0, 16)
    checkpoint.write(tmp_path / "half.npz", half, {})
    resumed = toy.model(**options | {"seed": 5})
    checkpoint.restore(tmp_path / "half.npz", resumed)
    toy.fit(resumed, 16, 16 * 16, 16)
    for left, right in zip(toy.weights(whole), toy.weights(resumed), strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize(
    "schedule, points",
    [
        (schedules.Linear(1.0, 0.0, finish=100, begin=50), {0: 1.0, 50: 1.0, 75: 0.5, 100: 0.0, 200: 0.0}),
        (schedules.Cosine(3.0, 1.0, finish=100), {0: 3.0, 25: 2 + 0.5**0.5, 50: 2.0, 100: 1.0, 200: 1.0}),
        (schedules.Exponential(1.0, 0.5, every=10, floor=0.2), {0: 1.0, 10: 0.5, 20: 0.25, 100: 0.2}),
    ],
)
def test_schedules_are_functions_of_images(schedule, points):
    for images, value in points.items():
        assert float(schedule.at(images)) == pytest.approx(value)
    optimizer = schedules.Adam(schedule).build(images=25)
    optimizer.build([keras.Variable(0.0)])
    optimizer.iterations.assign(4)  # updates of 25 images each
    assert float(optimizer.learning_rate) == pytest.approx(float(schedule.at(100)))
