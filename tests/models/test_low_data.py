"""Games that wrap any networks against too few data or too bad fakes: zCR, top-k and APA."""

import numpy as np
import pytest
import tensorflow as tf
import zoo
from test_games import NETS, SPEC, compiled, fitted, louder, values

from ganzoo import augment, checkpoint, gan, losses, regularizers, schedules
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.models import apa, mode_seeking, pacgan, top_k, unrolled, zcr
from ganzoo.models.image import acgan, biggan, fastgan, infogan, progan, r3gan, reacgan, small

BATCH = {"image": tf.random.stateless_normal([8, 2], [0, 1])}
GAMES = {
    "zcr": zcr.ZCR(NETS, sigma=0.5),
    "top_k": top_k.TopK(NETS, share=0.5),
    "apa": apa.APA(NETS, p=0.5),
}


@pytest.mark.parametrize("game", [zcr.ZCR(NETS, 0.0, 0.0), top_k.TopK(NETS, share=1.0), apa.APA(NETS, p=0.0)])
def test_nothing_added_is_the_plain_game(game):
    plain, other = compiled(NETS.build(SPEC)), compiled(game.build(SPEC))
    for net in ("generator", "discriminator"):
        getattr(other, net).set_weights(getattr(plain, net).get_weights())
    for loss in ("d_loss", "g_loss"):
        wanted, terms = getattr(plain, loss)(BATCH), getattr(other, loss)(BATCH)
        np.testing.assert_allclose(sum(terms.values()), wanted["adv"], rtol=1e-6)


@pytest.mark.parametrize("name", GAMES)
def test_each_player_moves_its_own_weights_alone(name):
    model = louder(compiled(GAMES[name].build(SPEC), regularizers=(regularizers.R1(1.0),)))
    for player, net, other in (
        ("d", model.discriminator, model.generator),
        ("g", model.generator, model.discriminator),
    ):
        before, rest = values(net), values(other)
        optimizer = {"d": model.d_optimizer, "g": model.optimizer}[player]
        model.minimize(player, getattr(model, f"{player}_loss"), BATCH, (net,), optimizer)
        assert all((one != two).any() for one, two in zip(before, values(net), strict=True))
        assert all((one == two).all() for one, two in zip(rest, values(other), strict=True))


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if place else []) for place, name in enumerate(GAMES)]
)
def test_each_game_compiles_under_xla(name):
    model = fitted(compiled(GAMES[name].build(SPEC), jit_compile=True), steps=1)
    assert all(np.isfinite(float(tracker.result())) for tracker in model.metrics)


@pytest.mark.parametrize("kind", [zcr.ZCR, top_k.TopK, apa.APA])
def test_each_game_takes_labels(kind):
    game = kind(small.Projecting(width=2, z_dim=4), conditional=True)
    model = compiled(game.build(Spec(28, 28, 1, 3)))
    batch = {"image": tf.zeros([4, 28, 28, 1]), "label": tf.constant([0, 1, 2, 0])}
    assert np.isfinite(sum(model.d_loss(batch).values()) + sum(model.g_loss(batch).values()))
    with pytest.raises(BadInput, match=r"data\.classes: 0"):
        game.build(Spec(28, 28, 1))


def test_zcr_by_hand():
    model = louder(compiled(zcr.ZCR(NETS, weight_d=3.0, weight_g=2.0, sigma=0.5).build(SPEC)))
    for player in ("d", "g"):
        z = model.latents(8, player)
        near = z + 0.5 * model.progress.normal(z.shape, f"{player}/near")
        fake, beside = (model.generator({"z": each}, training=True) for each in (z, near))
        if player == "d":
            apart = [model.discriminator({"image": each}, training=True).numpy() for each in (fake, beside)]
            wanted, terms = 3.0 * np.mean((apart[0] - apart[1]) ** 2), model.d_loss(BATCH)
            assert wanted > 0
        else:
            wanted, terms = -2.0 * np.mean((fake - beside).numpy() ** 2), model.g_loss(BATCH)
            assert wanted < 0
        assert terms["zcr"].numpy() == pytest.approx(wanted, rel=1e-4)


@pytest.mark.parametrize("pair", [losses.non_saturating, losses.hinge, losses.least_squares(), losses.relativistic])
def test_top_k_is_the_loss_of_the_best_alone(pair):
    fake, real = tf.constant([0.3, -2.0, 1.5, 0.1]), tf.constant([0.5, 1.0, -1.0, 2.0])
    kept = fake >= 0.2
    best = tf.constant([0, 2])
    with tf.GradientTape() as tape:
        tape.watch(fake)
        value = top_k._mean_over(kept, pair, fake, real if pair.relativistic else None)
    wanted = pair.g(tf.gather(fake, best), tf.gather(real, best) if pair.relativistic else None)
    np.testing.assert_allclose(value, wanted, rtol=1e-5)
    slope = tape.gradient(value, fake).numpy()
    assert (slope[[0, 2]] != 0).all() and (slope[[1, 3]] == 0).all()


