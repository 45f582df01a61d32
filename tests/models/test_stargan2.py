"""StarGAN v2: its sizes, styles and domains, who moves in whose turn, and what is served."""

import dataclasses

import keras
import numpy as np
import PIL.Image
import pytest
import serving
import tensorflow as tf

from ganzoo import applying, averaging, checkpoint, domains, export, losses, regularizers, schedules
from ganzoo.data.images import ImageSet, Spec
from ganzoo.data.pairs import PairSpec
from ganzoo.errors import BadInput
from ganzoo.models.translation import stargan2
from ganzoo.recipe import Data, Recipe, Train

SPEC = Spec(16, 16, 1, 3)
FADING = schedules.Linear(2.0, 0.0, finish=800)
NETS = stargan2.StarGAN2(4, 8, stages=2, blocks=1, z_dim=4, hidden=8, style_dim=6, diversity=FADING)
# As coarse as it goes, for what is slow to trace.
COARSE = {"nets": dataclasses.replace(NETS, stages=1, blocks=0), "spec": Spec(8, 8, 1, 3)}
ROWS = 6


def compiled(nets=NETS, spec=SPEC, **kwargs):
    keras.utils.set_random_seed(1)
    game, adam = nets.build(spec), schedules.Adam(1e-3, 0.0, 0.99)
    penalty = (regularizers.R1(1.0),)
    game.compile(adam.build(2), adam.build(2), losses.non_saturating, penalty, jit_compile=False, **kwargs)
    return game


def batch(seed=0, side=16):
    draw = np.random.default_rng(seed)
    image = tf.constant(draw.uniform(-1, 1, (ROWS, side, side, 1)), tf.float32)
    return {"image": image, "label": tf.constant([0, 1, 2, 1, 0, 2])}


def pixels(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def count(network):
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_variables)


def conv(size, given, made):
    return size * size * given * made + made


def skip(given, made):
    return given * made if given != made else 0


def test_parameters_of_the_paper():
    nets, spec = stargan2.StarGAN2(), Spec(256, 256, 3, 3)

    def down(given, made):
        return 2 * given + 9 * given * given + 2 * given + 9 * given * made + skip(given, made)

    def up(given, made):
        factors = (64 * 2 * given + 2 * given) + (64 * 2 * made + 2 * made)
        return factors + 9 * given * made + 9 * made * made + skip(given, made)

    def judge(given, made):
        return conv(3, given, given) + conv(3, given, made) + skip(given, made)

    total = 3 * 64 + down(64, 128) + down(128, 256) + down(256, 512) + 3 * down(512, 512)
    total += 3 * up(512, 512) + up(512, 256) + up(256, 128) + up(128, 64) + 2 * 64 + conv(1, 64, 3)
    network = stargan2.generator(nets, 3, (256, 256))
    assert count(network) == total and network.output.shape == (None, 256, 256, 3)
    hidden = 3 * (512 * 512 + 512)
    assert count(stargan2.mapping(nets, 3)) == 16 * 512 + 512 + hidden + 3 * (hidden + 512 * 64 + 64)
    trunk = conv(1, 3, 64) + judge(64, 128) + judge(128, 256) + judge(256, 512) + 3 * judge(512, 512)
    trunk += conv(4, 512, 512)
    assert count(stargan2.encoder(nets, spec)) == trunk + 3 * (512 * 64 + 64)
    assert count(stargan2.discriminator(nets, spec)) == trunk + 3 * (512 + 1)


def test_a_style_scales_by_one_more_than_it_says():
    x, style = keras.Input((4, 4, 2)), keras.Input((3,))
    network = keras.Model([x, style], stargan2._adaptive_norm(x, style))
    maps = np.random.default_rng(0).normal(3, 2, (2, 4, 4, 2)).astype(np.float32)
    plain = (maps - maps.mean((1, 2), keepdims=True)) / np.sqrt(maps.var((1, 2), keepdims=True) + 1e-5)
    np.testing.assert_allclose(network([maps, np.zeros((2, 3), np.float32)]), plain, atol=1e-5)
    network.set_weights([np.eye(3, 4, dtype=np.float32), np.float32([0, 0, 0, 0.5])])
    wanted = plain * (1 + np.float32([0.1, -2.0])) + np.float32([0.3, 0.5])
    np.testing.assert_allclose(network([maps, np.float32([[0.1, -2.0, 0.3]] * 2)]), wanted, atol=1e-5)


