"""Games that wrap any networks: unrolled and mode seeking."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import losses, regularizers, schedules
from ganzoo.data.images import Spec
from ganzoo.data.points import PointSpec
from ganzoo.errors import BadInput
from ganzoo.models import mode_seeking, unrolled
from ganzoo.models.image import small
from ganzoo.models.points import dirac, maxout

SPEC = PointSpec(2)
NETS = maxout.Maxout(g_width=8, d_width=4, pieces=2)


def compiled(model, d_rate=None, **kwargs):
    d_rate = d_rate or schedules.Adam(1e-2)
    choices = {"adversarial": losses.non_saturating, "jit_compile": False} | kwargs
    model.compile(d_rate.build(8), schedules.Adam(1e-2).build(8), **choices)
    return model


def fitted(model, steps=3):
    data = tf.data.Dataset.from_tensors({"image": tf.random.stateless_normal([8, 2], [0, 1])}).repeat()
    model.fit(data, steps_per_epoch=steps, verbose=0, shuffle=False)
    return model


def values(net):
    return [weight.numpy() for weight in net.trainable_variables]


def louder(model):
    """Weights from N(0, 0.02^2) make gradients below float32's steps."""
    for net in (model.discriminator, model.generator):
        net.set_weights([weight * 20 if weight.ndim == 2 else weight for weight in net.get_weights()])
    return model


@pytest.mark.parametrize("build", [lambda: unrolled.Unrolled(NETS, k=0), lambda: mode_seeking.ModeSeeking(NETS, 0.0)])
def test_nothing_added_is_the_plain_game(build):
    keras.utils.set_random_seed(1)
    plain = fitted(compiled(NETS.build(SPEC)))
    keras.utils.set_random_seed(1)
    game = fitted(compiled(build().build(SPEC)))
    for one, other in zip(values(plain.generator), values(game.generator), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-9)


def test_the_unrolled_game_refuses_a_penalty_that_keeps_a_state():
    with pytest.raises(ValueError, match="lecam would move in G's turn"):
        compiled(unrolled.Unrolled(NETS, k=1).build(SPEC), regularizers=(regularizers.LeCam(),))


def test_one_unrolled_step_by_hand():
    def sigma(x):
        return 1 / (1 + np.exp(-x))

    h, psi, theta = 0.3, 0.5, 0.8
    model = unrolled.Unrolled(dirac.Dirac(theta, psi), k=1).build(PointSpec(1))
    compiled(model, schedules.SGD(h))
    with tf.GradientTape() as tape:
        loss = model.g_loss({"image": tf.zeros([4, 1])})["adv"]
    gradient = tape.gradient(loss, model.generator.trainable_variables[0].value)
    ahead = psi - h * sigma(psi * theta) * theta
    slope = -h * (sigma(psi * theta) + sigma(psi * theta) * (1 - sigma(psi * theta)) * psi * theta)
    assert loss.numpy() == pytest.approx(np.log1p(np.exp(-ahead * theta)), rel=1e-6)
    assert gradient.numpy()[0] == pytest.approx(-sigma(-ahead * theta) * (ahead + theta * slope), rel=1e-5)


@pytest.mark.parametrize("rate", [schedules.Adam(1e-2, beta_1=0.5), schedules.SGD(0.1)])
def test_unrolled_steps_are_those_of_the_optimizer(rate):
    model = louder(compiled(unrolled.Unrolled(NETS, k=3).build(SPEC), rate))
    fitted(model, steps=2)  # the moments are not zero
    real, fake = tf.random.stateless_normal([2, 8, 2], [0, 2])
    weights = model.discriminator.trainable_variables
    stepper = unrolled._Stepper(model.d_optimizer, weights)
    ahead = [weight.value for weight in weights]
    for _ in range(3):
        ahead = stepper.step(ahead, lambda weights: model._d_total(weights, real, fake))
    for _ in range(3):
        with tf.GradientTape() as tape:
            critic = model.critic({"image": real})
            loss = losses.non_saturating.d(critic(real), critic(fake))
        model.d_optimizer.apply(tape.gradient(loss, [weight.value for weight in weights]), weights)
    for one, other in zip(ahead, weights, strict=True):
        np.testing.assert_allclose(one, other.numpy(), rtol=1e-4, atol=1e-6)


