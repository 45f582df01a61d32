"""Noise in the layers of a generator at sampling: constant, of the row's seed, none."""

import pathlib
import sys

import numpy as np
import PIL.Image
import pytest
import styled
import tensorflow as tf

import ganzoo
from ganzoo import cli, samplers
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.models.image import stylegan, vanilla

SHIPPED = pathlib.Path(__file__).parent.parent / "saved_models/dcgan_fashion_mnist"
SEEDS = [3, 2**40, -1]


@pytest.fixture(scope="module")
def model():
    return styled.model()


@pytest.fixture(scope="module")
def folder(model, tmp_path_factory):
    return styled.exported(model, tmp_path_factory.mktemp("models") / "styled")


@pytest.mark.parametrize("truncation", [1.0, 0.5])
def test_styles_are_what_a_seed_is_drawn_from(model, truncation):
    sampler = samplers.of(model)
    w = sampler.styles(SEEDS, truncation=truncation)
    assert w.shape == (3, 4, 5) and w.dtype == np.float32
    np.testing.assert_array_equal(sampler.from_styles(w), sampler.generate(SEEDS, truncation=truncation))
    # Truncated as the network truncates, with the weights that sampling has.
    mapped = model.generator.get_layer("mapping")({"z": sampler.latents(SEEDS)})
    average = model.generator.get_layer("styles").average.value
    np.testing.assert_allclose(w[:, 2], average + truncation * (mapped - average), atol=1e-5)


@pytest.mark.parametrize("noise", ["const", "random", "none"])
def test_some_layers_alone_are_truncated(model, noise):
    sampler = samplers.of(model)
    whole, cut = (sampler.styles(SEEDS, truncation=psi) for psi in (1.0, 0.3))
    some = np.concatenate([cut[:, :1], whole[:, 1:3], cut[:, 3:]], axis=1)
    rows = {"random": samplers.noises(np.array(SEEDS), sampler.noise), "none": np.zeros([3, sampler.noise], np.float32)}
    wanted = sampler.from_styles(some, rows.get(noise))
    ask = {"truncation": 0.3, "noise": noise}
    np.testing.assert_array_equal(sampler.generate(SEEDS, truncation_layers=[0, 3], **ask), wanted)
    every, none = (sampler.generate(SEEDS, truncation_layers=layers, **ask) for layers in (range(4), []))
    np.testing.assert_array_equal(every, sampler.generate(SEEDS, **ask))
    np.testing.assert_array_equal(none, sampler.generate(SEEDS, truncation=1.0, noise=noise))
    assert np.any(wanted != every) and np.any(wanted != none)
    with pytest.raises(BadInput, match="truncation_layers: 4; this model has the layers 0-3"):
        sampler.generate(SEEDS, truncation_layers=[0, 4], **ask)


def test_layers_beyond_those_that_the_network_truncates_are_truncated_where_asked():
    nets = stylegan.StyleGAN(64, 8, z_dim=6, w_dim=5, depth=2, cutoff=2)
    sampler = samplers.of(styled.model(nets=nets))
    whole, mean = sampler.styles(SEEDS, truncation=1.0), sampler.styles(SEEDS, truncation=0.0)[:, :1]
    assert np.any(mean != whole[:, 3:]) and np.array_equal(sampler.styles(SEEDS, truncation=0.0)[:, 3], whole[:, 3])
    wanted = sampler.from_styles(np.concatenate([whole[:, :3], mean], axis=1))
    np.testing.assert_array_equal(sampler.generate(SEEDS, truncation=0.0, truncation_layers=[3]), wanted)


@pytest.mark.parametrize("truncation", [float("nan"), [1.0, float("inf"), 1.0]])
def test_a_truncation_is_finite(model, truncation):
    with pytest.raises(BadInput, match=r"^truncation: .*(nan|inf).*; allowed: finite numbers$"):
        samplers.of(model).generate(SEEDS, truncation=truncation)


def test_random_noise_is_of_the_seed_alone(model):
    sampler = samplers.of(model)
    random = sampler.generate(SEEDS, truncation=1.0, noise="random")
    np.testing.assert_array_equal(sampler.generate(SEEDS[1:2], truncation=1.0, noise="random"), random[1:2])
    constant = sampler.generate(SEEDS, truncation=1.0, noise="const")
    np.testing.assert_array_equal(constant, sampler.generate(SEEDS, truncation=1.0))
    assert np.any(random != constant, axis=(1, 2, 3)).all()
    # Of one w, two seeds differ by their noise alone.
    w = np.repeat(sampler.styles([3], truncation=1.0), 2, axis=0)
    pair = sampler.from_styles(w, samplers.noises(np.array([3, 4]), sampler.noise))
    np.testing.assert_array_equal(pair[0], random[0])
    assert np.any(pair[0] != pair[1])