def test_branches_are_dense_layers_and_the_label_chooses_one():
    layer = stargan2.Branches(3, 2, rate=0.5)
    x = np.random.default_rng(0).normal(size=(4, 1, 5)).astype(np.float32)
    layer.build(x.shape)
    layer.bias.assign(np.arange(6.0).reshape(3, 2))
    wanted = np.einsum("bc,kcu->bku", x[:, 0], 0.5 * layer.kernel.numpy()) + 0.5 * np.arange(6).reshape(3, 2)
    made = layer(x)
    np.testing.assert_allclose(made, wanted, rtol=1e-5)
    label = tf.constant([2, 0, 1, 2])
    np.testing.assert_allclose(stargan2._of_label(made, label, 3), wanted[np.arange(4), label], rtol=1e-5)


@pytest.mark.parametrize("network", ["mapping", "encoder", "discriminator"])
def test_only_the_branch_of_the_label_counts(network):
    game = compiled()
    net = game.networks.get(network, game.discriminator)
    last = [layer for layer in net.layers if isinstance(layer, stargan2.Branches)][-1]
    given = {"z": tf.ones([1, 4])} if network == "mapping" else {"image": batch()["image"][:1]}
    before = [net(given | {"label": tf.constant([label])}).numpy() for label in range(3)]
    last.bias.assign(last.bias + np.float32([[0], [1], [0]]) / last.rate)
    after = [net(given | {"label": tf.constant([label])}).numpy() for label in range(3)]
    assert [np.allclose(old, new) for old, new in zip(before, after, strict=True)] == [True, False, True]
    np.testing.assert_allclose(after[1], before[1] + 1, rtol=1e-4)


def test_the_mapping_learns_at_its_rate():
    layer = stargan2.Branches(1, 400, rate=0.01)
    x = tf.ones([1, 1, 300])
    layer.build(x.shape)
    used = layer.kernel.numpy() * 0.01
    assert np.std(used) == pytest.approx((2 / 300) ** 0.5, rel=0.02)  # He's
    optimizer = schedules.Adam(1e-3, 0.0, 0.99).build(1)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(x))
    optimizer.apply(tape.gradient(loss, layer.trainable_variables), layer.trainable_variables)
    np.testing.assert_allclose(layer.kernel.numpy() * 0.01 - used, -1e-5, rtol=0.02)


def test_references_are_the_next_image_and_the_next_of_its_domain():
    label = tf.constant([0, 1, 1, 0, 2])
    first, second = stargan2.references({"image": tf.reshape(tf.range(5.0), [5, 1, 1, 1]), "label": label})
    assert np.array_equal(np.ravel(first["image"]), [1, 2, 3, 4, 0])
    assert np.array_equal(first["label"], [1, 1, 0, 2, 0]) and np.array_equal(second["label"], first["label"])
    assert np.array_equal(np.ravel(second["image"]), [2, 1, 0, 4, 3])  # of domain 2 there is one alone


def test_the_terms_are_those_of_the_paper():
    game, given = compiled(), batch()
    judge, net = game.discriminator, game.networks
    target, style, other = game.wanted(given, "g")
    assert np.array_equal(target[ROWS:], np.roll(given["label"], -1)) and style.shape == (2 * ROWS, 6)
    image, label = given["image"], given["label"]
    adv, sty, diversity, cycle = [], [], [], []
    for half in (slice(ROWS), slice(ROWS, None)):
        fake = net["generator"]({"image": image, "style": style[half]})
        found = net["encoder"]({"image": fake, "label": target[half]})
        back = net["generator"]({"image": fake, "style": net["encoder"]({"image": image, "label": label})})
        adv.append(np.log1p(np.exp(-judge({"image": fake, "label": target[half]}).numpy())).mean())
        sty.append(np.abs(style[half] - found).mean())
        diversity.append(np.abs(fake - net["generator"]({"image": image, "style": other[half]})).mean())
        cycle.append(np.abs(image - back).mean())
    terms = game.g_loss(given)
    assert list(terms) == list(game.g_terms)
    wanted = [np.mean(adv), np.mean(sty), -2 * np.mean(diversity), np.mean(cycle)]
    np.testing.assert_allclose([float(term) for term in terms.values()], wanted, rtol=1e-4)

    target, style, _ = game.wanted(given, "d")
    fake = net["generator"]({"image": tf.concat([image, image], 0), "style": style})
    logits = judge({"image": fake, "label": target}).numpy(), judge(given).numpy()
    terms = game.d_loss(given)
    assert list(terms) == ["adv", "r1"]
    wanted = np.log1p(np.exp(logits[0])).mean() + np.log1p(np.exp(-logits[1])).mean()
    np.testing.assert_allclose(terms["adv"], wanted, rtol=1e-4)
    with tf.GradientTape() as tape:
        tape.watch(image)
        total = tf.reduce_sum(judge({"image": image, "label": label}))
    slope = tape.gradient(total, image).numpy()
    np.testing.assert_allclose(terms["r1"], 0.5 * np.square(slope).sum((1, 2, 3)).mean(), rtol=1e-4)


