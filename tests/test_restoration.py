"""The game of restoration with the smallest networks: its terms, its warm-up, alpha, masks and metrics of pairs."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import checkpoint, export, losses, restoration, restored, schedules, translation
from ganzoo.averaging import EMA
from ganzoo.data.images import ImageSet, Spec
from ganzoo.data.pairs import PairSpec
from ganzoo.degradations import Bicubic, Box, GaussianNoise, Inpaint
from ganzoo.errors import BadInput
from ganzoo.metrics import fidelity
from ganzoo.perceptual import Perceptual
from ganzoo.recipe import Data, Game, Recipe, Train
from ganzoo.regularizers import R1
from ganzoo.translator import Served

SIZE = 16


@dataclasses.dataclass(frozen=True)
class Tiny:
    """A model of one convolution on either side."""

    degradation: object = GaussianNoise(25, 25)
    warmup: int = 0
    perceptual: Perceptual | None = None

    def build(self, spec):
        height, width, channels = restoration.check(spec, self.degradation)
        scale = self.degradation.scale

        def make(size):
            image = keras.Input((*size, self.degradation.channels(channels)), name="image")
            made = keras.layers.Conv2D(channels, 3, padding="same")(image)
            if scale > 1:
                made = keras.layers.UpSampling2D(scale)(made)
            return keras.Model({"image": image}, made)

        image = keras.Input((height, width, channels), name="image")
        judge = keras.Model({"image": image}, keras.layers.Conv2D(1, 3, padding="same")(image))
        fill = getattr(self.degradation, "fill", None)
        translator = translation.Translator(make, channels, channels, scale=scale, fill=fill)
        return restoration.RestorationGAN(
            translator, spec, judge, self.degradation, 2.0, 0.5, self.perceptual, self.warmup
        )


def compiled(model=Tiny(), **kwargs):
    keras.utils.set_random_seed(1)
    game, adam = model.build(Spec(SIZE, SIZE, 3)), schedules.Adam(1e-2, 0.5)
    arguments = {"ema": EMA(100)} | kwargs
    game.compile(adam.build(2), adam.build(2), losses.non_saturating, jit_compile=False, **arguments)
    return game


def batch(seed=0, rows=2):
    draw = np.random.default_rng(seed)
    return {"image": tf.constant(draw.uniform(-1, 1, (rows, SIZE, SIZE, 3)), tf.float32)}


def weights(nets):
    return [weight.numpy() for net in nets for weight in net.trainable_variables]


def same(left, right):
    return [np.array_equal(a, b) for a, b in zip(left, right, strict=True)]


def test_the_terms_of_g_by_hand():
    game, given = compiled(Tiny(perceptual=Perceptual("random", weight=3.0))), batch()
    terms = {name: float(value) for name, value in game.g_loss(given).items()}
    spoilt = game.spoil(given)
    made = game.networks["restore"]({"image": spoilt["input"]})
    logits = game.discriminator({"image": made}).numpy()
    wanted = [
        2 * np.abs(made - given["image"]).mean(),
        float(Perceptual("random", weight=3.0).build((SIZE, SIZE, 3))(made, given["image"])),
        0.5 * np.log1p(np.exp(-logits)).mean(),
    ]
    assert list(terms) == list(game.g_terms) == ["pixel", "perceptual", "adv"]
    np.testing.assert_allclose(list(terms.values()), wanted, rtol=1e-5)
    d = float(game.d_loss(given)["adv"])
    real = game.discriminator({"image": given["image"]}).numpy()
    np.testing.assert_allclose(d, np.log1p(np.exp(-real)).mean() + np.log1p(np.exp(logits)).mean(), rtol=1e-5)


@pytest.mark.parametrize("player", ["d", "g"])
def test_a_player_moves_only_its_own_networks(player):
    game = compiled()
    before = {"d": weights(game.d_nets), "g": weights(game.g_nets)}
    loss, optimizer = {"d": (game.d_loss, game.d_optimizer), "g": (game.g_loss, game.optimizer)}[player]
    game.minimize(player, loss, batch(), getattr(game, f"{player}_nets"), optimizer)
    for name, nets in (("d", game.d_nets), ("g", game.g_nets)):
        assert any(same(before[name], weights(nets))) != (name == player)


@pytest.mark.parametrize("xla", [False, True])
def test_before_the_warmup_is_over_d_stands_still_and_fidelity_follows(xla):
    game = compiled(Tiny(warmup=4))
    step, start = tf.function(game.train_step, jit_compile=xla), weights(game.d_nets)
    logs = [{name: float(value) for name, value in step(batch(number)).items()} for number in range(2)]
    assert all(same(start, weights(game.d_nets))) and logs[-1]["g_adv"] == logs[-1]["d_adv"] == 0
    kept = [variable.numpy() for variable in game.fidelity["restore"].variables]
    assert all(same(kept, [variable.numpy() for variable in game.sampler("restore").variables]))
    logs = {name: float(value) for name, value in step(batch(2)).items()}
    assert not any(same(start, weights(game.d_nets))) and logs["g_adv"] > 0 and logs["d_adv"] > 0
    assert all(same(kept, [variable.numpy() for variable in game.fidelity["restore"].variables]))
    assert not any(same(kept, [variable.numpy() for variable in game.sampler("restore").variables]))


def test_a_game_resumed_in_its_warmup_goes_on_bit_for_bit(tmp_path):
    def play(game, first, steps):
        step = tf.function(game.train_step)
        for number in range(first, first + steps):
            step(batch(number))
        return game

    model = Tiny(warmup=4)
    whole = play(compiled(model), 0, 4)
    path = checkpoint.save(tmp_path, play(compiled(model), 0, 1), {})
    resumed = compiled(model)
    checkpoint.restore(path, resumed)
    play(resumed, 1, 3)
    for left, right in zip(whole.variables, resumed.variables, strict=True):
        np.testing.assert_array_equal(left.numpy(), right.numpy(), err_msg=left.path)


def pixels(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def test_alpha_goes_from_the_network_of_fidelity_to_the_final_one():
    game = compiled(Tiny(warmup=2))
    for number in range(4):
        game.train_step(batch(number))
    served, image = Served(game), pixels(3, 12, 9, 3)
    call, given = served.signature("restore_float"), image / np.float32(127.5) - 1
    made = call(image=tf.constant(given), alpha=tf.constant([0.0, 0.5, 1.0]))["image"].numpy()
    ends = [game.fidelity["restore"], game.sampler("restore")]
    middle = keras.models.clone_model(served.networks["restore"])
    middle.set_weights([(a + b) / 2 for a, b in zip(*(net.get_weights() for net in ends), strict=True)])
    for row, weight in enumerate([ends[0].get_weights(), middle.get_weights(), ends[1].get_weights()]):
        middle.set_weights(weight)
        np.testing.assert_allclose(made[row], middle({"image": given[row : row + 1]})[0], atol=1e-5)


def test_what_is_known_comes_back_bit_for_bit_exported_too(tmp_path):
    game = compiled(Tiny(degradation=Inpaint(Box(96, 96), fill=-1.0)))
    text = dict.fromkeys(("recipe", "summary", "paper", "command", "data", "licence", "precision", "hardware"), "x")
    card = text | {"images": 1, "seed": 0, "versions": {}, "commit": "", "date": "2026-01-01"}
    export.export(game, tmp_path / "1", card)
    image, mask = pixels(2, 13, 21, 3), np.zeros((2, 13, 21, 1), np.uint8)
    mask[0, 3:9, 4:11], mask[1, :5] = 255, 128
    served = Served(game).signature("restore")(image=tf.constant(image), mask=tf.constant(mask))["image"].numpy()
    loaded = tf.saved_model.load(str(tmp_path / "1")).signatures["serving_default"]
    assert np.array_equal(loaded(image=tf.constant(image), mask=tf.constant(mask))["image"].numpy(), served)
    hole = np.broadcast_to(mask > 127, image.shape)
    assert np.array_equal(served[~hole], image[~hole]) and (served[hole] != image[hole]).mean() > 0.9
    # What lies under the mask is not seen.
    other = np.where(hole, 255 - image, image)
    again = loaded(image=tf.constant(other), mask=tf.constant(mask))["image"].numpy()
    assert np.array_equal(again, served)
    with pytest.raises(tf.errors.InvalidArgumentError, match="the mask has another size"):
        loaded(image=tf.constant(image), mask=tf.constant(mask[:, 1:]))


def recipe(model, names, **kwargs):
    game = Game(schedules.Adam(), schedules.Adam(), losses.non_saturating)
    return Recipe(model, Data("bundled"), game, Train(images=8, batch=2), names, **kwargs)


def test_images_are_judged_against_their_targets():
    images = ImageSet("noise", pixels(20, SIZE * 2, SIZE * 2, 3))
    model = Tiny(degradation=Bicubic(2), warmup=2)
    game = model.build(images.spec)
    names = ("psnry9_pairs", "patches9_pairs", "ssim9_alpha50", "psnr12_alpha0")
    shown = restored.Restored(game, images, recipe(model, names), fresh=None)
    results = shown.judge()
    assert list(results) == list(names)
    given = restoration.spoil(Bicubic(2), images.images[:12]).given
    assert given.shape == (12, SIZE, SIZE, 3)
    call = Served(game).signature("restore")
    made = call(image=tf.constant(given), alpha=tf.ones([12]))["image"].numpy()
    wanted = fidelity.psnr(made[:9], images.images[:9], crop=2, in_luma=True)
    assert results["psnry9_pairs"]["value"] == wanted.mean()
    assert results["psnry9_pairs"]["each_image"] == wanted.tolist()
    assert results["psnr12_alpha0"]["count"] == 12
    picture = shown.picture()
    assert picture.size[0] > 8 * SIZE and shown.originals().size[0] > 8 * SIZE


def test_what_was_spoilt_is_the_same_whatever_comes_after_it():
    images = pixels(20, SIZE, SIZE, 3)
    whole, part = (restoration.spoil(Inpaint(Box(40, 90)), each) for each in (images, images[:3]))
    assert np.array_equal(whole.given[:3], part.given) and np.array_equal(whole.masks[:3], part.masks)
    assert len(np.unique(whole.masks.reshape(20, -1).sum(axis=1))) > 5  # a mask for each image
    hole = whole.masks[..., 0] > 0
    assert np.all(whole.given[hole] == 128) and np.array_equal(whole.given[~hole], images[~hole])


def test_metrics_of_pairs_that_cannot_be_had_are_refused():
    images, model = ImageSet("noise", pixels(5, SIZE, SIZE, 3)), Tiny()
    game = model.build(images.spec)
    for name, message in {
        "psnr6_pairs": "needs 6 pairs, and there are 5",
        "psnr5_hole": "looks into holes",
        "psnr5_alpha50": "needs a model with a warmup",
    }.items():
        with pytest.raises(BadInput, match=message):
            restored.Restored(game, images, recipe(model, (name,)), fresh=None)
    with pytest.raises(BadInput, match=r"test: .* allowed: one set of 3 channels"):
        test = Data("bundled", "fashion_mnist", limit=4)
        restored.Restored(game, images, recipe(model, (), test=test), fresh=None)


def test_what_does_not_fit_is_refused():
    with pytest.raises(BadInput, match=r"data\.size: 15x16; allowed: sides that are multiples of 2"):
        Tiny(degradation=Bicubic(2)).build(Spec(15, 16, 3))
    with pytest.raises(BadInput, match="restores images of one set"):
        Tiny().build(PairSpec(Spec(16, 16, 3), Spec(16, 16, 3)))
    with pytest.raises(BadInput, match=r"model\.adversary: 0"):
        game = Tiny().build(Spec(16, 16, 3))
        restoration.RestorationGAN(
            game.translators["restore"], Spec(16, 16, 3), game.discriminator, GaussianNoise(), adversary=0
        )


@pytest.mark.parametrize("warmup", [0, 4])
def test_a_penalty_on_d_is_played_when_d_is(warmup):
    game, given = compiled(Tiny(warmup=warmup), regularizers=(R1(gamma=3.0),)), batch()
    assert list(game.d_loss(given)) == ["adv", "r1"]
    image = tf.Variable(given["image"])
    with tf.GradientTape() as tape:
        logits = tf.reduce_sum(game.discriminator({"image": image}), axis=[1, 2, 3])
    slope = tf.reduce_sum(tape.gradient(logits, image) ** 2, axis=[1, 2, 3])
    value = float(game.d_loss(given)["r1"])
    if warmup:
        assert value == 0
        game.images.assign(warmup)
        value = float(game.d_loss(given)["r1"])
    assert value == pytest.approx(1.5 * float(tf.reduce_mean(slope)), rel=1e-4)
