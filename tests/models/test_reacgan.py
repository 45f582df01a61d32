"""ReACGAN: its loss by hand, its D layer by layer, and who learns from what."""

import math

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import augment, losses, schedules
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.models.image import biggan, reacgan, small

BACKBONE = biggan.BigGAN(width=2, z_dim=6, embedding=3, standing=0)
NETS = reacgan.Residual(BACKBONE, length=6)
TINY = small.Comparing(width=2, z_dim=4, norm="spectral", length=5)
SPEC = Spec(16, 16, 1, 3)

# Three images of two classes: two of the first, one of the second.
VECTORS = tf.constant([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])
PROXIES = tf.constant([[0.8, 0.6], [0.8, 0.6], [0.0, 1.0]])
LABELS = tf.constant([0, 0, 1])


def loss_of(vectors=VECTORS, proxies=PROXIES):
    return reacgan.d2d_ce(vectors, proxies, LABELS, temperature=0.5, positive=0.98, negative=0.02)


def test_d2d_ce_by_hand():
    near = [math.exp(-0.36), math.exp(-0.04), 1.0]  # cosines 0.8 and 0.96, less 0.98; the last is easy: 1
    apart = math.exp(1.56)  # of images 1 and 2: cosine 0.8, less 0.02; images 0 and 2 are easy: exp(0)
    rest = [1.0, apart, 1.0 + apart]  # images 0 and 1 are of one class, and no negatives
    expected = sum(-math.log(p / (p + n)) for p, n in zip(near, rest, strict=True)) / 3
    assert loss_of().numpy() == pytest.approx(expected, rel=1e-5)


def test_what_is_easy_has_no_gradient():
    with tf.GradientTape() as tape:
        tape.watch([VECTORS, PROXIES])
        loss = loss_of()
    vectors, proxies = tape.gradient(loss, [VECTORS, PROXIES])
    np.testing.assert_array_equal(proxies[2], [0.0, 0.0])  # nearer to its class than the margin
    # Image 0 is of image 1's class and further from image 2 than the margin: its own class alone draws it.
    share = 1 / (1 + math.exp(-0.36))
    np.testing.assert_allclose(vectors[0], -share / 0.5 / 3 * PROXIES[0], rtol=1e-5)
    assert np.all(np.isfinite(vectors)) and np.any(vectors[1]) and np.any(vectors[2])


def test_images_of_one_class_alone_have_nothing_to_be_told_from():
    alike = reacgan.d2d_ce(VECTORS, PROXIES, tf.zeros([3], tf.int32), 0.5, 0.98, 0.02)
    assert alike.numpy() == pytest.approx(0.0, abs=1e-6)


def trainable(net):
    return sum(weight.value.shape.num_elements() for weight in net.trainable_variables)


def conv(size, inputs, outputs):
    return size * size * inputs * outputs + outputs


def test_parameters_of_d_for_cifar10():
    nets = reacgan.Residual(biggan.BigGAN(width=4, z_dim=8, embedding=4), length=512)
    attended = 2 * 16 * 2 + 2 * 16 * 8 + 1
    expected = [
        conv(3, 3, 16) + conv(3, 16, 16) + conv(1, 3, 16) + attended,  # 16x16
        conv(3, 16, 16) + conv(3, 16, 16) + conv(1, 16, 16),  # 8x8
        4 * conv(3, 16, 16),
        16 + 1,  # logit
        (16 + 1) * 512 + 10 * 512,  # vectors of the image and of the classes
    ]
    assert trainable(nets.discriminator(Spec(32, 32, 3, 10))) == sum(expected)