def test_k_shrinks_with_the_images_seen():
    share = schedules.Linear(1.0, 0.25, finish=100)
    model = louder(compiled(top_k.TopK(NETS, share=share).build(SPEC)))
    logits = np.sort(model.discriminator({"image": model.fake(BATCH, "g")}).numpy())[::-1]
    assert len(set(logits)) == 8
    for images, k in ((0, 8), (50, 5), (100, 2), (500, 2)):
        model.images.assign(images)
        logits = np.sort(model.discriminator({"image": model.fake(BATCH, "g")}).numpy())[::-1]
        model.trackers["top_k"].reset_state()
        term = model.g_loss(BATCH)["adv"].numpy()
        assert term == pytest.approx(np.mean(np.log1p(np.exp(-logits[:k]))), rel=1e-5)
        assert float(model.trackers["top_k"].result()) == k / 8


def test_apa_shows_fakes_of_their_own_draw_as_reals():
    model, shown = louder(compiled(apa.APA(NETS, p=0.5).build(SPEC))), []
    plain = gan.NoiseGAN.critic

    def critic(batch, training=True, player="d"):
        judge = plain(model, batch, training, player)
        return lambda images: shown.append(images.numpy()) or judge(images)

    model.critic = critic
    model.d_loss(BATCH)
    mixed, fakes = shown
    pseudo = model.generator({"z": model.latents(8, "d/pseudo")}, training=True).numpy()
    kept = np.all(mixed == BATCH["image"], axis=1)
    assert 0 < kept.sum() < 8
    np.testing.assert_array_equal(mixed[~kept], pseudo[~kept])
    assert not np.any(mixed == fakes)


def test_apas_p_follows_d_and_survives_a_checkpoint(tmp_path):
    game = apa.APA(NETS, p=augment.Adaptive(target=-1.5, images=100, interval=2))
    model = fitted(compiled(game.build(SPEC)), steps=5)
    assert float(model.strength.p.value) == pytest.approx(2 * 2 * 8 / 100)
    assert float(model.trackers["apa_p"].result()) > 0 and abs(float(model.trackers["apa_sign"].result())) <= 1
    checkpoint.write(tmp_path / "one.npz", model, {})
    other = compiled(game.build(SPEC))
    checkpoint.restore(tmp_path / "one.npz", other)
    assert float(other.strength.p.value) == float(model.strength.p.value)
    assert float(other.strength.count.value) == 1.0


def test_impossible_numbers_are_refused():
    for game, says in (
        (zcr.ZCR(NETS, sigma=-1.0), r"model\.sigma: -1"),
        (top_k.TopK(NETS, share=0.0), r"model\.share: 0"),
        (apa.APA(NETS, p=1.5), r"model\.p: 1.5"),
    ):
        with pytest.raises(BadInput, match=says):
            game.build(SPEC)


STYLED = {"image": tf.random.stateless_uniform([4, 8, 8, 1], [0, 1], -1, 1)}
AROUND = {
    "zcr": lambda nets, **kwargs: zcr.ZCR(nets, sigma=0.5, **kwargs),
    "top_k": lambda nets, **kwargs: top_k.TopK(nets, share=0.5, **kwargs),
    "apa": lambda nets, **kwargs: apa.APA(nets, p=0.5, **kwargs),
    "mode_seeking": mode_seeking.ModeSeeking,
}


def styled(model, **choices):
    return compiled(model.build(Spec(8, 8, 1)), **{"run_eagerly": True, "jit_compile": False} | choices)


@pytest.mark.parametrize("name", AROUND)
def test_around_stylegan2_its_own_terms_stay(name):
    model = styled(AROUND[name](zoo.STYLEGAN2), regularizers=(regularizers.R1(1.0),))
    still = values(model.generator)
    model.minimize("d", model.d_loss, STYLED, model.d_nets, model.d_optimizer)
    assert all((one == two).all() for one, two in zip(still, values(model.generator), strict=True))
    assert np.any(model.generator.get_layer("styles").average)  # followed the styles
    still = values(model.discriminator)
    model.minimize("g", model.g_loss, STYLED, model.g_nets, model.optimizer)
    assert all((one == two).all() for one, two in zip(still, values(model.discriminator), strict=True))
    logs = {key: float(tracker.result()) for key, tracker in model.trackers.items()}
    assert np.isfinite(list(logs.values())).all() and logs["g_path"] > 0 and logs["d_r1"] > 0
    assert {*model.stats, *model.terms} == {*logs} and model.truncates