def test_the_weight_of_diversity_falls_to_zero():
    game, given = compiled(), batch()
    shares = []
    for images in (0, 400, 800, 1000):
        game.images.assign(images)
        _, style, other = game.wanted(given, "g")
        source = tf.concat([given["image"]] * 2, 0)
        made = [game.networks["generator"]({"image": source, "style": each}) for each in (style, other)]
        shares.append(float(game.g_loss(given)["diversity"]) / np.abs(made[0] - made[1]).mean())
    np.testing.assert_allclose(shares, [-2, -1, 0, 0], rtol=1e-4)


def test_the_half_guided_by_references_moves_the_generator_alone():
    game, given = compiled(), batch()
    encode = game.networks["encoder"]
    image, weights = given["image"], [weight.value for weight in encode.trainable_variables]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(image)
        found = tf.reduce_sum(stargan2.held(encode, given))
        styles = game.wanted(given, "g")[1]
        drawn, taken = tf.reduce_sum(styles[:ROWS]), tf.reduce_sum(styles[ROWS:])
    np.testing.assert_allclose(found, tf.reduce_sum(encode(given)), rtol=1e-5)
    assert all(slope is None for slope in tape.gradient(found, weights))
    assert np.any(tape.gradient(found, image))
    assert all(slope is None for slope in tape.gradient(taken, weights))
    assert np.any(tape.gradient(drawn, game.networks["mapping"].trainable_variables[0].value))


@pytest.mark.parametrize("player", ["d", "g"])
def test_a_player_moves_only_its_own_networks(player):
    game = compiled()
    nets = {"d": game.d_nets, "g": game.g_nets}
    before = {name: [net.get_weights() for net in each] for name, each in nets.items()}
    loss, optimizer = {"d": (game.d_loss, game.d_optimizer), "g": (game.g_loss, game.optimizer)}[player]
    game.minimize(player, loss, batch(), nets[player], optimizer)
    for name, each in nets.items():
        for old, net in zip(before[name], each, strict=True):
            moved = [not np.array_equal(*both) for both in zip(old, net.get_weights(), strict=True)]
            assert any(moved) == (name == player), net.name


def test_every_weight_gets_a_gradient_from_its_own_loss():
    game, given = compiled(), batch()
    drawn = game.wanted(given, "g")[0][:ROWS]
    for loss, nets in ((game.d_loss, game.d_nets), (game.g_loss, game.g_nets)):
        weights = [weight for net in nets for weight in net.trainable_variables]
        with tf.GradientTape() as tape:
            total = tf.add_n(list(loss(given).values()))
        slopes = tape.gradient(total, weights)
        assert [weight.path for weight, slope in zip(weights, slopes, strict=True) if slope is None] == []
        for weight, slope in zip(weights, slopes, strict=True):
            slope = slope.numpy()
            assert np.any(np.abs(slope) > 1e-6), weight.path
            if "branches" in weight.path and weight.shape[0] == 3 and "mapping" in weight.path:
                assert [bool(np.any(each)) for each in slope] == [label in drawn.numpy() for label in range(3)]


def test_the_loss_of_d_is_the_same_with_xla():
    game, given = compiled(**COARSE), batch(side=8)
    plain, fast = (tf.function(lambda: game.d_loss(given), jit_compile=jit)() for jit in (False, True))
    for name, value in plain.items():
        np.testing.assert_allclose(fast[name], value, rtol=1e-3, err_msg=name)


@pytest.mark.slow  # half a minute of compiling
def test_one_step_is_the_same_with_xla():
    logs = [tf.function(compiled(**COARSE).train_step, jit_compile=jit)(batch(side=8)) for jit in (False, True)]
    for name, value in logs[0].items():
        np.testing.assert_allclose(logs[1][name], value, rtol=2e-3, err_msg=name)