def test_gs_step_leaves_d_alone_and_every_weight_learns():
    nets = dataclasses.replace(NETS, spectral=True)  # a D with state
    model = louder(compiled(unrolled.Unrolled(nets, k=1).build(SPEC), regularizers=(regularizers.R1(1.0),)))
    before_d, before_g = values(model.discriminator), values(model.generator)
    kept = [variable.numpy() for variable in (*model.discriminator.variables, *model.d_optimizer.variables)]
    batch = {"image": tf.random.stateless_normal([8, 2], [0, 1])}
    model.minimize("g", model.g_loss, batch, model.g_nets, model.optimizer)
    after = [variable.numpy() for variable in (*model.discriminator.variables, *model.d_optimizer.variables)]
    assert all((a == b).all() for a, b in zip(kept, after, strict=True))
    assert all((a != b).any() for a, b in zip(before_g, values(model.generator), strict=True))
    model.minimize("d", model.d_loss, batch, model.d_nets, model.d_optimizer)
    assert all((a != b).any() for a, b in zip(before_d, values(model.discriminator), strict=True))


def test_an_unrolled_step_keeps_a_weight_within_its_constraint():
    model = unrolled.Unrolled(dirac.Dirac(theta=-1.0, psi=0.1, clip=0.1), k=1).build(PointSpec(1))
    compiled(model, schedules.SGD(0.5))
    # D would step from 0.1 to 0.1 + 0.5 s(-0.1); clipped, it stays, and G's logit is -0.1.
    assert model.g_loss({"image": tf.zeros([4, 1])})["adv"].numpy() == pytest.approx(np.log1p(np.exp(0.1)), rel=1e-6)


def test_a_weight_that_never_had_a_gradient_does_no_harm():
    model = compiled(unrolled.Unrolled(dirac.Dirac(theta=0.0, psi=0.7), k=2).build(PointSpec(1)))
    theta = model.generator.trainable_variables[0].value

    @tf.function(jit_compile=True)  # TensorFlow's own kernel of the root's gradient has 0 / 0 = 0, XLA's has nan
    def gradient():
        with tf.GradientTape() as tape:
            loss = model.g_loss({"image": tf.zeros([4, 1])})["adv"]
        return tape.gradient(loss, theta)

    assert gradient().numpy() == pytest.approx(-0.35, rel=1e-5)


def test_what_cannot_be_unrolled_is_refused():
    moving = schedules.Adam(beta_2=schedules.Linear(0.9, 0.99, finish=100))
    for rate in (schedules.RMSprop(1e-3), moving, schedules.Adam(weight_decay=0.1)):
        with pytest.raises(ValueError, match="Adam, or SGD without momentum"):
            compiled(unrolled.Unrolled(NETS, k=1).build(SPEC), rate)
    with pytest.raises(BadInput, match=r"model\.k: -1"):
        unrolled.Unrolled(NETS, k=-1).build(SPEC)


def test_mode_seeking_by_hand():
    model = compiled(mode_seeking.ModeSeeking(NETS, weight=2.0).build(SPEC))
    terms = model.g_loss({"image": tf.zeros([8, 2])})
    z, other = model.latents(8, "g"), model.latents(8, "g/other")
    one, two = (model.generator({"z": each}, training=True).numpy() for each in (z, other))
    apart = np.abs(one - two).mean() / np.abs(z.numpy() - other.numpy()).mean()
    assert terms["ms"].numpy() == pytest.approx(2.0 / (apart + 1e-5), rel=1e-4)
    assert fitted(model).metrics_names and "g_ms" in model.trackers
    with pytest.raises(BadInput, match=r"model\.weight: -1"):
        mode_seeking.ModeSeeking(NETS, weight=-1.0).build(SPEC)


def test_mode_seeking_pushes_a_collapsed_generator_apart():
    model = compiled(mode_seeking.ModeSeeking(NETS).build(SPEC))
    last, batch = model.generator.layers[-1].kernel, {"image": tf.zeros([8, 2])}
    last.assign(last * 1e-3)
    before = float(model.g_loss(batch)["ms"])
    assert before > 50
    for _ in range(20):
        model.minimize("g", model.g_loss, batch, model.g_nets, model.optimizer)
    assert float(model.g_loss(batch)["ms"]) < before / 10


def test_mode_seeking_makes_pairs_of_one_label():
    game = mode_seeking.ModeSeeking(small.Projecting(width=2, z_dim=4), conditional=True)
    model = compiled(game.build(Spec(28, 28, 1, 3)))
    labels, generator = [], model.generator
    model.generator = lambda inputs, training: labels.append(inputs["label"]) or generator(inputs, training=training)
    batch = {"image": tf.zeros([4, 28, 28, 1]), "label": tf.constant([0, 1, 2, 0])}
    assert np.isfinite(model.g_loss(batch)["ms"])
    assert [label.numpy().tolist() for label in labels] == [[0, 1, 2, 0]] * 2
    with pytest.raises(BadInput, match=r"data\.classes: 0"):
        game.build(Spec(28, 28, 1))