@pytest.mark.parametrize(
    "game",
    [zcr.ZCR(zoo.STYLEGAN2, 0.0, 0.0), top_k.TopK(zoo.STYLEGAN2, share=1.0), apa.APA(zoo.STYLEGAN2, p=0.0)],
    ids=["zcr", "top_k", "apa"],
)
def test_nothing_added_is_stylegan2s_game(game):
    plain, other = styled(zoo.STYLEGAN2), styled(game)
    for net in ("generator", "discriminator"):
        getattr(other, net).set_weights(getattr(plain, net).get_weights())
    for loss in ("g_loss", "d_loss"):  # D's turn moves the mean style
        wanted, terms = getattr(plain, loss)(STYLED), getattr(other, loss)(STYLED)
        for name, value in wanted.items():
            np.testing.assert_allclose(terms[name], value, rtol=1e-5, err_msg=name)


def test_neighbours_share_noise_and_mixing():
    model = styled(zcr.ZCR(zoo.STYLEGAN2, sigma=1e-3))
    for weight in (weight for weight in model.generator.trainable_variables if weight.name == "strength"):
        weight.assign(1.0)
    z, mixing = model.latents(4, "g"), model.latents(4, "g/mixing")
    fake, near = model.neighbours(STYLED, "g")
    again = model.fake(STYLED, "g")
    np.testing.assert_array_equal(fake, again)  # nothing of the shift is left
    apart = np.max(np.abs(near - fake))
    assert 0 < apart < 0.05 * np.max(np.abs(model.fake(STYLED, "other") - fake))
    moved = {
        name: each + 1e-3 * model.progress.normal([4, 5], f"{name}/near")
        for name, each in (("g", z), ("g/mixing", mixing))
    }
    model.latents = lambda count, player: moved[player]
    np.testing.assert_allclose(model.fake(STYLED, "g"), near, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", AROUND)
def test_around_biggan_nothing_of_it_is_dropped(name):
    nets = biggan.BigGAN(width=2, z_dim=6, embedding=4, standing=2, orthogonal=0.1)
    model = compiled(AROUND[name](nets, conditional=True).build(Spec(16, 16, 1, 3)))
    assert (model.standing, model.cut_z, model.classes) == (2, True, 3)
    batch = {"image": tf.zeros([2, 16, 16, 1]), "label": tf.constant([0, 2])}
    assert tuple(model.g_loss(batch)) == model.g_terms and "orthogonal" in model.g_terms


def test_pseudo_reals_grow_as_reals_do():
    nets = progan.ProGAN(cbase=16, cmax=4, z_dim=5, fade=8, stable=8)
    model, shown = styled(apa.APA(nets, p=1.0)), []
    model.images.assign(12)  # half of the fade
    judged = model.critic
    model.critic = lambda *args, **kwargs: lambda images: shown.append(images) or judged(*args, **kwargs)(images)
    model.d_loss(STYLED)
    assert "level" in model.stats and "apa_p" in model.stats and float(model.trackers["level"].result()) == 0.5
    np.testing.assert_array_equal(shown[0], model.fake(STYLED, "d/pseudo"))


@pytest.mark.parametrize("name", AROUND)
def test_networks_that_do_not_suit_are_refused(name):
    around, labelled = AROUND[name], Spec(16, 16, 1, 3)
    own = r"model\.nets: \w+ has losses of its own; allowed: networks judged by one logit alone"
    for nets, spec, match in (
        (small.Auxiliary(width=2, z_dim=4), labelled, own),
        (small.Comparing(width=2, z_dim=4), labelled, own),
        (small.Informative(width=2, z_dim=16), labelled, own),
        (infogan.InfoGAN(), labelled, own),
        (fastgan.FastGAN(2, 2, 4), labelled, own),
        (acgan.ACGAN(), labelled, r"model\.nets: ACGAN is a whole game"),
        (reacgan.ReACGAN(small.Comparing()), labelled, r"model\.nets: ReACGAN is a whole game"),
        (biggan.BigGAN(standing=-1), labelled, r"model\.standing: -1"),
        (small.Projecting(width=2, z_dim=4), labelled, "model.conditional: false, but Projecting takes labels"),
        (r3gan.R3GAN((8, 8, 8), 1, group_width=4, conditional=True), labelled, "false, but R3GAN takes labels"),
    ):
        with pytest.raises(BadInput, match=match):
            around(nets).build(spec)
    nets = small.Small(width=2, z_dim=4)
    with pytest.raises(BadInput, match="conditional: true, but Small takes no labels; allowed: false"):
        around(nets, conditional=True).build(labelled)
    with pytest.raises(BadInput, match="conditional: true, but StyleGAN2 takes no labels; allowed: false"):
        around(zoo.STYLEGAN2, conditional=True).build(labelled)


@pytest.mark.parametrize("kind", [pacgan.PacGAN, unrolled.Unrolled])
def test_games_that_can_only_be_played_alone_refuse_another(kind):
    with pytest.raises(BadInput, match=r"model\.nets: StyleGAN2 has a game of its own; allowed: networks without one"):
        kind(zoo.STYLEGAN2).build(Spec(8, 8, 1))