def test_networks_are_exact_where_they_must_be_in_half_precision():
    keras.config.set_dtype_policy("mixed_bfloat16")
    game, given = compiled(), batch()
    terms = game.g_loss(given) | game.d_loss(given)
    assert {term.dtype for term in terms.values()} == {tf.float32} and all(map(np.isfinite, terms.values()))
    style = game.wanted(given, "g")[1][:ROWS]
    made = game.networks["generator"]({"image": given["image"], "style": style})
    assert made.dtype == style.dtype == game.discriminator(given).dtype == tf.float32
    half = {layer.compute_dtype for layer in game.networks["generator"].layers}
    assert half == {"float32", "bfloat16"}


def test_a_resumed_game_goes_on_bit_for_bit(tmp_path):
    def play(game, first, steps):
        for number in range(first, first + steps):
            game.train_step(batch(number, side=8))
        return game

    ema = averaging.EMA(halflife=10)
    path = checkpoint.save(tmp_path, play(game := compiled(**COARSE, ema=ema), 0, 2), {})
    whole, resumed = play(game, 2, 2), compiled(**COARSE, ema=ema)
    checkpoint.restore(path, resumed)
    play(resumed, 2, 2)
    for left, right in zip(whole.variables, resumed.variables, strict=True):
        np.testing.assert_array_equal(left.numpy(), right.numpy(), err_msg=left.path)
    for name, network in whole.networks.items():
        assert whole.sampler(name) is not network
        assert not np.array_equal(whole.sampler(name).get_weights()[0], network.get_weights()[0])


def test_what_does_not_fit_is_refused():
    for spec in (Spec(16, 16, 1, 0), Spec(16, 16, 1, 1), PairSpec(SPEC, SPEC)):
        with pytest.raises(BadInput, match=r"data\.classes: [01]; allowed: .* two classes or more"):
            NETS.build(spec)
    with pytest.raises(BadInput, match=r"model\.stages: 2 for images of 8x8; allowed: 1\.\.1"):
        NETS.build(Spec(8, 8, 1, 3))
    with pytest.raises(BadInput, match=r"data\.size: 30x30"):
        NETS.build(Spec(30, 30, 1, 3))
    game, adam = NETS.build(SPEC), schedules.Adam().build(2)
    with pytest.raises(ValueError, match="no place for gp"):
        game.compile(adam, adam, losses.non_saturating, (regularizers.GradientPenalty(),))
    with pytest.raises(ValueError, match="no place for relativistic"):
        game.compile(adam, adam, losses.relativistic)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(1)
    return NETS.build(SPEC)


@pytest.fixture(scope="module")
def served(model):
    return domains.Served(model)


def ask(served, signature, **inputs):
    return served.signature(signature)(**{name: tf.constant(each) for name, each in inputs.items()})["image"].numpy()


def test_what_is_served_is_the_networks(model, served):
    image, style = pixels(3, 16, 16, 1), pixels(3, 16, 16, 1, seed=1)
    net = model.networks
    exact, reference = (tf.constant(each / np.float32(127.5) - 1) for each in (image, style))
    label = tf.fill([3], 2)
    wanted = net["generator"]({"image": exact, "style": net["encoder"]({"image": reference, "label": label})}).numpy()
    guided = ask(served, "to_2_style", image=image, style=style)
    assert np.abs(guided - np.clip(np.round((wanted + 1) * 127.5), 0, 255)).max() <= 1
    drawn, other = (ask(served, "to_2_seed", image=image, seed=np.array(seeds)) for seeds in ([0, 0, 0], [0, 1, 2]))
    assert np.array_equal(drawn[0], other[0]) and not np.array_equal(drawn[1], other[1])
    assert np.array_equal(ask(served, "to_2", image=image), drawn)
    assert not np.array_equal(guided, drawn) and not np.array_equal(drawn, ask(served, "to_1", image=image))
    plain = ask(served, "to_2_float", image=exact)
    assert np.array_equal(np.clip(np.round((plain + 1) * 127.5), 0, 255), drawn)


def test_images_and_references_are_of_any_size(model, served):
    image, style = pixels(2, 13, 6, 1), pixels(2, 40, 20, 1, seed=1)
    filled = np.pad(image, [(0, 0), (0, 3), (0, 2), (0, 0)], mode="symmetric")
    whole = ask(served, "to_1_style", image=filled, style=style)
    assert np.array_equal(ask(served, "to_1_style", image=image, style=style), whole[:, :13, :6])
    # Of a reference the centre is seen.
    assert np.array_equal(ask(served, "to_1_style", image=filled, style=style[:, 10:30]), whole)
    one = ask(served, "to_1_style", image=image[1:], style=style[1:])
    assert np.array_equal(one[0], whole[1, :13, :6])
    with pytest.raises(tf.errors.InvalidArgumentError, match="image and seed must be of one length N"):
        ask(served, "to_1_seed", image=image, seed=np.array([1]))