@pytest.mark.parametrize("nets", [NETS, TINY], ids=["residual", "small"])
def test_vectors_have_length_one_and_the_logit_does_not_know_the_class(nets):
    net = nets.discriminator(SPEC)
    image = tf.random.uniform([4, 16, 16, 1], -1, 1, seed=1)
    one, other = (net({"image": image, "label": tf.constant(label)}) for label in ([0, 0, 1, 2], [1, 2, 2, 0]))
    for name in ("embedding", "proxy"):
        assert one[name].shape == (4, nets.length)
        np.testing.assert_allclose(tf.norm(one[name], axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(one["logit"], other["logit"])
    np.testing.assert_array_equal(one["embedding"], other["embedding"])
    np.testing.assert_array_equal(one["proxy"][0], one["proxy"][1])
    assert np.all(np.any(one["proxy"] != other["proxy"], axis=1))


def compiled(model=TINY, **choices):
    game, rate = model.build(SPEC), schedules.Adam(1e-2)
    game.compile(rate.build(4), rate.build(4), losses.hinge, jit_compile=False, **choices)
    return game


def batch_of():
    return {"image": tf.random.uniform([4, 16, 16, 1], -1, 1, seed=1), "label": tf.constant([0, 1, 2, 0])}


def values(net):
    return [weight.numpy() for weight in net.trainable_variables]


def test_a_step_of_each_player_moves_its_own_weights_only():
    game, batch = compiled(), batch_of()
    d, g = values(game.discriminator), values(game.generator)
    game.minimize("d", game.d_loss, batch, game.d_nets, game.d_optimizer)
    still = [old.shape for old, new in zip(d, values(game.discriminator), strict=True) if np.all(old == new)]
    assert still in ([], [(1,)])  # a hinge at about 0 has equal slopes at reals and fakes: the logit's bias rests
    assert all(np.all(old == new) for old, new in zip(g, values(game.generator), strict=True))
    d = values(game.discriminator)
    game.minimize("g", game.g_loss, batch, game.g_nets, game.optimizer)
    assert all(np.all(old == new) for old, new in zip(d, values(game.discriminator), strict=True))
    assert all(np.any(old != new) for old, new in zip(g, values(game.generator), strict=True))


def test_d_compares_reals_and_g_fakes_as_they_were_shown():
    game, batch = compiled(augment=augment.DiffAugment(("color",))), batch_of()
    looks, shown = {"d": batch["image"], "g": game.fake(batch, "g")}, {}
    for player, images in looks.items():
        images = game.augment(images, game.progress, f"{player}/augment/0")
        shown[player] = game.discriminator({"image": images, "label": batch["label"]})
    for player, loss in (("d", game.d_loss), ("g", game.g_loss)):
        verdict = shown[player]
        whole = reacgan.d2d_ce(verdict["embedding"], verdict["proxy"], batch["label"], 0.5, 0.98, 0.02)
        # Training moves the spectral norm's vectors, so values agree roughly.
        assert loss(batch)["d2d"].numpy() == pytest.approx(0.5 * whole.numpy(), rel=0.1)


def test_the_loss_and_its_gradient_are_the_same_with_and_without_xla():
    def slope(vectors):
        with tf.GradientTape() as tape:
            tape.watch(vectors)
            loss = loss_of(vectors)
        return loss, tape.gradient(loss, vectors)

    for one, other in zip(tf.function(slope)(VECTORS), tf.function(slope, jit_compile=True)(VECTORS), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_the_published_values_are_the_small_ones_too():
    game = TINY.build(SPEC)
    assert (game.weight, game.temperature, game.positive, game.negative) == (0.5, 0.5, 0.98, 0.02)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (reacgan.ReACGAN(NETS, weight=-1.0), r"model\.weight: -1"),
        (reacgan.ReACGAN(NETS, temperature=0.0), r"model\.temperature: 0\.0"),
        (reacgan.ReACGAN(NETS, positive=2.0), r"model\.positive: 2\.0"),
        (reacgan.ReACGAN(reacgan.Residual(biggan.BigGAN(conditional=False))), r"backbone\.conditional: False"),
        (reacgan.ReACGAN(reacgan.Residual(biggan.BigGAN(orthogonal=0.1))), r"backbone\.orthogonal: 0\.1"),
        (reacgan.ReACGAN(reacgan.Residual(biggan.BigGAN(z_dim=121))), r"model\.z_dim: 121"),
    ],
)
def test_what_does_not_suit_is_refused(model, message):
    with pytest.raises(BadInput, match=message):
        model.build(SPEC)


def test_data_without_classes_are_refused():
    with pytest.raises(BadInput, match=r"data\.classes: 0, but ReACGAN"):
        TINY.build(Spec(16, 16, 1))
