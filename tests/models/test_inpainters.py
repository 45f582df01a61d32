"""Inpainting: terms by hand, what D is shown and takes for fake, parameters by layer, and what is kept as it was."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import losses
from ganzoo.data.images import Spec
from ganzoo.degradations import Inpaint
from ganzoo.degradations.masks import Box
from ganzoo.models.restoration import context_encoder, deepfill, inpainting, lama, real_esrgan
from ganzoo.translator import Served

HOLE = Inpaint(Box(96, 96), fill=-0.5)
SMALL = {
    "lama": (
        inpainting.Inpainter(
            lama.FourierNet(2, 2, 1), real_esrgan.UNet(2), HOLE, known=2.0, adversary=0.5, masked=True
        ),
        losses.non_saturating,
        (32, 24),
    ),
    "deepfill": (
        inpainting.Inpainter(deepfill.TwoStages(2), deepfill.PatchGAN(2), HOLE, known=1.0, coarse=1.0, adversary=1.0),
        losses.hinge,
        (72, 80),
    ),
    "context encoder": (
        context_encoder.ContextEncoder(
            context_encoder.Encoder(2, 6), context_encoder.CentreD(2), Inpaint(Box(112, 112, centred=True), "mean")
        ),
        losses.non_saturating,
        (128, 128),
    ),
}


def built(name, **kwargs):
    model, adversarial, size = SMALL[name]
    game = model.build(Spec(*size, 3))
    game.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), adversarial, **kwargs)
    return game


def batch(name, rows=2, seed=0):
    size = SMALL[name][2]
    return {"image": tf.constant(np.random.default_rng(seed).uniform(-1, 1, (rows, *size, 3)), tf.float32)}


def conv(given, made, size=3, bias=True):
    return size * size * given * made + bias * made


def count(network):
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_variables)


def test_parameters_of_lama_by_layer():
    nets = lama.FourierNet(width=8, downs=2, blocks=3, share=0.5)
    # From both parts to the local one, from the local to the global one, and the spectral way: half, frequencies, back.
    spectral = conv(16, 8, 1) + conv(16, 16, 1) + conv(8, 16, 1)
    block = 2 * (3 * conv(16, 16) + spectral)
    ends = conv(4, 8, 7) + conv(8, 16) + conv(16, 32) + conv(32, 16) + conv(16, 8) + conv(8, 3, 7)
    split = conv(32, 16) + conv(32, 16)
    assert count(nets.make((None, None), 4, 3)) == ends + split + 3 * block


def test_lama_may_change_the_image_that_it_is_given():
    keras.utils.set_random_seed(0)
    made, added = (lama.FourierNet(2, 2, 1, adds=adds).make((16, 16), 4, 3) for adds in (False, True))
    added.set_weights(made.get_weights())
    given = tf.random.stateless_uniform([2, 16, 16, 4], [1, 2], -1, 1)
    np.testing.assert_allclose(added({"image": given}), made({"image": given}) + given[..., :3], atol=1e-6)


def test_parameters_of_deepfill_by_layer():
    width = 4

    def gated(given, made, size=3):
        return conv(given, 2 * made, size)

    def down(given, second):
        sides = (width, second * width, 2 * width, 4 * width, 4 * width, 4 * width)
        return gated(given, width, 5) + sum(gated(*pair) for pair in itertools.pairwise(sides))

    def up(given):
        first = gated(given, 4 * width) + gated(4 * width, 4 * width)
        return (
            first
            + gated(4 * width, 2 * width)
            + gated(2 * width, 2 * width)
            + gated(2 * width, width)
            + gated(width, width // 2)
            + conv(width // 2, 3)
        )

    dilated = 4 * gated(4 * width, 4 * width)
    wanted = 2 * (down(4, 2) + dilated) + down(4, 1) + 2 * gated(4 * width, 4 * width) + up(4 * width) + up(8 * width)
    assert count(deepfill.TwoStages(width).make((None, None), 4, 3)) == wanted


def test_the_middle_of_a_context_encoder_sees_all_of_its_image():
    network = context_encoder.Encoder(4, 10).make((128, 128), 4, 3)
    shapes = [layer.output.shape[1:] for layer in network.layers]
    assert (1, 1, 10) in shapes and network.output.shape == (None, 128, 128, 3)


@pytest.mark.parametrize("name", SMALL)
def test_the_pixels_that_are_known_are_those_of_the_image(name):
    game, images = built(name), batch(name)
    spoilt = game.spoil(images)
    completed = game.completed(game.made(spoilt), spoilt)
    known = np.broadcast_to(spoilt["mask"] == 0, completed.shape)
    assert np.array_equal(completed.numpy()[known], images["image"].numpy()[known])
    assert np.any(completed.numpy()[~known] != images["image"].numpy()[~known])


# DeepFill's step takes a while to trace.
@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=[pytest.mark.slow] * (each == "deepfill")) for each in SMALL]
)
def test_a_players_step_moves_its_own_networks_only_and_every_weight_is_used(name):
    game, images = built(name), batch(name)
    for player, loss, own, others in (
        ("d", game.d_loss, game.d_nets, game.g_nets),
        ("g", game.g_loss, game.g_nets, game.d_nets),
    ):
        with tf.GradientTape(persistent=True) as tape:
            terms = loss(images)
            total = tf.add_n(list(terms.values()))
        assert tuple(terms) == tuple(getattr(game, f"{player}_terms"))
        for network in own:
            for weight in network.trainable_variables:
                assert tape.gradient(total, weight) is not None, weight.path
        before = [weight.numpy() for net in others for weight in net.trainable_variables]
        optimizer = game.d_optimizer if player == "d" else game.optimizer
        game.minimize(player, loss, images, own, optimizer)
        after = [weight.numpy() for net in others for weight in net.trainable_variables]
        assert all(map(np.array_equal, before, after))


def test_the_terms_of_lama_by_hand():
    game, images = built("lama"), batch("lama")
    spoilt = game.spoil(images)
    made, mask = game.made(spoilt).numpy(), spoilt["mask"].numpy()
    apart, terms = np.abs(made - images["image"]), game.g_loss(images)
    assert float(terms["pixel"]) == pytest.approx((apart * mask).sum() / mask.sum() / 3, rel=1e-4)
    assert float(terms["known"]) == pytest.approx(2 * (apart * (1 - mask)).mean(), rel=1e-4)


def test_d_takes_what_is_known_of_a_completed_image_for_real():
    game = built("lama")
    mask = np.zeros((1, 32, 24, 1), np.float32)
    mask[:, 8:16, 4:9] = 1
    logits = np.random.default_rng(0).normal(size=(1, 32, 24)).astype(np.float32)
    turned = game.opinion(tf.constant(logits), {"mask": tf.constant(mask)})
    # Softplus of a logit in the hole, of its opposite elsewhere.
    wanted = np.where(mask[..., 0] > 0, np.logaddexp(0, logits), np.logaddexp(0, -logits)).mean()
    real = tf.constant([[[50.0]]])
    assert float(losses.non_saturating.d(real, turned)) == pytest.approx(wanted, rel=1e-5)
    assert game.shown(images := batch("lama")["image"], game.spoil({"image": images}))["image"].shape[-1] == 3
    assert built("deepfill").discriminator.input["image"].shape[-1] == 4


def test_the_first_stage_of_deepfill_is_compared_too():
    game, images = built("deepfill"), batch("deepfill")
    spoilt = game.spoil(images)
    coarse = game.first({"image": spoilt["input"]})
    wanted = float(tf.reduce_mean(tf.abs(coarse - images["image"])))
    assert float(game.g_loss(images)["coarse"]) == pytest.approx(wanted, rel=1e-4)


def test_the_band_of_a_context_encoder_counts_ten_times():
    game, images = built("context encoder"), batch("context encoder")
    spoilt = game.spoil(images)
    made, target, mask = (
        each[:, 32:96, 32:96].numpy() for each in (game.made(spoilt), images["image"], spoilt["mask"])
    )
    assert mask[:, 4:-4, 4:-4].all() and mask.sum() == 2 * 56 * 56  # of 64 pixels four at each side are known
    wanted = 0.999 * (np.where(mask > 0, 1.0, 10.0) * (made - target) ** 2).mean()
    assert float(game.g_loss(images)["l2"]) == pytest.approx(wanted, rel=1e-4)
    assert game.shown(images["image"], spoilt)["image"].shape == (2, 64, 64, 3)


@pytest.mark.parametrize("name", SMALL)
def test_served_at_an_odd_size_the_known_pixels_are_kept_bit_for_bit(name):
    served = Served(built(name))
    image = np.random.default_rng(1).integers(0, 256, (1, 85, 77, 3), np.uint8)
    mask = np.zeros((1, 85, 77, 1), np.uint8)
    mask[:, 30:50, 25:45] = 255
    made = served.signature("restore")(image=tf.constant(image), mask=tf.constant(mask))["image"].numpy()
    kept = np.broadcast_to(mask == 0, image.shape)
    assert made.shape == image.shape and np.array_equal(made[kept], image[kept])


@pytest.mark.slow
@pytest.mark.parametrize(("name", "policy"), [("lama", "float32"), ("deepfill", "mixed_bfloat16")])
def test_a_step_is_compiled_by_xla(name, policy):
    # XLA for CPUs refuses the gradient of what two convolutions of D share in bfloat16.
    keras.config.set_dtype_policy(policy)
    game, images = built(name, jit_compile=True), batch(name)
    step = tf.function(game.train_step, jit_compile=True)
    assert all(np.isfinite(value) for value in step(images).values())