@pytest.fixture(scope="module")
def exported(model, tmp_path_factory):
    text = dict.fromkeys(("recipe", "summary", "paper", "command", "data", "licence", "precision", "hardware"), "x")
    folder = tmp_path_factory.mktemp("models") / "stars" / "1"
    export.export(model, folder, text | {"images": 1, "seed": 0, "versions": {}, "commit": "", "date": "2026-01-01"})
    return folder


def test_an_export_gives_the_same_pixels_where_there_is_no_ganzoo(served, exported):
    image, style, seed = pixels(2, 12, 20, 1), pixels(2, 16, 16, 1, seed=1), np.array([4, 5])
    with serving.serve({"stars": exported}) as server:
        assert set(server.signatures("stars")) >= set(served.signatures)
        for signature, inputs in (("to_2_seed", {"seed": seed}), ("to_1_style", {"style": style}), ("to_0", {})):
            made = server.predict("stars", signature, image=image, **inputs)["image"]
            assert np.array_equal(made, ask(served, signature, image=image, **inputs))
        content = tf.io.encode_png(image[0]).numpy()
        file = server.predict("stars", "bytes", image_bytes=np.array([content], object))["image_bytes"][0]
        assert np.array_equal(tf.io.decode_png(file), ask(served, "to_0", image=image[:1])[0])
    assert "`to_2` grey to grey" in (exported / "README.md").read_text()


def test_apply_takes_a_seed_or_a_reference(served, exported, tmp_path, monkeypatch):
    loaded = applying.load(str(exported))
    monkeypatch.setattr(applying, "load", lambda source: loaded)
    image, look = pixels(12, 20), pixels(16, 16, seed=1)
    for name, array in (("in", image), ("look", look)):
        PIL.Image.fromarray(array).save(tmp_path / f"{name}.png")

    def apply(seed=None, style=None):
        out, order = tmp_path / f"out {seed} {bool(style)}", applying.Order("to_1", seed=seed)
        report = applying.run(str(exported), [str(tmp_path / "in.png")], str(out), print, order, style=style)
        return np.asarray(PIL.Image.open(report["files"][0]))

    given = image[None, ..., None]
    assert np.array_equal(apply(), ask(served, "to_1", image=given)[0, ..., 0])
    assert np.array_equal(apply(seed=7), ask(served, "to_1_seed", image=given, seed=np.array([7]))[0, ..., 0])
    guided = ask(served, "to_1_style", image=given, style=look[None, ..., None])
    assert np.array_equal(apply(style=str(tmp_path / "look.png")), guided[0, ..., 0])
    with pytest.raises(BadInput, match="--seed and --style: both"):
        apply(seed=1, style=str(tmp_path / "look.png"))
    with pytest.raises(BadInput, match="--style: cannot read"):
        apply(style=str(tmp_path / "none.png"))
    with pytest.raises(BadInput, match="--seed: this model makes one image of an image"):
        applying.Applier(None, {"directions": {"a2b": {"given": 1}}}).check(applying.Order(seed=1), None, None)


@pytest.mark.slow
def test_a_gallery_shows_both_ways_and_judges_domain_by_domain(model, served, monkeypatch, tmp_path):
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path))
    labels = np.repeat(np.arange(3, dtype=np.int32), 12)
    images = ImageSet("stars", pixels(36, 16, 16, 1), labels, ("a", "b", "c"))
    recipe = Recipe(NETS, Data(), None, Train(images=1), metrics=("swd12_pixels",))
    shown = domains.Gallery(model, images, recipe, fresh=lambda: model)
    columns, height = 1 + 3 * domains.LOOKS, 2 * domains.ROWS + 1
    picture = np.asarray(shown.picture())
    assert picture.shape == (16 * height, 16 * columns) and shown.originals().size == (8 * 16, 3 * 16)
    row = picture[16:32].reshape(16, columns, 16).transpose(1, 0, 2)[..., None]  # of the first image of domain 1
    assert np.array_equal(row[0], images.images[12])
    wanted = [ask(served, f"to_{k}_seed", image=row[:1], seed=np.array([s]))[0] for k in range(3) for s in range(2)]
    assert np.array_equal(row[1:], wanted)
    result = shown.judge()["swd12_pixels"]
    assert result["value"] == pytest.approx(np.mean(list(result["domains"].values())))
    assert list(result["domains"]) == ["to_0", "to_1", "to_2"] and result["count"] == 12
    assert result["value"] == pytest.approx(result["ceiling"])  # the model is the untrained one