def test_no_noise_is_zero_noise(model):
    sampler = samplers.of(model)
    z = tf.constant(sampler.latents(SEEDS))
    network = model.generator
    w = network.get_layer("styles")(network.get_layer("mapping")({"z": z}), tf.ones([3]))
    made = network.get_layer("synthesis")({"w": w, "noise": tf.zeros([1, sampler.noise])}).numpy()
    levels = np.clip(np.round((made + 1) * 127.5), 0, 255).astype(int)
    found = sampler.generate(SEEDS, truncation=1.0, noise="none")
    # The network runs as one batch here, so that a value may round the other way.
    assert np.abs(levels - found).max() <= 1 and (levels != found).mean() < 0.01
    assert np.any(found != sampler.generate(SEEDS, truncation=1.0))


def test_the_maps_fill_a_row_of_noise(model):
    for made, maps in (
        (model, [(4, 6), (8, 12), (8, 12)]),
        (stylegan.StyleGAN(64, 8, z_dim=6, w_dim=5, depth=2).build(Spec(8, 8, 1)), [(4, 4)] * 2 + [(8, 8)] * 2),
    ):
        parts = made.styled(made.generator)
        assert list(parts.maps) == maps
        assert parts.values == sum(height * width for height, width in maps) == parts.synthesis.input["noise"].shape[1]


@pytest.mark.parametrize("noise", ["const", "random", "none"])
def test_an_export_has_the_noises_of_the_run(model, folder, noise):
    found = ganzoo.load(folder).generate(SEEDS, truncation=0.7, noise=noise)
    np.testing.assert_array_equal(found, samplers.of(model).generate(SEEDS, truncation=0.7, noise=noise))


def test_the_card_says_what_enters_the_layers(folder):
    card = ganzoo.load(folder).card
    assert (card["styles"], card["noise"]) == ([4, 5], 4 * 6 + 2 * 8 * 12)
    assert card["signatures"]["mapping"]["outputs"] == {"w": {"dtype": "float32", "shape": ["N", 4, 5]}}
    assert set(card["signatures"]["synthesis"]["inputs"]) == {"w"}
    assert set(card["signatures"]["noisy_synthesis"]["inputs"]) == {"w", "noise"}


def test_what_does_not_fit_is_refused(model):
    sampler = samplers.of(model)
    with pytest.raises(BadInput, match=r"noise: 'loud'; allowed: const, random, none"):
        sampler.generate([0], truncation=1.0, noise="loud")
    with pytest.raises(BadInput, match=r"w: shape \[1, 3, 5\]; allowed: \['N', 4, 5\]"):
        sampler.from_styles(np.zeros([1, 3, 5]))
    with pytest.raises(BadInput, match=r"noise: shape \[2, 216\]; allowed: \[1, 216\]"):
        sampler.from_styles(np.zeros([1, 4, 5]), np.zeros([2, 216]))
    plain = samplers.of(vanilla.Vanilla(g_width=8, d_width=4).build(Spec(4, 5, 3)))
    with pytest.raises(BadInput, match=r"noise: 'const' given, and this model has no noise in its layers$"):
        plain.generate([0], noise="const")
    with pytest.raises(BadInput, match="source: this model has no styles to choose"):
        plain.styles([0])


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["ganzoo", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        cli.app()
    captured = capsys.readouterr()
    return stopped.value.code, captured.out, captured.err


def test_the_command_takes_the_noise(monkeypatch, capsys, tmp_path, folder):
    code, _, err = run(monkeypatch, capsys, "sample", folder, "--out", tmp_path / "x", "--n", 2, "--noise", "random")
    assert code == 0, err
    expected = ganzoo.load(folder).generate([0, 1], truncation=1.0, noise="random")
    found = [np.asarray(PIL.Image.open(path)) for path in sorted((tmp_path / "x").iterdir())]
    np.testing.assert_array_equal(np.stack(found), expected)


def test_the_command_takes_the_layers_to_truncate(monkeypatch, capsys, tmp_path, folder):
    ask = ["sample", folder, "--n", 1, "--truncation-layers"]
    code, _, err = run(monkeypatch, capsys, *ask, "coarse", "--truncation", 0.3, "--out", tmp_path / "x")
    assert code == 0, err
    (found,) = (np.asarray(PIL.Image.open(path)) for path in (tmp_path / "x").iterdir())
    np.testing.assert_array_equal(found, ganzoo.load(folder).generate([0], truncation=0.3)[0])
    for options, line in (
        (["0-4", "--truncation", 0.3], "--truncation-layers: 4; this model has the layers 0-3"),
        (["0"], "--truncation-layers: given without --truncation"),
    ):
        code, _, err = run(monkeypatch, capsys, *ask, *options, "--out", tmp_path / "y")
        assert code == 2 and line in err and len(err.strip().splitlines()) == 1 and not (tmp_path / "y").exists()


@pytest.mark.parametrize(
    "source, noise, words",
    [
        ("shipped", "random", ["noise: 'random' given", "no noise", "made again"]),
        ("styled", "loud", ["--noise", "'loud'", "const"]),
    ],
)
def test_bad_input_is_one_line(monkeypatch, capsys, tmp_path, folder, source, noise, words):
    source = folder if source == "styled" else SHIPPED
    code, _, err = run(monkeypatch, capsys, "sample", source, "--out", tmp_path / "x", "--n", 1, "--noise", noise)
    assert code == 2 and len(err.strip().splitlines()) == 1 and not (tmp_path / "x").exists()
    for word in words:
        assert word in err
