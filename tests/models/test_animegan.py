"""AnimeGAN: its networks, what D is shown, each term by plain numpy, and the light networks in its game."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import losses, regularizers, schedules
from ganzoo.data.images import Spec
from ganzoo.data.pairs import PairSpec
from ganzoo.errors import BadInput
from ganzoo.models.translation import animegan, light
from ganzoo.perceptual import Perceptual, gram

SIDE = 16
SMALL = animegan.AnimeGAN(light.Light(2, 2, 1), 2.0, Perceptual("random", weight=1.0))


def compiled(choice=SMALL, penalties=(), **kwargs):
    keras.utils.set_random_seed(1)
    game = choice.build(PairSpec(Spec(SIDE, SIDE, 3), Spec(SIDE, SIDE, 3)))
    adam = schedules.Adam(1e-3, 0.5)
    game.compile(adam.build(2), adam.build(2), losses.least_squares(), penalties, jit_compile=False, **kwargs)
    return game


def batch(seed=0):
    draw = np.random.default_rng(seed)
    return {name: tf.constant(draw.uniform(-1, 1, (2, SIDE, SIDE, 3)), tf.float32) for name in "ab"}


def count(network):
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_variables)


def test_parameters():
    nets = animegan.Bottlenecks()
    total = 49 * 3 * 32 + 9 * (32 * 64 + 64 * 64 + 64 * 128 + 128 * 128)
    total += 4 * (128 * 256 + 9 * 256 + 256 * 128) + 9 * 128 * 128
    total += 9 * (128 * 64 + 64 * 64 + 64 * 32) + 49 * 32 * 32 + 32 * 3 + 3
    generator = nets.generator((256, 256), 3, 3)
    assert count(generator) == total and generator.output.shape == (None, 256, 256, 3)
    judge = nets.discriminator(3, (256, 256))
    wanted = sum(9 * a * b + b for a, b in ((3, 32), (32, 64), (64, 128), (128, 128), (128, 256), (256, 1)))
    assert count(judge) == wanted and judge.output.shape == (None, 64, 64)


def test_grey_is_y_in_each_channel():
    image = batch()["a"]
    made = animegan.greyed(image).numpy()
    np.testing.assert_allclose(made[..., 1], image.numpy() @ [0.299, 0.587, 0.114], rtol=1e-5, atol=1e-6)
    assert np.array_equal(made[..., 0], made[..., 2])


def test_only_what_is_near_an_edge_is_smoothed():
    image = np.full((1, 8, 16, 3), -0.5, np.float32)
    image[:, :, 8:] = 0.5
    made = animegan.smoothed(tf.constant(image), 0.15).numpy()[0, 4, :, 0]
    assert np.array_equal(made[:6], image[0, 4, :6, 0]) and np.array_equal(made[10:], image[0, 4, 10:, 0])
    # The step, convolved with [1, 4, 6, 4, 1] / 16.
    np.testing.assert_allclose(made[6:10] + 0.5, [1 / 16, 5 / 16, 11 / 16, 15 / 16], atol=1e-6)
    weak = tf.constant(image * 0.2)  # a step of 0.2 has a gradient of 0.1
    assert np.array_equal(animegan.smoothed(weak, 0.15), weak)


def test_colour_and_variation_by_hand():
    photo = np.zeros((1, 2, 2, 3), np.float32)
    made = photo + np.float32([0.5, -0.5, 1.0])
    y, u, v = animegan.TO_YUV @ [0.5, -0.5, 1.0]
    wanted = abs(y) + (u**2 + v**2) / 2
    np.testing.assert_allclose(animegan.colour_distance(made, photo), wanted, rtol=1e-5)
    ramp = np.arange(4, dtype=np.float32).reshape(1, 2, 2, 1)
    np.testing.assert_allclose(animegan.variation(ramp), 4 + 1)


def test_gram_is_the_mean_product_of_channels():
    maps = np.random.default_rng(0).normal(size=(2, 3, 5, 4)).astype(np.float32)
    wanted = np.einsum("bhwc,bhwd->bcd", maps, maps) / (3 * 5 * 4)
    np.testing.assert_allclose(gram(tf.constant(maps)), wanted, rtol=1e-4, atol=1e-6)


def test_style_knows_no_places_and_content_does():
    game, image = compiled(), batch()["a"]
    turned = image[:, ::-1, ::-1]
    assert game.style(image, image) == 0 and game.content(image, image) == 0
    # He's random kernels are not symmetric, so that a turn is not nothing; it is little for style, much for content.
    other = batch(1)["a"] * 0.2
    assert game.style(turned, image) < 0.2 * game.style(other, image)
    assert game.content(turned, image) > 0.5 * game.content(other, image)


def test_terms_are_those_of_the_paper():
    game, given = compiled(), batch()
    start = game.discriminator.get_weights()
    terms = {name: float(value) for name, value in game.g_loss(given).items()}
    game.discriminator.set_weights(start)
    made = game.networks["a2b"]({"image": given["a"]})
    assert tuple(terms) == game.g_terms and terms["adv"] == 0  # nothing seen yet: 0 images are not more than 0
    game.images.assign(1)
    terms = {name: float(value) for name, value in game.g_loss(given).items()}
    game.discriminator.set_weights(start)
    wanted = {
        "adv": 2 * 0.5 * np.square(game.discriminator({"image": made}, training=True).numpy() - 1).mean(),
        "content": float(game.content(made, given["a"])),
        "style": float(game.style(animegan.greyed(made), animegan.greyed(given["b"]))),
        "colour": 10 * float(animegan.colour_distance(made, given["a"])),
        "variation": float(animegan.variation(made)),
    }
    np.testing.assert_allclose(list(terms.values()), list(wanted.values()), rtol=1e-4)
    game.discriminator.set_weights(start)
    found = game.d_loss(given)
    assert tuple(found) == game.d_terms and all(float(value) > 0 for value in found.values())


def test_content_alone_until_the_warm_up_ends():
    game = compiled(dataclasses.replace(SMALL, warmup=8))
    for seen, playing in ((8, False), (9, True)):
        game.images.assign(seen)
        terms = game.g_loss(batch())
        assert float(terms["content"]) > 0
        assert [float(terms[name]) > 0 for name in ("adv", "style", "colour", "variation")] == [playing] * 4


def test_each_player_moves_its_own_network_alone():
    game = compiled()
    game.images.assign(1)
    before = {name: net.get_weights() for name, net in (("d", game.discriminator), ("g", game.networks["a2b"]))}
    game.minimize("d", game.d_loss, batch(), game.d_nets, game.d_optimizer)
    assert all(np.array_equal(*each) for each in zip(before["g"], game.networks["a2b"].get_weights(), strict=True))
    learned = game.discriminator.get_weights()
    assert not any(np.array_equal(*each) for each in zip(before["d"], learned, strict=True) if each[0].ndim == 4)
    kept = [weight.numpy() for weight in game.discriminator.trainable_variables]
    game.minimize("g", game.g_loss, batch(), game.g_nets, game.optimizer)
    now = [weight.numpy() for weight in game.discriminator.trainable_variables]
    assert all(np.array_equal(*each) for each in zip(kept, now, strict=True))
    moved = zip(before["g"], game.networks["a2b"].get_weights(), strict=True)
    assert not any(np.array_equal(*each) for each in moved if each[0].ndim == 4)


def test_every_kernel_of_the_papers_networks_gets_a_gradient():
    game = compiled(dataclasses.replace(SMALL, nets=animegan.Bottlenecks(2, 4, 1)))
    game.images.assign(1)
    for loss, nets in ((game.d_loss, game.d_nets), (game.g_loss, game.g_nets)):
        with tf.GradientTape() as tape:
            total = tf.add_n(list(loss(batch()).values()))
        weights = [weight for net in nets for weight in net.trainable_variables]
        slopes = tape.gradient(total, weights)
        flat = [w.path for w, slope in zip(weights, slopes, strict=True) if slope is None or not np.any(slope)]
        assert flat == []


@pytest.mark.slow
@pytest.mark.parametrize(("policy", "xla"), [("float32", True), ("mixed_bfloat16", False)])
def test_a_step_compiled_by_xla_and_in_bfloat16(policy, xla):
    keras.config.set_dtype_policy(policy)
    game = compiled(penalties=(regularizers.R1(1.0),), run_eagerly=not xla)
    step = tf.function(game.train_step, jit_compile=True) if xla else game.train_step
    logs = step(batch())
    assert {"d_grey", "d_smooth", "d_r1", "g_style"} <= set(logs)
    assert all(np.isfinite(value) for value in logs.values())


def test_what_does_not_fit_is_refused():
    grey = PairSpec(Spec(SIDE, SIDE, 3), Spec(SIDE, SIDE, 1))
    with pytest.raises(BadInput, match=r"data\.b\.channels: 1; allowed: 3"):
        SMALL.build(grey)
    with pytest.raises(BadInput, match=r"data\.a\.size: 18x18; allowed: sides that are multiples of 4"):
        animegan.AnimeGAN().build(PairSpec(Spec(18, 18, 3), Spec(18, 18, 3)))
    with pytest.raises(BadInput, match=r"model\.content\.extractor: 'none'"):
        spec = PairSpec(Spec(SIDE, SIDE, 3), Spec(SIDE, SIDE, 3))
        dataclasses.replace(SMALL, content=Perceptual("none")).build(spec)
