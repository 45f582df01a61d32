"""What is particular to InfoGAN: codes that are a part of z, and what Q reads of them."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import losses, samplers, schedules
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.models.image import infogan

SPEC = Spec(8, 12, 2)
NETS = infogan.InfoGAN(
    width=2, dense=6, q_dense=4, categories=4, codes=2, category_weight=3.0, code_weight=0.5, z_dim=5
)
BATCH = {"image": tf.random.stateless_uniform([64, 8, 12, 2], [0, 1], -1, 1)}


def compiled(nets=NETS, **kwargs):
    keras.utils.set_random_seed(1)
    model = nets.build(SPEC)
    adam = schedules.Adam(1e-2, 0.5)
    model.compile(adam.build(64), adam.build(64), losses.non_saturating, **{"jit_compile": False} | kwargs)
    return model


def test_the_category_is_the_interval():
    z = tf.constant([[-1.0], [-0.51], [-0.5], [-0.01], [0.0], [0.49], [0.5], [0.999], [1.0], [-1.5]])
    assert infogan.category_of(z, 4).numpy().tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 3, 0]
    for categories in (3, 7, 10):  # the middles that the head of the file names
        middles = (2 * np.arange(categories, dtype=np.float32)[:, None] + 1) / categories - 1
        assert infogan.category_of(tf.constant(middles), categories).numpy().tolist() == list(range(categories))
    decoded = infogan.Decode(3)(tf.constant([[0.0, 0.25, -0.75], [0.9, 0.5, 0.125]]))
    np.testing.assert_array_equal(decoded, [[0, 1, 0, 0.25, -0.75], [0, 0, 1, 0.5, 0.125]])


def test_categories_are_equally_often_in_the_game_and_in_samples():
    model = compiled()
    seeds = samplers.of(model).latents(range(400))
    for z in (model.latents(400, "d"), tf.constant(seeds)):
        shares = np.bincount(infogan.category_of(z, 4).numpy(), minlength=4) / 400
        np.testing.assert_allclose(shares, 0.25, atol=0.08)


def test_parameters():
    model = NETS.build(SPEC)
    generator, discriminator = (
        sum(int(np.prod(weight.shape)) for weight in net.trainable_variables)
        for net in (model.generator, model.discriminator)
    )
    assert generator == sum(
        [
            (4 + 4) * 6 + 2 * 6,  # one-hot category and the rest of z; batch norm
            6 * 2 * 3 * 4 + 2 * 2 * 3 * 4,  # 2x3
            16 * 4 * 2 + 2 * 2,  # 4x6
            16 * 2 * 2 + 2,  # 8x12: kernel, bias
        ]
    )
    assert discriminator == sum(
        [
            16 * 2 * 2 + 2,
            16 * 2 * 4 + 2 * 4,
            2 * 3 * 4 * 6 + 2 * 6,
            6 + 1,  # logit
            6 * 4 + 2 * 4,  # Q
            (4 + 1) * 4 + (4 + 1) * 2,
        ]
    )


def test_the_terms_by_hand():
    model = compiled()
    category, codes = (model.discriminator.get_layer(name) for name in ("category", "codes"))
    for head in (category, codes):
        head.kernel.assign(tf.zeros_like(head.kernel))
    q, means = np.array([0.5, 0.25, 0.125, 0.125]), np.array([0.25, -0.5])
    category.bias.assign(np.log(q))
    codes.bias.assign(means)
    for player, loss in (("d", model.d_loss), ("g", model.g_loss)):
        z = model.latents(64, player).numpy()
        drawn = np.floor((z[:, 0] + 1) * 2).astype(int)
        terms = loss(BATCH)
        np.testing.assert_allclose(terms["category"], 3 * -np.log(q[drawn]).mean(), rtol=1e-5)
        squares = ((z[:, 1] - 0.25) ** 2 + (z[:, 2] + 0.5) ** 2).mean()
        np.testing.assert_allclose(terms["codes"], 0.5 * squares / 2, rtol=1e-5)


def test_each_player_moves_its_own_weights_alone_and_q_is_ds():
    model = compiled()
    for player, net, other in (
        ("d", model.discriminator, model.generator),
        ("g", model.generator, model.discriminator),
    ):
        before, rest = ([weight.numpy() for weight in each.trainable_variables] for each in (net, other))
        optimizer = {"d": model.d_optimizer, "g": model.optimizer}[player]
        model.minimize(player, getattr(model, f"{player}_loss"), BATCH, (net,), optimizer)
        assert all(np.any(one != two) for one, two in zip(before, net.trainable_variables, strict=True))
        assert all(np.all(one == two) for one, two in zip(rest, other.trainable_variables, strict=True))


def test_codes_can_be_read_after_a_few_steps():
    model = compiled(infogan.InfoGAN(width=4, dense=16, q_dense=8, categories=4, codes=1, z_dim=4))
    data = tf.data.Dataset.from_tensors(BATCH).repeat()
    model.fit(data, steps_per_epoch=60, verbose=0, shuffle=False)
    z = model.latents(256, "fresh")
    verdict = model.judge(model.generator({"z": z}, training=True))
    right = np.argmax(verdict["category"], axis=1) == infogan.category_of(z, 4).numpy()
    assert right.mean() > 0.7  # by chance 1/4
    error = np.mean(np.square(verdict["codes"][:, 0] - z[:, 1]))
    assert error < 0.25  # of a constant 1/3


@pytest.mark.parametrize(("field", "value"), [("categories", 1), ("codes", 0), ("z_dim", 3)])
def test_codes_that_do_not_fit_are_refused(field, value):
    with pytest.raises(BadInput, match=f"model.{field}: {value}"):
        infogan.InfoGAN(**{field: value}).build(SPEC)


def test_a_side_that_is_no_multiple_of_four_is_refused():
    with pytest.raises(BadInput, match=r"data\.size: 8x10"):
        NETS.build(Spec(8, 10, 1))
